import { useWords } from './answer-words.ts'
import { Icon, useState, useWidget } from './borrowed.ts'
import type { Past } from './memory.ts'

/** The conversations that this browser has had: to read again, to go on with, and to delete from the server for good. */
export function History() {
  const { memory, act } = useWidget()
  const words = useWords()
  const [past, setPast] = useState(memory.past())
  const [step, setStep] = useState<'list' | 'sure' | 'unsent'>('list')
  const format = new Intl.DateTimeFormat(words.locale, { dateStyle: 'medium', timeStyle: 'short' })

  const forget = (gone: Past[]) =>
    act((conversation) =>
      conversation
        .forget(gone)
        .then(
          () => setStep('list'),
          () => setStep('unsent'),
        )
        .then(() => setPast(memory.past())),
    )

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="thread earlier" aria-label={words.history} tabIndex={0}>
      <h3>{words.history}</h3>
      <ul>
        {past.map((thread) => (
          <li key={thread.id}>
            <button type="button" dir="auto" onClick={() => act(({ reopen }) => reopen(thread))}>
              <b>{thread.title}</b>
              <small>{format.format(thread.atMs)}</small>
            </button>
            <button
              type="button"
              class="icon"
              aria-label={`${words.remove}: ${thread.title}`}
              onClick={() => forget([thread])}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ul>
      <p role="status">
        {step === 'unsent' ? words.unsent : past.length === 0 ? words.none : step === 'sure' && words.sure}
      </p>
      {past.length > 0 &&
        (step === 'sure' ? (
          <p class="row">
            <button type="button" class="plain" onClick={() => forget(past)}>
              {words.removeAll}
            </button>
            <button type="button" class="plain" onClick={() => setStep('list')}>
              {words.keep}
            </button>
          </p>
        ) : (
          <button type="button" class="plain" onClick={() => setStep('sure')}>
            {words.removeAll}
          </button>
        ))}
    </section>
  )
}
