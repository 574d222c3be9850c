import { useWords } from './answer-words.ts'
import { Citations, fill, Icon, useContext, useLayoutEffect, useRef, useStore, useWidget } from './borrowed.ts'
import { deepLink } from './links.ts'
import type { Turn } from './store.ts'

/** `[n]` in the text. Until its source has arrived, and where there is none, it is only text: `list[0]` stays what it is. */
export function Cite({ n }: { n: number }) {
  const { store, emit } = useWidget()
  const words = useWords()
  const citation = useContext(Citations).find((candidate) => candidate.n === n)
  const shown = useStore(({ source }) => source !== null && source === citation)
  if (!citation) return <>[{n}]</>
  const toggle = () => {
    store.set({ source: shown ? null : citation })
    if (!shown) emit('citation', { n, url: citation.url })
  }
  return (
    <button
      type="button"
      class="cite"
      aria-label={`${fill(words.source, { n })}: ${citation.title}`}
      aria-expanded={shown}
      onClick={toggle}
    >
      {n}
    </button>
  )
}

/** The card of one source: what it is called, where it stands, the words taken from it, and the way there. */
export function SourceCard() {
  const { store } = useWidget()
  const words = useWords()
  const source = useStore((state) => state.source)
  const card = useRef<HTMLElement>(null)
  const openedFrom = useRef<HTMLElement | null>(null)

  useLayoutEffect(() => {
    if (!source) return
    const element = card.current as HTMLElement
    openedFrom.current = (element.getRootNode() as ShadowRoot).activeElement as HTMLElement | null
    element.focus()
    return () => openedFrom.current?.focus()
  }, [source])

  if (!source) return null
  const { n, title, headings, url, quote } = source
  const href = deepLink(url, quote)
  return (
    <aside ref={card} class="card" tabIndex={-1} aria-label={fill(words.source, { n })}>
      <div class="cardhead">
        <span class="number" aria-hidden="true">
          {n}
        </span>
        <div dir="auto">
          <p class="cardtitle">{title}</p>
          {headings.length > 0 && <p class="path">{headings.join(' › ')}</p>}
        </div>
        <button type="button" class="icon" aria-label={words.close} onClick={() => store.set({ source: null })}>
          <Icon name="close" />
        </button>
      </div>
      <blockquote class="quote" dir="auto" cite={href ?? undefined}>
        {quote}
      </blockquote>
      {href && (
        <a class="button" href={href} target="_blank" rel="noopener">
          {words.open}
          <span class="unseen"> {words.newTab}</span>
          <Icon name="out" />
        </a>
      )}
    </aside>
  )
}

/** All sources of a finished answer, each a link to its place. An abstention names its pages in its own text. */
export function SourceList({ turn: { citations, outcome } }: { turn: Turn }) {
  const words = useWords()
  if (citations.length === 0 || outcome === 'abstained') return null
  return (
    <div class="sources">
      <h4>{words.sources}</h4>
      <ol>
        {citations.map(({ n, title, headings, url, quote }) => (
          <li key={n}>
            <a href={deepLink(url, quote) ?? ''} target="_blank" rel="noopener" dir="auto">
              <span class="number" aria-hidden="true">
                {n}
              </span>
              <span class="where">
                <b>{title}</b>
                {headings.length > 0 && <small>{headings.join(' › ')}</small>}
              </span>
              <span class="unseen"> {words.newTab}</span>
              <Icon name="out" />
            </a>
          </li>
        ))}
      </ol>
    </div>
  )
}
