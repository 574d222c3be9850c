import { previewRule } from '../rule-preview.ts'
import { Icon } from '../ui/icon.tsx'

interface PreviewProps {
  typed: string
  /** The server has said the same already. */
  hideReason: boolean
}

/** What the rule will mean, while it is typed. */
export function Preview({ typed, hideReason }: PreviewProps) {
  const preview = previewRule(typed)
  if (!preview.ok) return hideReason ? null : <p class="preview hint">{preview.sentence}</p>
  const { rule, means, admits, refuses } = preview
  return (
    <div class="preview" aria-live="polite">
      <p>
        Saved as <code>{rule}</code>. {means}
      </p>
      <div class="examples">
        <Examples title="Admits" origins={admits} admitted />
        <Examples title="Refuses" origins={refuses} />
      </div>
    </div>
  )
}

function Examples({ title, origins, admitted = false }: { title: string; origins: string[]; admitted?: boolean }) {
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {origins.map((origin) => (
          <li key={origin} class={admitted ? 'yes' : 'no'}>
            <Icon name={admitted ? 'check' : 'close'} />
            <code>{origin}</code>
          </li>
        ))}
      </ul>
    </div>
  )
}
