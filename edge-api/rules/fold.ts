/** Marks that say how text is laid out, not what it says: soft hyphen, zero-width and direction marks, variation selectors. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

/** Latin letters that Unicode does not decompose into a base letter and a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
}

/** Brings text to one Unicode form. Lone surrogates become U+FFFD, which no term can contain. */
export function foldText(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(/[\u2018\u2019\u02bc]/g, "'")
}

/**
 * Drops accents, so that a visitor need not type them, but keeps the marks that carry meaning: the breve of й, Indic and
 * Thai vowel signs, the voicing marks of kana. Arabic and Hebrew vowel points are optional in writing and go.
 */
export function foldAccents(word: string): string {
  if (/^[\x20-\x7e]*$/.test(word)) return word
  return word
    .normalize('NFD')
    .replace(/(?<!и)[\u0300-\u036f]|[\u0591-\u05c7\u0640\u064b-\u0652]/g, '')
    .normalize('NFC')
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
}
