/** What a guesser tries first. */
export type Guessable = 'context' | 'common' | 'pattern'

export interface KnownWords {
  /** Whether the lower-case text is among the common passwords. */
  isCommon(text: string): boolean
  /** Lower-case words that belong to this account or product: parts of its names and addresses. */
  context: readonly string[]
}

const COMMON_COSTS = 2
const OTHER_COSTS = 1
const SHORTEST_WORD = 4
const LONGEST_WORD = 24
/** More of a password than this is not looked at: it has weight enough, or is one pattern from its start. */
const LONGEST_LOOK = 256

/** Digits and signs that stand for letters; two readings of `1`. */
const READINGS = ['@a 4a 3e 1i !i 0o $s 5s 7t', '@a 4a 3e 1l !i 0o $s 5s 7t'].map(
  (pairs) => new Map(pairs.split(' ').map((pair) => [pair.charAt(0), pair.charAt(1)])),
)

const ROWS = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'azertyuiop',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  '1q2w3e4r5t6y7u8i9o0p',
].flatMap((row) => [row, [...row].reverse().join('')])

interface Piece {
  length: number
  cost: number
  kind: Guessable
}

/**
 * About how many tries a password takes, counted in characters that have to be guessed: a common word weighs two, a word of
 * the context, a sequence, a year or a repetition one, any other character one. `kinds` are what its cheapest reading is of.
 */
export function weighPassword(password: string, words: KnownWords): { weight: number; kinds: ReadonlySet<Guessable> } {
  const characters = [...password.toLowerCase()].slice(0, LONGEST_LOOK)
  const unit = repeatedUnit(characters)
  if (unit === null) return cheapestReading(characters, words)
  const { weight, kinds } = cheapestReading(unit, words)
  return { weight: weight + 1, kinds: new Set([...kinds, 'pattern']) }
}

/** Dynamic programming over the characters: the cheapest way to cover them up to each place. */
function cheapestReading(characters: string[], words: KnownWords): { weight: number; kinds: Set<Guessable> } {
  const readings = [
    characters,
    ...READINGS.map((map) => characters.map((character) => map.get(character) ?? character)),
  ]
  const best: { weight: number; from: number; kind: Guessable | null }[] = [{ weight: 0, from: 0, kind: null }]
  for (let start = 0; start < characters.length; start++) {
    const weight = best[start]?.weight ?? 0
    const offer = (length: number, cost: number, kind: Guessable | null): void => {
      const known = best[start + length]
      if (known === undefined || weight + cost < known.weight)
        best[start + length] = { weight: weight + cost, from: start, kind }
    }
    offer(1, OTHER_COSTS, null)
    for (const { length, cost, kind } of piecesAt(characters, readings, start, words)) offer(length, cost, kind)
  }
  const kinds = new Set<Guessable>()
  for (let at = characters.length; at > 0; at = best[at]?.from ?? 0) {
    const kind = best[at]?.kind ?? null
    if (kind !== null) kinds.add(kind)
  }
  return { weight: best[characters.length]?.weight ?? 0, kinds }
}

function piecesAt(characters: string[], readings: string[][], start: number, words: KnownWords): Piece[] {
  const pieces: Piece[] = []
  const patterns = [sequenceAt(characters, start), runAt(characters, start)]
  for (const length of patterns) if (length > 0) pieces.push({ length, cost: OTHER_COSTS, kind: 'pattern' })
  if (/^(?:19|20)\d\d/.test(characters.slice(start, start + 4).join('')))
    pieces.push({ length: 4, cost: OTHER_COSTS, kind: 'pattern' })
  for (const reading of readings) {
    const rest = reading.slice(start)
    const text = rest.join('')
    for (const word of words.context)
      if (text.startsWith(word)) pieces.push({ length: [...word].length, cost: OTHER_COSTS, kind: 'context' })
    for (let length = SHORTEST_WORD; length <= Math.min(rest.length, LONGEST_WORD); length++)
      if (words.isCommon(rest.slice(0, length).join(''))) pieces.push({ length, cost: COMMON_COSTS, kind: 'common' })
  }
  return pieces
}

/** How many characters from here follow a row of the alphabet or the keyboard; 0 for fewer than four. */
function sequenceAt(characters: string[], start: number): number {
  let longest = 0
  for (const row of ROWS) {
    const at = row.indexOf(characters[start] ?? '')
    if (at < 0) continue
    let length = 1
    while (at + length < row.length && characters[start + length] === row[at + length]) length += 1
    longest = Math.max(longest, length)
  }
  return longest >= 4 ? longest : 0
}

/** How many times in a row the same character stands here; 0 for fewer than three. */
function runAt(characters: string[], start: number): number {
  let length = 1
  while (start + length < characters.length && characters[start + length] === characters[start]) length += 1
  return length >= 3 ? length : 0
}

/** The shortest part that the whole is made of by repeating, its last time perhaps cut off; null when nothing repeats. */
function repeatedUnit(characters: string[]): string[] | null {
  for (let length = 1; length * 2 <= characters.length; length++)
    if (characters.every((character, index) => character === characters[index % length]))
      return characters.slice(0, length)
  return null
}
