/** Shorter words have too many neighbours that are words themselves: "vite" is not a slip for "site". */
const MIN_TYPED = 5
/** From here on two slips are forgiven. */
const MIN_TYPED_FOR_TWO = 8
/** Of the words that are offered instead. */
const MIN_OFFERED = 4
const MAX_LENGTH = 24

export interface SpellingVariant {
  /** The absent term of the query. */
  term: string
  /** What was typed, or its stem. */
  word: string
  /** The word without some of its characters. */
  variant: string
  /** How many. */
  omitted: number
  /** Edits another word may be away to count as what was meant. */
  reach: number
}

/** Whether a misspelt word may be taken for this one: digits and punctuation are not guessed at. */
export function isOffered(word: string): boolean {
  return word.length >= MIN_OFFERED && word.length <= MAX_LENGTH && /^[\p{L}\p{M}]+$/u.test(word)
}

/**
 * What a word may have in common with the one that was meant, when characters of it are left out; the index holds the
 * project's words with one left out. So a slip of one character (wrong, missing, surplus, swapped with its neighbour)
 * always meets its word by equality; two slips do where one of them is a surplus character. The stem goes along, for the project may use the word in
 * another form only; the slip may as well be in the ending, which then no stemmer knows. `word` is in lower case.
 */
export function spellingVariants(term: string, word: string): SpellingVariant[] {
  if (!isOffered(word) || word.length < MIN_TYPED) return []
  const forms = term.length >= MIN_TYPED && isOffered(term) ? new Set([word, term]) : [word]
  return [...forms].flatMap((form) => {
    const reach = form.length >= MIN_TYPED_FOR_TWO ? 2 : 1
    return Array.from(withoutSome(form, reach), ([variant, omitted]) => ({ term, word: form, variant, omitted, reach }))
  })
}

function withoutSome(word: string, most: number): Map<string, number> {
  const variants = new Map<string, number>([[word, 0]])
  let shortest = [Array.from(word)]
  for (let omitted = 1; omitted <= most; omitted++) {
    shortest = shortest.flatMap((letters) => letters.map((_, index) => letters.toSpliced(index, 1)))
    for (const letters of shortest) if (!variants.has(letters.join(''))) variants.set(letters.join(''), omitted)
  }
  return variants
}
