import { allow, deny, type Verdict } from '#shared/verdict.ts'
import { type KnownWords, weighPassword } from './password-weight.ts'

/** NIST SP 800-63B-4, 3.1.1.2: 15 characters where the password is all there is, 8 beside a second factor. */
export const MIN_LENGTH = 15
export const MIN_LENGTH_WITH_SECOND_FACTOR = 8
export const MAX_LENGTH = 1000

export const PASSWORD_SENTENCES = {
  password_too_short: `Use at least ${MIN_LENGTH} characters; a few words in a row are easy to remember.`,
  password_too_long: `Use at most ${MAX_LENGTH} characters.`,
  password_unreadable: 'The password has a character that cannot be typed again.',
  password_common: 'This is among the first that others would try: use words that belong to nobody but you.',
} as const

export type PasswordReason = keyof typeof PASSWORD_SENTENCES

export interface PasswordContext {
  email?: string
  name?: string
  secondFactor?: boolean
  /** Whether a lower-case text is among the passwords that leaks show again and again. */
  isCommon: KnownWords['isCommon']
}

/** Below this a password is soon guessed (rules/password-weight.ts). */
const LEAST_WEIGHT = 7
/** From here on nobody has guessed it, whatever words are in it. */
const OWN_WEIGHT = 12

/** What others try first. A password made of these and little else is refused, however long. */
const COMMON = [
  ...['password', 'passwort', 'passwd', 'passphrase', 'secret', 'letmein', 'welcome', 'login', 'signin', 'admin'],
  ...['administrator', 'root', 'default', 'changeme', 'iloveyou', 'sunshine', 'princess', 'dragon', 'monkey', 'shadow'],
  ...['football', 'baseball', 'superman', 'batman', 'master', 'trustno', 'starwars', 'michael', 'jordan', 'charlie'],
  ...[
    'qwertyuiop',
    'qwertzuiop',
    'azertyuiop',
    'asdfghjkl',
    'zxcvbnm',
    'yxcvbnm',
    'qwerty',
    'qwertz',
    'azerty',
    'asdf',
  ],
  ...['correcthorsebatterystaple', 'abc', 'test', 'demo', 'hello', 'whatever', 'freedom', 'computer', 'internet'],
  ...['summer', 'winter', 'spring', 'autumn', 'monday', 'january', 'company', 'pernoex', 'pern0ex'],
]
/** Characters beside them that make a password one's own. */
const OWN_CHARACTERS = 8

/** No composition rules and no forced changes: length, and not being the obvious. Counts code points after NFC. */
export function judgePassword(
  password: string,
  { email = '', name = '', secondFactor = false, isCommon }: PasswordContext,
): Verdict<null, PasswordReason> {
  const normal = password.normalize('NFC')
  if (/[\p{Cc}\p{Cs}\p{Cn}]/u.test(normal) || !normal.isWellFormed()) return deny('password_unreadable')
  const length = [...normal].length
  if (length > MAX_LENGTH) return deny('password_too_long')
  if (length < (secondFactor ? MIN_LENGTH_WITH_SECOND_FACTOR : MIN_LENGTH)) return deny('password_too_short')
  const personal = [...email.split(/[@.+_-]/), ...name.split(/\s/)]
  const context = personal.map((word) => word.toLowerCase()).filter((word) => word.length >= 4)
  const { weight } = weighPassword(normal, { isCommon, context })
  if (weight >= OWN_WEIGHT) return allow(null)
  return weight < LEAST_WEIGHT || isObvious(normal, personal, secondFactor) ? deny('password_common') : allow(null)
}

function isObvious(password: string, personal: string[], secondFactor: boolean): boolean {
  let rest = plain(password)
  const words = [...personal.map(plain).filter((word) => word.length >= 3), ...COMMON]
  for (const word of words.sort((a, b) => b.length - a.length)) rest = rest.replaceAll(word, '')
  const needed = secondFactor ? 3 : OWN_CHARACTERS
  return [rest, password.toLowerCase()].some((text) => isPoor(text, needed)) || isRepetition(password)
}

function isPoor(text: string, needed: number): boolean {
  const own = withoutRuns(text)
  return own.length < needed || new Set(own).size < Math.min(needed, 5)
}

/** As an attacker's rules see it: case, usual stand-ins, and what is neither letter nor digit do not count. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[@4]/g, 'a')
    .replace(/[$5]/g, 's')
    .replace(/[0]/g, 'o')
    .replace(/[!1]/g, 'i')
    .replace(/3/g, 'e')
    .replace(/[^\p{L}\p{N}]/gu, '')
}

/** Without what follows from the character before: `abcd`, `9876`, `aaaa` are one character each. */
function withoutRuns(text: string): string {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0)
  return codes
    .filter((code, at) => at === 0 || Math.abs(code - (codes[at - 1] ?? 0)) > 1)
    .map((code) => String.fromCodePoint(code))
    .join('')
}

/** A short piece over and over. */
function isRepetition(text: string): boolean {
  return /^(.{1,6})\1+.{0,5}$/su.test(text)
}
