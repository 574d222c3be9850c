import type { Language } from './language.ts'
import type { Passage } from './passage.ts'
import { isOffered } from './spelling.ts'
import { terms } from './terms.ts'

/**
 * How much one occurrence counts, by the field it stands in; as much it adds to the passage's length. Found on five docs
 * sites and two collections of abstracts together, where the optimum is flat. All products are multiples of a quarter,
 * so that sums stay exact in SQL's `real` and in integers of quarters.
 */
export const FIELD_WEIGHTS = {
  title: 3,
  /** The heading right above the passage says what it is about; those further out say so of its neighbours as well. */
  heading: 2,
  outerHeading: 1,
  body: 1,
} as const

/** A piece of an identifier says less than a word that the author wrote for itself. */
export const PART_WEIGHT = 0.75

export interface WeighedPassage {
  /** Position in the document, from 0. */
  ordinal: number
  /** In quarters of a term. */
  length: number
  weights: ReadonlyMap<string, number>
  /** Words that a misspelt one may stand for, with the term each makes. */
  words: ReadonlyMap<string, string>
}

export function weighPassage(
  title: string,
  passage: Pick<Passage, 'ordinal' | 'headings' | 'text'>,
  language: Language,
): WeighedPassage {
  const weights = new Map<string, number>()
  const words = new Map<string, string>()
  let length = 0
  const add = (text: string, weight: number) => {
    for (const { term, word, kind } of terms(text, language)) {
      if (isOffered(word)) words.set(word, term)
      const counted = kind === 'part' ? weight * PART_WEIGHT : weight
      weights.set(term, (weights.get(term) ?? 0) + counted)
      length += counted
    }
  }
  add(title, FIELD_WEIGHTS.title)
  passage.headings.forEach((heading, index) => {
    const isNearest = index === passage.headings.length - 1
    add(heading, isNearest ? FIELD_WEIGHTS.heading : FIELD_WEIGHTS.outerHeading)
  })
  add(passage.text, FIELD_WEIGHTS.body)
  return { ordinal: passage.ordinal, length: length * 4, weights, words }
}
