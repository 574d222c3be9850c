import { isActionWord, isFrameWord, isSlipOf } from './question.ts'
import type { SearchResult, TermStatistics } from './search.ts'

/** The normalised terms of a text, as the index makes them. */
export type TermsOf = (text: string) => Iterable<string>

/** One thing the question asks about: a word, or an identifier with its parts. */
export interface Aspect {
  /** Any of these (normalised, after repair) stands for the whole aspect. */
  whole: string[]
  /** Any of these, which docs may say instead, stands for most of it. */
  related: string[]
  /** An identifier's parts: holding some of them counts by their share. */
  parts: string[]
  /** What all the parts together are worth: those of `getServerSideProps` are not it, those of `pre-bundling` nearly are. */
  partsWorth: number
  /** How much it tells: inverse document frequency, less for words that only frame a question. */
  weight: number
  /** False when the project's vocabulary holds neither it nor anything near. */
  known: boolean
  /** What holding it is worth: less than 1 when the vocabulary had to be searched for a neighbour of the word. */
  worth: number
  /** A name from code that the docs never write: something else's, or an invention. */
  isForeign: boolean
  isFrame: boolean
}

const FRAME_WEIGHT = 0.25
const ACTION_WEIGHT = 0.5
/**
 * The neighbour of a word that the docs do not know may be what was meant, or may be another thing altogether: "brotli" is
 * not a slip for "root". Of a long word with one slip it is nearly sure.
 */
const REPAIRED_WORTH = 0.4
const SURELY_REPAIRED_WORTH = 0.9
const MIN_SURE_LENGTH = 7
/** What is called otherwise may be another thing: "host" is not always what "network" meant. */
const RELATED_WORTH = 0.7

export function aspectsOf(result: SearchResult): Aspect[] {
  const aspects: Aspect[] = []
  const groups = Map.groupBy(result.terms, (term) => (term.kind === 'word' ? term.term : term.surface.toLowerCase()))
  for (const group of groups.values()) {
    const identifier = group.find((term) => term.kind === 'identifier')
    if (identifier) aspects.push(aspect(identifier, group, result.passageCount))
    else for (const term of group) aspects.push(aspect(term, [], result.passageCount))
  }
  return aspects
}

function aspect(term: TermStatistics, group: TermStatistics[], passageCount: number): Aspect {
  const parts = group.filter((other) => other.kind === 'part')
  const isAbsent = term.documentFrequency === 0
  const isFrame = parts.length === 0 && isFrameWord(term.surface, isAbsent)
  const related = term.related ?? []
  const isKnown = (each: TermStatistics) =>
    each.documentFrequency > 0 || each.repairedTo !== null || (each.relatedFrequency ?? 0) > 0
  // An identifier that the docs never write whole may still be all there by its parts; the rarest of them tells most.
  const carriers = isKnown(term) || parts.length === 0 ? [term] : parts
  const rarity = Math.max(
    ...carriers.map((each) => inverseFrequency(each.documentFrequency || (each.relatedFrequency ?? 0), passageCount)),
  )
  return {
    whole: [term.repairedTo ?? term.term],
    related,
    parts: parts.map((part) => part.repairedTo ?? part.term),
    partsWorth: /\p{Ll}\p{Lu}|[._:/\\@]/u.test(term.surface) ? 0.6 : 0.9,
    weight: rarity * (isFrame ? FRAME_WEIGHT : isActionWord(term.surface, isAbsent) ? ACTION_WEIGHT : 1),
    known: isKnown(term) || (parts.length > 0 && parts.every(isKnown)),
    worth: isAbsent && term.repairedTo !== null ? repairWorth(term.term, term.repairedTo) : 1,
    isForeign: isAbsent && term.kind === 'identifier' && CODE_NAME.test(term.surface),
    isFrame,
  }
}

/** `camelCase`, `dotted.name`, `--flag`. Paths, packages and constants are more often the visitor's own. */
const CODE_NAME = /^(?!.*(?:[/@]|\p{Lu}_\p{Lu}))(?:--|.*(?:\p{Ll}\p{Lu}|\w\.\w))/u

function repairWorth(typed: string, meant: string): number {
  if (typed.length < MIN_SURE_LENGTH) return REPAIRED_WORTH
  return isSlipOf(typed, meant) || (meant.length >= MIN_SURE_LENGTH - 1 && typed.startsWith(meant))
    ? SURELY_REPAIRED_WORTH
    : REPAIRED_WORTH
}

/** BM25's, never negative. */
function inverseFrequency(documentFrequency: number, passageCount: number): number {
  return Math.log(1 + (Math.max(0, passageCount - documentFrequency) + 0.5) / (documentFrequency + 0.5))
}

/** From 0 to 1: how much of one aspect the terms hold. */
export function held(aspect: Aspect, terms: ReadonlySet<string>): number {
  if (aspect.whole.some((term) => terms.has(term))) return aspect.worth
  if (aspect.related.some((term) => terms.has(term))) return RELATED_WORTH
  if (aspect.parts.length === 0) return 0
  return (aspect.partsWorth * aspect.parts.filter((part) => terms.has(part)).length) / aspect.parts.length
}

/** From 0 to 1: the share of what the question asks about, by weight, that the terms hold. */
export function coverage(aspects: readonly Aspect[], terms: ReadonlySet<string>): number {
  let total = 0
  let covered = 0
  for (const each of aspects) {
    total += each.weight
    covered += each.weight * held(each, terms)
  }
  return total === 0 ? 0 : covered / total
}
