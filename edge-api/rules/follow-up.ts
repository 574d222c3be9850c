import { isActionWord, isFrameWord } from './question.ts'
import type { SearchQuery } from './search.ts'

/** English cues, as in `question.ts`: it goes on from what was said before, whatever else it holds. */
const GOES_ON =
  /^(?:and|or|but|also|then|so|ok(?:ay)?|(?:what|how) about|what if|(?:the )?same (?:for|with|thing)|for example|how (?:so|come|exactly)|tell me more|more|(?:(?:can|could) you )?(?:show|give)(?: me)? an? example|an? example)\b|^why(?: not)?\W*$/i
/** These stand for what was said before, or for the product itself. */
const POINTS_BACK = /\b(?:it|its|that|this|them|these|those|they|one|there|instead)\b/i
/** A longer question tells what it is about. */
const MAX_WORDS = 8

/** `points-back`: may go on from the question before, or mean the product by "it". */
export type FollowUp = 'goes-on' | 'points-back' | 'stands-alone'

/** Whether a question can be understood without the one before. */
export function followUp({ text, language, terms }: SearchQuery): FollowUp {
  const question = text.trim()
  if (language !== 'en' || question.split(/\s+/).length > MAX_WORDS) return 'stands-alone'
  const pointsBack = POINTS_BACK.test(question)
  const namesNothing = terms.every(({ surface }) => isFrameWord(surface) || isActionWord(surface))
  if (GOES_ON.test(question) || (namesNothing && (pointsBack || terms.length === 0))) return 'goes-on'
  return pointsBack ? 'points-back' : 'stands-alone'
}
