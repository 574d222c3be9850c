import { meetsExpectation } from './expectation.ts'
import type { Name } from './names.ts'
import type { StoredPassage } from './passage.ts'
import type { QuestionKind } from './question.ts'
import { type Aspect, coverage, type TermsOf } from './relevance.ts'

/** The question as answering sees it. */
export interface Inquiry {
  text: string
  kind: QuestionKind
  wantsCode: boolean
  aspects: Aspect[]
  names: Name[]
  termsOf: TermsOf
}

/** From 0 to 1: how exactly the passage's heading (the title above the first one) names what was asked. */
export function aimOf({ title, headings }: Pick<StoredPassage, 'title' | 'headings'>, inquiry: Inquiry): number {
  return likeness(headings.at(-1) ?? title, inquiry)
}

/**
 * From 0 to 1: what a name says of the question, and how little else it says. An abbreviation meets the name that spells it
 * out.
 */
function likeness(name: string, inquiry: Inquiry): number {
  const terms = new Set(inquiry.termsOf(name))
  const initials = (name.match(/\p{L}+/gu) ?? [])
    .map((word) => word[0])
    .join('')
    .toLowerCase()
  const isSpeltOut = initials.length > 1 && inquiry.aspects.some((aspect) => aspect.whole.includes(initials))
  const asked = new Set(inquiry.aspects.flatMap(({ whole, related, parts }) => [...whole, ...related, ...parts]))
  const words = name.match(/[\p{L}\p{N}]+/gu) ?? []
  const said = words.filter((word) => [...inquiry.termsOf(word)].length > 0)
  const exact = isSpeltOut
    ? 1
    : said.filter((word) => [...inquiry.termsOf(word)].some((term) => asked.has(term))).length /
      Math.max(1, said.length)
  const named = coverage(inquiry.aspects, isSpeltOut ? new Set([...terms, initials]) : terms)
  return named + exact === 0 ? 0 : (2 * named * exact) / (named + exact)
}

/** How well a stretch of text meets the question, under the headings it stands in (`context`): 0 to about 1.5. */
export function bearing(text: string, inquiry: Inquiry, context: ReadonlySet<string>): number {
  const own = new Set(inquiry.termsOf(text))
  const said = coverage(inquiry.aspects, own)
  const meant = coverage(inquiry.aspects, new Set([...own, ...context]))
  return 0.6 * meant + 0.5 * said + manner(text, inquiry)
}

function manner(text: string, inquiry: Inquiry): number {
  let bonus = 0
  if (inquiry.kind === 'definition' && isDefinition(text, inquiry)) bonus += 0.8
  if (
    inquiry.kind === 'how' &&
    /^(?:to |use |set |add |run |create |install |you can|if you (?:want|need))/i.test(text)
  )
    bonus += 0.12
  if (inquiry.kind === 'yes-no' && POLARITY.test(text)) bonus += 0.15
  if (meetsExpectation(inquiry.text, text)) bonus += 0.3
  if (inquiry.kind === 'why' && REASON.test(text)) bonus += 0.2
  if (dependsOnBefore(text)) bonus -= 0.2
  else if (/\b(?:this|these) (?:behaviou?r|option|setting|value|approach|method)s?\b|\b(?:above|below)\b/i.test(text))
    bonus -= 0.1
  if (text.endsWith('?')) bonus -= 0.4
  if (/^(?:added|introduced|available|deprecated|new|removed) (?:in|since)\b/i.test(text) && text.length < 60)
    bonus -= 0.6
  if (/\b(?:see|check out|refer to|follow|read|learn more|more details)\b.{0,80}$/i.test(text) && text.length < 160)
    bonus -= 0.2
  // Nothing but a pointer elsewhere.
  if (/^(?:watch|see|read|check out|learn|try|join|visit)\b/i.test(text) && text.length < 60) bonus -= 0.4
  return bonus
}

const POLARITY = /\b(?:not|never|only|cannot|supports?|supported|by default|out of the box|must|requires?|can)\b|n't\b/i
const REASON =
  /\b(?:because|since|so that|due to|reasons?|purposes?|in order to|to (?:avoid|prevent|improve|ensure))\b/i

/** `X is …` where X is what was asked, and not "if X is …". */
function isDefinition(text: string, inquiry: Inquiry): boolean {
  const subject =
    /^(?:an? |the )?([^,;]{1,60}?),? (?:\([^)]*\) )?(?:is|are|means|refers to|stands for|provides|lets|allows|enables|defines)\b/i.exec(
      text,
    )?.[1]
  if (subject === undefined || CONDITION.test(subject)) return false
  return likeness(subject, inquiry) > 0.6
}

const CONDITION =
  /^(?:if|when|whenever|while|once|since|as|unless|until|although|because|whether|where|only|after|before)\b/i

/** Begins with a word that points back: alone it would hang in the air. */
export function dependsOnBefore(text: string): boolean {
  return /^(?:this|that|these|those|it|its|they|them|he|she|such|however|but|also|then|so|instead|otherwise|therefore|thus|hence|similarly|likewise|additionally|furthermore|moreover|for example|for instance|in (?:this|that|these|such|both|either) |in addition|as a result|on the other hand|the (?:above|former|latter|same|following|second|other)|and|or|yet|both|once (?:this|that|it)|after (?:this|that)|alternatively)\b/i.test(
    text,
  )
}

/** Characters count as words in scripts that leave no spaces. */
export function countWords(pieces: readonly { text: string }[]): number {
  return pieces.reduce(
    (sum, { text }) =>
      sum +
      (text.match(
        /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu,
      )?.length ?? 0),
    0,
  )
}
