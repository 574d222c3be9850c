import type { Language } from './language.ts'

/** A thing that a question calls by its name. */
export interface Name {
  text: string
  /** "SAML", "ORM": docs often use one without a heading for it. */
  isAbbreviation: boolean
}

/** Nothing is called by a longer one; it bounds what the patterns below can cost. */
const MAX_LENGTH = 60
const SENTENCE = /(?<=[.!?:;"'`(])\s+|["'`(]/
/** `Kafka`, `MySQL`, `gRPC`; not the first word of a sentence, unless it is written as no other word is. */
const PROPER = /^(?:\p{Lu}[\p{L}\p{N}]*\p{Ll}[\p{L}\p{N}]*(?:[.-][\p{L}\p{N}]+)?|\p{Ll}+\p{Lu}{2,})$/u
const ABBREVIATION = /^\p{Lu}[\p{Lu}\p{N}]+s?$/u
/** They write every noun with a capital. */
const CAPITAL_NOUNS = new Set(['de', 'lb'])
/** Of the words after the first: from here on the whole question is written in capitals, and none of them tells. */
const TITLE_CASE = 0.5

export function namesIn(question: string, { code }: Pick<Language, 'code'>): Name[] {
  if (CAPITAL_NOUNS.has(code) || !/\p{Ll}/u.test(question)) return []
  const sentences = question.split(SENTENCE).map((sentence) =>
    sentence
      .split(/\s+/)
      .map((word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}+#]+$/gu, ''))
      .filter((word) => word !== '' && word.length <= MAX_LENGTH),
  )
  const later = sentences.flatMap((words) => words.slice(1))
  const capitals = later.filter((word) => PROPER.test(word))
  if (later.length > 2 && capitals.length > TITLE_CASE * later.length) return []
  return sentences.flatMap((words) =>
    words.flatMap((word, at): Name[] => {
      if (ABBREVIATION.test(word)) return [{ text: word, isAbbreviation: true }]
      const isName = PROPER.test(word) && (at > 0 || /\p{Ll}\p{Lu}/u.test(word))
      return isName ? [{ text: word.replace(/\.(?:js|io|com|org|dev)$/i, ''), isAbbreviation: false }] : []
    }),
  )
}
