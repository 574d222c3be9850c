import { toast } from '../toast.ts'
import { Icon } from '../ui/icon.tsx'

/** Always in the page, so that what comes into it is read out. */
export function ToastRegion() {
  const shown = toast.value
  return (
    <div class="toasts" role="status">
      {shown && (
        <p key={shown.id} class="toast">
          <Icon name="check" />
          {shown.text}
        </p>
      )}
    </div>
  )
}
