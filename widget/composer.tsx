import { useRef, useState } from 'preact/hooks'
import { MAX_QUESTION_LENGTH } from '#shared/limits.ts'
import { Icon } from './icons.tsx'
import { useLabels, useStore, useWidget } from './widget.ts'

export function Composer() {
  const { act } = useWidget()
  const words = useLabels()
  const field = useRef<HTMLTextAreaElement>(null)
  const [draft, setDraft] = useState('')
  const busy = useStore(({ turns }) => ['waiting', 'streaming'].includes(turns[turns.length - 1]?.status ?? ''))
  const empty = draft.trim() === ''

  const submit = (event: Event) => {
    event.preventDefault()
    if (busy) act(({ stop }) => stop())
    else if (!empty) {
      const question = draft.trim()
      act(({ ask }) => ask(question))
      setDraft('')
    }
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // While a word is being composed (Japanese, Chinese, …) Enter chooses it.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    if (!busy) submit(event)
  }

  return (
    <form class="composer" part="composer" onSubmit={submit}>
      <div class="field">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          value={draft}
          maxLength={MAX_QUESTION_LENGTH}
          aria-label={words.question}
          aria-describedby="note"
          placeholder={words.placeholder}
          enterkeyhint="send"
          onInput={(event) => {
            act()
            setDraft(event.currentTarget.value)
          }}
          onKeyDown={onKeyDown}
        />
        {/* aria-disabled keeps the button in the tab order: it does not vanish under the visitor's finger */}
        <button type="submit" class="send" aria-label={busy ? words.stop : words.send} aria-disabled={!busy && empty}>
          <Icon name={busy ? 'stop' : 'send'} />
        </button>
      </div>
      <p id="note" dir="auto">
        {words.note}
        {draft.length > MAX_QUESTION_LENGTH * 0.9 && (
          <span>
            {draft.length}/{MAX_QUESTION_LENGTH}
          </span>
        )}
      </p>
    </form>
  )
}
