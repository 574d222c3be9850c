import { MAX_COMMENT_LENGTH } from '#shared/limits.ts'
import { useWords } from './answer-words.ts'
import { Icon, useState, useWidget } from './borrowed.ts'
import type { Turn } from './store.ts'

/** Thumbs; a thumb down asks why. Sent at once, so that a visitor who says no more has still been heard. */
export function Feedback({ turn }: { turn: Turn }) {
  const { act } = useWidget()
  const words = useWords()
  const [step, setStep] = useState<'ask' | 'why' | 'thanks' | 'unsent'>('ask')

  const rate = (rating: 'up' | 'down', reasons?: string[], comment?: string) => {
    const next = rating === 'down' && !reasons ? 'why' : 'thanks'
    setStep(next)
    act((conversation) => conversation.rate(turn, rating, reasons, comment).catch(() => setStep('unsent')))
  }

  return (
    <div class="feedback">
      <div class="thumbs">
        <span role="status">{step === 'thanks' ? words.thanks : step === 'unsent' ? words.unsent : words.helpful}</span>
        {step !== 'thanks' &&
          (['up', 'down'] as const).map((rating) => (
            <button
              key={rating}
              type="button"
              class="icon"
              aria-label={rating === 'up' ? words.yes : words.no}
              aria-pressed={turn.rating === rating}
              onClick={() => rate(rating)}
            >
              <Icon name="up" flip={rating === 'down'} />
            </button>
          ))}
      </div>
      {step === 'why' && <Why onSend={(reasons, comment) => rate('down', reasons, comment)} />}
    </div>
  )
}

function Why({ onSend }: { onSend(reasons: string[], comment: string): void }) {
  const words = useWords()
  const reasons = {
    wrong: words.reasonWrong,
    missing: words.reasonMissing,
    outdated: words.reasonOutdated,
    unclear: words.reasonUnclear,
  }
  const send = (event: SubmitEvent) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget as HTMLFormElement)
    onSend(form.getAll('reason').map(String), String(form.get('comment')))
  }
  return (
    <form class="why" onSubmit={send}>
      <fieldset>
        <legend>{words.why}</legend>
        {Object.entries(reasons).map(([value, label]) => (
          <label key={value} class="chip">
            <input type="checkbox" name="reason" value={value} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <textarea
        name="comment"
        rows={2}
        dir="auto"
        maxLength={MAX_COMMENT_LENGTH}
        aria-label={words.comment}
        placeholder={words.comment}
      />
      <button type="submit" class="plain">
        {words.submit}
      </button>
    </form>
  )
}
