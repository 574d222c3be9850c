import { type Aspect, coverage } from './relevance.ts'

/**
 * What speaks for the docs holding the answer, each from 0 to 1. Raw ranking scores are none of it: they grow with the
 * length of the question and the rarity of its words, whether or not the docs hold the answer.
 */
export interface Evidence {
  /** Share of what was asked, by weight, that one section holds at best, its headings included. */
  best: number
  /** The same on average over the sections that would be drawn on: a subject the docs treat is not in one place by chance. */
  agreement: number
  /** How exactly the heading of the leading section names what was asked. */
  aim: number
}

/**
 * The weights and the bar of a logistic model, fitted on 281 questions over the docs of three products (a build tool, a web
 * framework, an HTTP client), 104 of which those docs do not answer. On the docs of two other products, with 193 questions,
 * it answered every answerable one and abstained on seven of eight others.
 */
const WEIGHTS = { best: 4.2, agreement: 4, aim: 3.7 }
const BAR = 5.9
/** How many sections agreement is measured over. */
const AGREEING = 5

/** `sections`: the terms of the question that each section holds, the leading one first. */
export function evidenceOf(
  aspects: readonly Aspect[],
  sections: readonly ReadonlySet<string>[],
  aim: number,
): Evidence {
  const shares = sections.map((matched) => coverage(aspects, matched))
  const first = shares.slice(0, AGREEING)
  return {
    best: Math.max(0, ...shares),
    agreement: first.reduce((sum, share) => sum + share, 0) / Math.max(1, first.length),
    aim,
  }
}

export function holdsAnswer({ best, agreement, aim }: Evidence): boolean {
  return WEIGHTS.best * best + WEIGHTS.agreement * agreement + WEIGHTS.aim * aim >= BAR
}
