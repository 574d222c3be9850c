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
  /** From 0 to 1: share of what was asked, by weight, that the project's vocabulary does not know at all. */
  unknown: number
  /** Things asked about. A long question is never covered as a short one is, and need not be. */
  length: number
}

/**
 * The weights of a logistic model and its bar, fitted on 714 questions over the docs of six products (246 of which those
 * docs do not answer), with each product judged by a model that had not seen it: it answered 92 % of what could be answered
 * and abstained on 84 % of what could not. The bar is a little below even odds, since a wrong answer shows its sources, while
 * a wrong abstention helps nobody.
 */
const WEIGHTS = { agreement: 7.4, aim: 3.9, unknown: -3.3, length: 1.3 }
const BAR = 5.65
/** A subject has fewer places in small docs: from one section to this many count as leading, doubling docs adding one. */
const MOST_LEADING = 5
const SMALLEST_DOCS = 16

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
  const total = weightOf(aspects)
  return {
    agreement: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
    aim: Math.max(0, ...aims),
    unknown: total === 0 ? 1 : weightOf(aspects.filter(({ known, isFrame }) => !known && !isFrame)) / total,
    length: aspects.length,
  }
}

export function holdsAnswer({ agreement, aim, unknown, length }: Evidence): boolean {
  const evidence = WEIGHTS.agreement * agreement + WEIGHTS.aim * aim + WEIGHTS.unknown * unknown
  return length > 0 && evidence + WEIGHTS.length * Math.log(length) >= BAR
}

function weightOf(aspects: readonly Aspect[]): number {
  return aspects.reduce((sum, { weight }) => sum + weight, 0)
}
