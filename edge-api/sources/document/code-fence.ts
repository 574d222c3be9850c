import type { Code } from 'mdast'
import { cleanText } from './clean-text.ts'
import { restoreBraces } from './markdown.ts'

/**
 * A fence without its site's decorations. The info string of docs sites holds more than a language: line highlights
 * (`js{1,3}`, `ts:line-numbers`), tab labels (`sh [npm]`), titles (`title="vite.config.js"`) and flags.
 */
export function tidyCode(node: Code): Code {
  const { language, label } = readInfo(`${node.lang ?? ''} ${node.meta ?? ''}`)
  const value = withoutMarkers(restoreBraces(cleanText(node.value)))
  const tidy: Code = { type: 'code', lang: language, meta: null, value }
  if (label !== null) tidy.data = { label }
  if (node.position) tidy.position = node.position
  return tidy
}

function readInfo(info: string): { language: string | null; label: string | null } {
  const text = restoreBraces(cleanText(info)).trim()
  const language = /^[\w+#.-]+/.exec(text)?.[0] ?? null
  const title = /(?:^|\s)(?:title|filename|file|label)=(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(text)
  const bracket = /(?:^|[\s}])\[([^\]]+)\]/.exec(text)
  const label = (title?.[1] ?? title?.[2] ?? title?.[3] ?? bracket?.[1] ?? '').trim()
  return { language: language === null ? null : language.toLowerCase(), label: label === '' ? null : label }
}

const NOTE = String.raw`[ \t]*(?://|/\*|<!--|#|--|%|;)[ \t]*`
/** Shiki's line notes (`// [!code focus]`) and Docusaurus' (`// highlight-next-line`), which their sites do not show. */
const LINE_NOTE = new RegExp(String.raw`${NOTE}\[!code [^\]]*\][ \t]*(?:\*/|-->)?`, 'g')
const WHOLE_LINE_NOTE = new RegExp(
  String.raw`^${NOTE}highlight-(?:next-line|start|end)[ \t]*(?:\*/|-->)?[ \t]*(?:\n|$)`,
  'gm',
)

function withoutMarkers(code: string): string {
  if (!code.includes('[!code') && !code.includes('highlight-')) return code
  return code.replace(LINE_NOTE, '').replace(WHOLE_LINE_NOTE, '')
}
