import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from './icons.tsx'
import { useLabels, useStore, useWidget } from './widget.ts'

export function Thread() {
  const { loadConfig } = useWidget()
  const words = useLabels()
  const turns = useStore((state) => state.turns)
  const failure = useStore((state) => state.failure)
  const part = useStore((state) => state.part)
  const box = useRef<HTMLDivElement>(null)
  const count = turns.length

  // A new question goes to the top and the answer grows below it: what is being read never moves.
  useLayoutEffect(() => {
    const last = box.current?.lastElementChild
    if (count > 0 && last) box.current?.scrollTo({ top: (last as HTMLElement).offsetTop + 1 })
  }, [count])

  return (
    // A group, not a landmark: two widgets on a page would have two landmarks of one name.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div ref={box} class="thread" role="group" aria-label={words.thread} tabIndex={0}>
      {count === 0 && !failure && <Welcome />}
      {failure &&
        (part ? <part.Notice failure={failure} onRetry={loadConfig} /> : <Unreachable onRetry={loadConfig} />)}
      {part && turns.map((turn) => <part.Message key={turn.id} turn={turn} />)}
    </div>
  )
}

/** Where not even the rest of the panel can be had, this is all there is to say. */
function Unreachable({ onRetry }: { onRetry(): void }) {
  const words = useLabels()
  return (
    <div class="welcome">
      <p>{words.unreachable}</p>
      <button type="button" class="plain" onClick={onRetry}>
        {words.retry}
      </button>
    </div>
  )
}

function Welcome() {
  const { act } = useWidget()
  const words = useLabels()
  const widget = useStore((state) => state.config?.widget)
  return (
    <div class="welcome">
      <Icon name="book" />
      <p dir="auto">{widget?.greeting || words.greeting}</p>
      <ul>
        {widget?.starters.map((starter) => (
          <li key={starter}>
            <button
              type="button"
              dir="auto"
              onPointerEnter={() => act()}
              onClick={() => act(({ ask }) => ask(starter))}
            >
              {starter}
              <Icon name="next" />
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
