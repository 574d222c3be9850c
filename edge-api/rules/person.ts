import { isCleanText } from './json-body.ts'

const MAX_EMAIL = 254
const MAX_NAME = 100

/** One spelling for an address: what is stored, looked up and counted by. */
export function normaliseEmail(text: string): string {
  return text.trim().normalize('NFC').toLowerCase()
}

/** Whether it exists only a mail can tell, so the shape is asked for and no more. */
export function isEmail(text: string): boolean {
  const shape = /^[^\s@<>()[\]\\,;:"\p{Cc}]+@[^\s@.<>]+(?:\.[^\s@.<>]+)+$/u
  return text.length <= MAX_EMAIL && shape.test(text) && isCleanText(text)
}

/** Of a person, an organization or a project. */
export function isName(text: string): boolean {
  return text !== '' && text.length <= MAX_NAME && isCleanText(text) && !/\p{Cc}/u.test(text)
}

export const NAME_SENTENCE = `A name has 1 to ${MAX_NAME} characters, none of them a control character.`
