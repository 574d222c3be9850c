import { useWords } from './answer-words.ts'
import { useStore, useWidget } from './borrowed.ts'
import { safeUrl } from './links.ts'
import type { Transcript } from './options.ts'
import type { Turn } from './store.ts'
import { textOf } from './text.ts'

/** Mail programs cut longer addresses off. */
const LONGEST_MAIL = 1500

/** The way to a person, with what was said so far: the page's own function, a letter, or a page. */
export function Handoff() {
  const { options, memory } = useWidget()
  const words = useWords()
  const turns = useStore((state) => state.turns)
  const configured = useStore(({ config }) => config?.widget.handoff)
  const way = options.handoff ?? configured
  if (!way) return null
  const transcript = () => transcribe(turns, memory.read()?.id, words.you)
  if (typeof way === 'function')
    return (
      <button type="button" class="plain" part="handoff" onClick={() => way(transcript())}>
        {words.person}
      </button>
    )
  const href = safeUrl(way)
  if (!href) return null
  const mail = href.startsWith('mailto:')
  return (
    <a class="plain" part="handoff" href={mail ? letter(href, transcript()) : href} target="_blank" rel="noopener">
      {words.person}
      {!mail && <span class="unseen"> {words.newTab}</span>}
    </a>
  )
}

function transcribe(turns: readonly Turn[], threadId: string | undefined, you: string): Transcript {
  const page = location.origin + location.pathname
  const told = turns.map(({ question, blocks, citations }) => ({
    question,
    answer: textOf(blocks),
    sources: citations.map(({ url }) => url),
  }))
  const parts = told.map(({ question, answer, sources }) =>
    [`${you}: ${question}`, answer, ...sources].filter(Boolean).join('\n\n'),
  )
  return { threadId, page, turns: told, text: [...parts, [page, threadId].filter(Boolean).join(' · ')].join('\n\n') }
}

/** The newest words matter most, so a long conversation is cut at its beginning. */
function letter(address: string, { turns, text }: Transcript): string {
  const subject = turns[turns.length - 1]?.question.slice(0, 100) ?? ''
  const body = text.length > LONGEST_MAIL ? `…${text.slice(-LONGEST_MAIL)}` : text
  const fields = `subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(body.toWellFormed())}`
  return `${address}${address.includes('?') ? '&' : '?'}${fields}`
}
