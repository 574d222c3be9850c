/**
 * Characters that a reader does not see and that can carry hidden instructions or break matching: zero-width characters,
 * soft hyphens, bidi controls, tag characters, C0/C1 controls. The joiners that scripts and emoji need are judged below.
 */
const HIDDEN = /(?!\t|\n|\u200c|\u200d|\ufe0f)[\p{Cc}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu

/** A joiner joins letters or pictographs; between anything else it only hides. */
const LONE_JOINER =
  /(?<!\p{L}|\p{M}|\p{Extended_Pictographic}|\p{Emoji_Modifier})[\u200c\u200d]|[\u200c\u200d](?!\p{L}|\p{M}|\p{Extended_Pictographic})/gu

/** Text as a reader sees it: hidden characters gone, lone surrogates made U+FFFD, line ends `\n`. */
export function cleanText(text: string): string {
  const visible = text.toWellFormed().replace(/\r\n?/g, '\n').replace(HIDDEN, '')
  return /[\u200c\u200d]/.test(visible) ? visible.replace(LONE_JOINER, '') : visible
}

/** White space folded to single blanks, as a browser shows it. */
export function foldSpace(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
