import type { Inquiry } from './bearing.ts'
import { lacksExpected } from './expectation.ts'
import { type Aspect, coverage } from './relevance.ts'
import type { SearchResult } from './search.ts'
import { type FoundSection, sectionsOf } from './section.ts'

/** What speaks for and against the docs holding the answer. Raw ranking scores do not: they grow with the question's length. */
export interface Evidence {
  /**
   * From 0 to 1: share of what was asked, by weight, that the pages of the leading sections hold on average. A subject that
   * the docs treat is not in one place by chance.
   */
  agreement: number
  /** From 0 to about 1: the best section's score as a share of what BM25 could give for such words at all. */
  strength: number
  /** Natural logarithm of the passages in the index: in large docs any few words meet somewhere by chance. */
  size: number
  /** From 0 to 1: share of what was asked, by weight, that the project's vocabulary does not know. */
  unknown: number
  /** 1 for a name from code that the docs never write: something else's, or an invention. */
  foreign: number
  /** 1 when an amount, a date or a name was asked for and the leading sections hold none. */
  lacking: number
  /**
   * A thing that was called by its name, and that no leading section has in its headings (an abbreviation: in its text): 0.5
   * where the text has it, 1 where nothing has.
   */
  stranger: number
}

/**
 * Weights of a logistic model, as `npm run eval -- --fit` prints them, with the questions and the docs named in README's
 * figures. The bar is where leaving each site out in turn has equally much to spare above the shares wanted of answers to
 * what can be answered and of abstentions from what cannot.
 */
const WEIGHTS: Readonly<Record<keyof Evidence, number>> = {
  agreement: 4.96,
  strength: 3.69,
  size: -0.6,
  unknown: -0.79,
  foreign: -4.71,
  lacking: -3.96,
  stranger: -3.95,
}
const BAR = -1.02
const LEADING = 3
/** A word that had to be repaired and is worth less than this may as well be another. */
const DOUBTFUL = 0.5
/** No smaller docs were fitted with: below this nothing is concluded from the size. */
const SMALLEST_FITTED = 90
/** BM25's limit for a term: its inverse document frequency times this. */
const SATURATION = 2.2

/** What so many passages speak of is the product itself. */
const OWN_NAME = 0.15

export function evidenceOf(
  inquiry: Pick<Inquiry, 'text' | 'aspects' | 'names' | 'termsOf'>,
  result: SearchResult,
): Evidence {
  const { text, aspects } = inquiry
  const leading = sectionsOf(result).slice(0, LEADING)
  const shares = leading.map((section) => coverage(aspects, matchedOnPage(section, result)))
  const most = aspects.reduce((sum, { isFrame, weight }) => (isFrame ? sum : sum + weight * SATURATION), 0)
  const all = aspects.reduce((sum, { weight }) => sum + weight, 0)
  const unknown = aspects.filter(({ known, worth }) => !known || worth < DOUBTFUL)
  const texts = leading.flatMap(({ pieces }) => pieces.map((piece) => piece.text))
  return {
    agreement: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
    strength: most === 0 ? 0 : Math.max(0, ...result.hits.map(({ score }) => score)) / most,
    size: Math.log(Math.max(SMALLEST_FITTED, result.passageCount)),
    unknown: all === 0 ? 0 : unknown.reduce((sum, { weight }) => sum + weight, 0) / all,
    foreign: aspects.some(({ isForeign }) => isForeign) ? 1 : 0,
    lacking: lacksExpected(text, texts) ? 1 : 0,
    stranger: strangeness(inquiry, leading, result),
  }
}

function strangeness(
  { names, termsOf }: Pick<Inquiry, 'names' | 'termsOf'>,
  leading: readonly FoundSection[],
  { terms, passageCount }: SearchResult,
): number {
  const frequency = new Map(terms.map(({ term, documentFrequency }) => [term, documentFrequency]))
  const headings = new Set(
    leading.flatMap(({ passage }) => [...termsOf([passage.title, ...passage.headings].join('\n'))]),
  )
  const texts = leading.flatMap(({ pieces }) => pieces.flatMap(({ text }) => [...termsOf(text)]))
  const held = new Set([...headings, ...leading.flatMap(({ matched }) => [...matched]), ...texts])
  const grades = names.map(({ text, isAbbreviation }) => {
    const own = [...termsOf(text)]
    const isOwn = own.some((term) => (frequency.get(term) ?? 0) >= OWN_NAME * passageCount)
    if (own.length === 0 || isOwn || own.some((term) => headings.has(term))) return 0
    if (!own.some((term) => held.has(term))) return 1
    return isAbbreviation ? 0 : 0.5
  })
  return Math.max(0, ...grades)
}

function matchedOnPage({ passage }: FoundSection, { hits }: SearchResult): Set<string> {
  return new Set(hits.flatMap((hit) => (hit.passage.documentId === passage.documentId ? hit.matched : [])))
}

/** How far the evidence is above the bar, in log-odds. */
export function confidence(evidence: Evidence): number {
  const names = Object.keys(WEIGHTS) as (keyof Evidence)[]
  return names.reduce((sum, name) => sum + WEIGHTS[name] * evidence[name], -BAR)
}

export function holdsAnswer(aspects: readonly Aspect[], evidence: Evidence): boolean {
  return aspects.length > 0 && evidence.agreement > 0 && confidence(evidence) >= 0
}
