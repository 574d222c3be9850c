import { createAnnouncer } from './announcer.ts'
import { useWords } from './answer-words.ts'
import { fill, useLayoutEffect, useRef, useStore } from './borrowed.ts'
import { sayFailure } from './failure-words.ts'

/** Sentences that have been read long ago are taken out again. */
const MOST_SENTENCES = 40

/** Tells a screen reader, sentence by sentence, what appears on the screen. Nothing else in the panel is live. */
export function LiveRegion() {
  const words = useWords()
  const turn = useStore(({ turns }) => turns[turns.length - 1])
  const region = useRef<HTMLDivElement>(null)
  const announcer = useRef<{ id: string; next: ReturnType<typeof createAnnouncer>; status: string } | null>(null)

  useLayoutEffect(() => {
    if (!turn) return
    const say = (text: string) => {
      const line = document.createElement('p')
      line.textContent = text
      region.current?.append(line)
      if ((region.current?.childElementCount ?? 0) > MOST_SENTENCES) region.current?.firstElementChild?.remove()
    }
    const { id, status, blocks, citations, failure } = turn
    const fresh = announcer.current?.id !== id
    if (fresh) announcer.current = { id, next: createAnnouncer(words, document.documentElement.lang), status: '' }
    const current = announcer.current
    if (!current) return
    const changed = current.status !== status
    current.status = status
    if (changed && status === 'waiting') say(words.searching)
    for (const sentence of current.next(blocks, status === 'done')) say(sentence)
    if (changed && status === 'done') say(fill(words.complete, { n: citations.length }))
    if (changed && status === 'stopped') say(words.stopped)
    if (changed && status === 'failed' && failure) say(sayFailure(words, failure).text)
  }, [turn])

  return <div ref={region} class="unseen live" role="log" aria-live="polite" aria-label={words.thread} />
}
