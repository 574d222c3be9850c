/**
 * Some questions can only be answered by a thing of one kind: an amount of money, a date, a name. A section that covers every
 * word of "how much does hosting cost" and holds no price (it may speak of the cost of a slow query) does not answer it.
 */
interface Expectation {
  /** Whether the docs cannot answer without one. */
  isNeeded: boolean
  question: RegExp
  /** What an answer of that kind looks like. */
  answer: RegExp
}

const MONTH =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?'

const EXPECTATIONS: readonly Expectation[] = [
  {
    isNeeded: true,
    question:
      /\bhow (?:much|expensive)\b.*\b(?:costs?|charges?|pay|paid|price|expensive)\b|\b(?:pric(?:es?|ing)|salar(?:y|ies)|fees?)\b/i,
    answer:
      /[$€£¥]\s?\d|\d\s?(?:€|£|usd|eur|gbp)\b|\b(?:free of charge|no charge|pric(?:es?|ed|ing)|per (?:month|year|seat)|billed|invoices?)\b/i,
  },
  {
    isNeeded: true,
    question:
      /\bwhen (?:is|are|will|does|did|was)\b.*\b(?:releas|com(?:e|es|ing) out|launch|ship(?:s|ped)?\b)|\brelease date\b/i,
    answer: new RegExp(`\\b(?:19|20)\\d\\d\\b|\\b(?:${MONTH})\\.? \\d|\\d\\.? (?:${MONTH})\\b|\\broadmap\\b`, 'i'),
  },
  {
    isNeeded: true,
    question: /\bwho (?:founded|created|invented|wrote|made|owns|won|leads|maintains|develops)\b/i,
    answer:
      /\b(?:founded|created|invented|written|made|owned|won|led|maintained|developed) by\b|\b(?:founders?|creators?|authors?|maintainers?)\b/i,
  },
  {
    isNeeded: false,
    question: /\b(?:which|what|minimum|min|oldest|latest|required)\b.*\bversions?\b/i,
    answer: /\bv?\d+\.(?:\d+|x)\b|\b\d+\+|>=? ?v?\d|\b(?:version|v) ?\d/i,
  },
  {
    isNeeded: false,
    question: /\bhow (?:long|many|big|large|often)\b|\b(?:maximum|max|limit|size)\b.*\?/i,
    answer: /\d/,
  },
]

/** True when the question wants a thing of a kind, must have it, and none of the texts holds one. */
export function lacksExpected(question: string, texts: readonly string[]): boolean {
  return EXPECTATIONS.some(
    (each) => each.isNeeded && each.question.test(question) && !texts.some((text) => each.answer.test(text)),
  )
}

/** True when the question wants a thing of a kind, and the text holds one. */
export function meetsExpectation(question: string, text: string): boolean {
  return EXPECTATIONS.some((each) => each.question.test(question) && each.answer.test(text))
}
