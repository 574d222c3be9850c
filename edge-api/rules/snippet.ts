import type { TermsOf } from './relevance.ts'

const SNIPPET_LENGTH = 240

/** The stretch of a passage around most of what was asked, cut at words. */
export function snippet(text: string, asked: ReadonlySet<string>, termsOf: TermsOf): string {
  const words = [...text.matchAll(/\S+/g)].map((match) => ({ start: match.index, end: match.index + match[0].length }))
  if (words.length === 0) return ''
  const terms = words.map(({ start, end }) => [...termsOf(text.slice(start, end))].filter((term) => asked.has(term)))
  let best = { from: 0, to: 0, score: -1 }
  for (let from = 0, to = 0; from < words.length; from++) {
    const start = words[from]?.start ?? 0
    to = Math.max(to, from)
    while (to + 1 < words.length && (words[to + 1]?.end ?? 0) - start <= SNIPPET_LENGTH) to++
    // Different words count most, repeated ones a little; an early stretch wins a tie.
    const found = terms.slice(from, to + 1).flat()
    const score = new Set(found).size + 0.1 * found.length
    if (score > best.score) best = { from, to, score }
    if (to === words.length - 1) break
  }
  const start = words[best.from]?.start ?? 0
  const end = Math.min(words[best.to]?.end ?? text.length, start + SNIPPET_LENGTH)
  const cut = text.slice(start, end).toWellFormed().replaceAll(/\s+/g, ' ')
  return `${best.from > 0 ? '… ' : ''}${cut}${end < text.trimEnd().length ? ' …' : ''}`
}
