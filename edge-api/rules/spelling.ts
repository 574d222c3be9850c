/** Shorter words have too many neighbours that are words themselves: "vite" is not a slip for "site". */
const MIN_LENGTH = 5
/** From here on two slips are forgiven. */
const MIN_LENGTH_FOR_TWO = 8
export const MAX_SPELLING_LENGTH = 24
/** Of the vocabulary's words, stemmed. */
export const MIN_SPELLING_LENGTH = 4

export interface SpellingVariant {
  word: string
  variant: string
  /** Characters of the word that are left out. */
  omitted: number
  /** Edits a vocabulary word may be away to count as what was meant. */
  reach: number
}

/**
 * What a word may have in common with the vocabulary's word that was meant, when characters of it are left out; the
 * index holds the vocabulary's words with one left out. So a slip of one character (wrong, missing, surplus, swapped with
 * its neighbour) always meets its word by equality, and two slips mostly do. `surface` is the word as the visitor wrote
 * it: the stem is shorter, and how sure a repair is depends on what was typed.
 */
export function spellingVariants(word: string, surface: string): SpellingVariant[] {
  const characters = Array.from(word)
  const typed = Array.from(surface).length
  if (!/^[\p{L}\p{M}]+$/u.test(word) || typed < MIN_LENGTH) return []
  if (characters.length < MIN_SPELLING_LENGTH || characters.length > MAX_SPELLING_LENGTH) return []
  const reach = typed >= MIN_LENGTH_FOR_TWO ? 2 : 1
  const variants = new Map<string, number>([[word, 0]])
  let shortest = [characters]
  for (let omitted = 1; omitted <= reach; omitted++) {
    shortest = shortest.flatMap((letters) => letters.map((_, index) => letters.toSpliced(index, 1)))
    for (const letters of shortest) if (!variants.has(letters.join(''))) variants.set(letters.join(''), omitted)
  }
  return [...variants].map(([variant, omitted]) => ({ word, variant, omitted, reach }))
}
