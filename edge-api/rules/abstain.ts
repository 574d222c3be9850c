import { type Aspect, coverage } from './relevance.ts'

/**
 * What speaks for and against the docs holding the answer. Raw ranking scores are none of it: they grow with the length of
 * the question and the rarity of its words, whether or not the docs hold the answer.
 */
export interface Evidence {
  /**
   * From 0 to 1: share of what was asked, by weight, that a leading section holds on average. A subject the docs treat is
   * not in one place by chance.
   */
  agreement: number
  /** From 0 to 1: how exactly a heading among the leading sections names what was asked. */
  aim: number
  /** A word that tells is not in the project's vocabulary, nor anything that it is surely a slip for. */
  hasUnknown: boolean
  /** A name from code that the docs never write: something else's, or an invention. */
  hasForeign: boolean
  /** Things asked about. A long question is never covered as a short one is, and need not be. */
  length: number
}

/**
 * The weights of a logistic model and its bar, fitted on 750 questions over the docs of seven products (258 of which those
 * docs do not answer), with each product judged by a model that had not seen it: it answered 92 % of what could be answered
 * and abstained on 86 % of what could not; on the harder half, in words that the docs do not use, 87 % and 80 %; on two
 * products that nobody had looked at, 75 % and 90 %. The bar is a little below even odds, since a wrong answer shows its
 * sources, while a wrong abstention helps nobody.
 */
const WEIGHTS = { agreement: 7.3, aim: 3.9, unknown: -1.2, foreign: -2.4, length: 1.34 }
const BAR = 5.25
/** A subject has fewer places in small docs: from one section to this many count as leading, doubling docs adding one. */
const MOST_LEADING = 5
const SMALLEST_DOCS = 16
/** A word that had to be repaired and is worth less than this may as well be another. */
const DOUBTFUL = 0.5

export function leadingSections(passageCount: number): number {
  return Math.min(MOST_LEADING, Math.max(1, Math.round(Math.log2(passageCount / SMALLEST_DOCS))))
}

/** `sections`: the terms of the question that each leading section holds; `aims`: how exactly their headings name it. */
export function evidenceOf(
  aspects: readonly Aspect[],
  sections: readonly ReadonlySet<string>[],
  aims: readonly number[],
): Evidence {
  const shares = sections.map((matched) => coverage(aspects, matched))
  return {
    agreement: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
    aim: Math.max(0, ...aims),
    hasUnknown: aspects.some((each) => !each.isFrame && (!each.known || each.worth < DOUBTFUL)),
    hasForeign: aspects.some((each) => each.isForeign),
    length: aspects.length,
  }
}

export function holdsAnswer({ agreement, aim, hasUnknown, hasForeign, length }: Evidence): boolean {
  if (length === 0) return false
  const found = WEIGHTS.agreement * agreement + WEIGHTS.aim * aim + WEIGHTS.length * Math.log(length)
  return found + (hasUnknown ? WEIGHTS.unknown : 0) + (hasForeign ? WEIGHTS.foreign : 0) >= BAR
}
