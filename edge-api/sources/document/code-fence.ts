import type { Code } from 'mdast'
import { cleanText } from './clean-text.ts'
import { restoreBraces } from './markdown.ts'

/**
 * A fence without its site's decorations. The info string of docs sites holds more than a language: line highlights
 * (`js{1,3}`, `ts:line-numbers`), tab labels (`sh [npm]`), titles (`title="vite.config.js"`) and flags.
 */
export function tidyCode(node: Code): Code {
  const { language, label } = readInfo(`${node.lang ?? ''} ${node.meta ?? ''}`)
  const isTwoslash = /\btwoslash\b/.test(node.meta ?? '')
  const value = withoutMarkers(restoreBraces(cleanText(node.value)), isTwoslash)
  const tidy: Code = { type: 'code', lang: language, meta: null, value }
  if (label !== null) tidy.data = { label }
  if (node.position) tidy.position = node.position
  return tidy
}

function readInfo(info: string): { language: string | null; label: string | null } {
  const text = restoreBraces(cleanText(info.slice(0, 1000))).trim()
  const language = /^[\w+#.-]+/.exec(text)?.[0] ?? null
  const title = /(?:^|\s)(?:title|filename|file|label)=(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(text)
  const bracket = /(?:^|[\s}])\[([^\]]+)\]/.exec(text)
  const label = (title?.[1] ?? title?.[2] ?? title?.[3] ?? bracket?.[1] ?? '').trim()
  return { language: language === null ? null : language.toLowerCase(), label: label === '' ? null : label }
}

const OPENER = String.raw`[ \t]*(?://|/\*|<!--|\{/\*|#|--|%|;)[ \t]*`
const CLOSER = String.raw`[ \t]*(?:\*/\}?|-->)?`
/** Shiki's line notes, `// [!code focus]`. */
const LINE_NOTE = new RegExp(String.raw`${OPENER}\[!code [^\]]*\]${CLOSER}`)
/** Docusaurus' and Twoslash's lines, `// highlight-next-line` and `// @errors: 2304`. */
const WHOLE_LINE_NOTE = new RegExp(
  String.raw`^${OPENER}(?:highlight-(?:next-line|start|end)|@(?:noErrors|errors|filename|strict)\b.*)${CLOSER}$`,
)

/** Drops the notes to the highlighter that the site itself does not show. */
function withoutMarkers(code: string, isTwoslash: boolean): string {
  const shown = isTwoslash ? afterCut(code) : code
  if (!/\[!code |highlight-|^[ \t]*\/\/ @/m.test(shown)) return trimBlankLines(shown)
  const lines = shown.split('\n').flatMap((line) => {
    // A line of code is short; what is not is no place for a note.
    if (line.length > 1000) return [line]
    return WHOLE_LINE_NOTE.test(line) ? [] : [line.replace(LINE_NOTE, '')]
  })
  return trimBlankLines(lines.join('\n'))
}

/** Twoslash compiles the whole block but shows only what follows its cut. */
function afterCut(code: string): string {
  const lines = code.split('\n')
  const cut = lines.findLastIndex((line) => /^\s*\/\/ ---cut(?:-before)?---\s*$/.test(line))
  const end = lines.findIndex((line) => /^\s*\/\/ ---cut-after---\s*$/.test(line))
  return lines.slice(cut + 1, end < 0 ? undefined : end).join('\n')
}

function trimBlankLines(code: string): string {
  return code.replace(/^(?:[ \t]*\n)+/, '').trimEnd()
}
