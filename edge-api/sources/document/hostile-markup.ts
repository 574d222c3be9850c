import type { Code, Construct, Extension, State, TokenizeContext } from 'micromark-util-types'

/**
 * Markdown parsers are quadratic in a few constructs, which no page written for readers comes near. These two bounds keep a
 * hostile document of 2 MB to seconds: one refuses structure before parsing, the other stops looking for inline markup
 * where a paragraph has absurdly much of it.
 */

const MAX_CONTAINERS_IN_LINE = 50
const MAX_LIST_INDENT = 300
const MAX_OPEN_CONTAINERS = 20
const MAX_UNDERLINES = 500

/** A paragraph longer than this is read without its inline markup. */
const MAX_PARAGRAPH = 10_000

export interface Complexity {
  /** Nests or repeats block structure beyond what a parser does in reasonable time. */
  tooComplex: boolean
  /** Ranges that may be one absurdly long paragraph. */
  longRuns: [from: number, to: number][]
}

/** One pass over the lines; it may take a run of lines for a paragraph that is none, but misses no long paragraph. */
export function measureMarkup(text: string): Complexity {
  const longRuns: Complexity['longRuns'] = []
  let openContainers = 0
  let underlines = 0
  let run = 0
  let fence: Fence | null = null
  let cells = 0
  let inTable = false
  const endRun = (at: number) => {
    if (at - run > MAX_PARAGRAPH) longRuns.push([run, at])
    run = at
  }
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const line = containerPrefix(text, start, end)
    if (line.markers > MAX_CONTAINERS_IN_LINE || (line.markers > 0 && line.indent > MAX_LIST_INDENT))
      return { tooComplex: true, longRuns }
    const wasFenced = fence !== null
    fence = nextFence(fence, text, line, end)
    const isBlank = line.at >= end
    const before = cells
    cells = isBlank ? 0 : countCells(text, line.at, end)
    inTable = !isBlank && (inTable || (cells > 1 && cells === before && isDelimiterRow(text, line.at, end)))
    const isCode = fence !== null || wasFenced
    if (isCode || isBlank || inTable || line.markers > 0 || isHeading(text, line.at)) endRun(start)
    if (isCode) run = end
    if (text.startsWith(':::', line.at))
      openContainers = Math.max(0, openContainers + (isBareFence(text, line.at, end) ? -1 : 1))
    if (isUnderline(text, line.at, end)) underlines++
    if (openContainers > MAX_OPEN_CONTAINERS || underlines > MAX_UNDERLINES) return { tooComplex: true, longRuns }
    start = end + 1
  }
  endRun(text.length)
  return { tooComplex: false, longRuns }
}

/** A line that begins so may still go on with a paragraph (`#hashtag`), hence a heading's blank. */
const HEADING = /^#{1,6}[ \t]/

function isHeading(text: string, at: number): boolean {
  return text[at] === '#' && HEADING.test(text.slice(at, at + 8))
}

interface Line {
  markers: number
  indent: number
  /** Where the line's own text begins. */
  at: number
  start: number
}

interface Fence {
  mark: string
  length: number
  indent: number
}

/** Follows fenced code. In doubt the answer is "no fence", which only makes runs longer. */
function nextFence(fence: Fence | null, text: string, line: Line, end: number): Fence | null {
  const indent = line.at - line.start
  const [run = ''] = /^(?:`{3,}|~{3,})/.exec(text.slice(line.at, Math.min(end, line.at + 100))) ?? []
  if (fence !== null) {
    // A less indented line has left the list item that held the code.
    if (line.at < end && indent < fence.indent) return null
    const closes =
      run.startsWith(fence.mark) && run.length >= fence.length && text.slice(line.at + run.length, end).trim() === ''
    return closes ? null : fence
  }
  if (run === '' || line.markers > 0) return null
  const mark = run.charAt(0)
  return mark === '`' && text.slice(line.at + run.length, end).includes('`')
    ? null
    : { mark, length: run.length, indent }
}

function countCells(text: string, at: number, end: number): number {
  let pipes = 0
  for (let from = text.indexOf('|', at); from >= 0 && from < end; from = text.indexOf('|', from + 1)) {
    const isOuter = from === at || text.slice(from + 1, end).trim() === ''
    if (text[from - 1] !== '\\' && !isOuter) pipes++
  }
  return pipes + 1
}

function isDelimiterRow(text: string, at: number, end: number): boolean {
  return /^[-|: \t\r]+$/.test(text.slice(at, end))
}

function isUnderline(text: string, at: number, end: number): boolean {
  const first = text.charCodeAt(at)
  return (first === DASH || first === EQUALS) && /^(?:-+|=+)\s*$/.test(text.slice(at, end))
}

const DASH = 45
const EQUALS = 61

/** Counts quote, list and footnote markers at the start of a line; a lone dash is left, as it may be an underline. */
function containerPrefix(text: string, start: number, end: number): Line {
  const marker = /[ \t]*(?:>|[-*+](?=[ \t])|\d{1,9}[.)](?=[ \t])|\[\^[^\]\s]{1,200}\]:)/y
  let markers = 0
  let at = start
  let indent = 0
  while (markers <= MAX_CONTAINERS_IN_LINE) {
    marker.lastIndex = at
    const found = marker.exec(text)
    if (found === null || marker.lastIndex > end) break
    if (markers === 0) indent = found[0].length
    markers++
    at = marker.lastIndex
  }
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at++
  return { markers, indent, at, start }
}

function isBareFence(text: string, at: number, end: number): boolean {
  return /^:+\s*$/.test(text.slice(at, Math.min(end, at + 200)))
}

/** Inline marks that one paragraph, and one document beyond that, may have; the rest are plain characters. */
const FREE_MARKS = 100
const MAX_MARKS = 1000
const SPARE_MARKS = 5000

/** A micromark extension for one parse. It must come last, so that it sees each mark first. */
export function inlineLimit(longRuns: Complexity['longRuns']): Extension {
  const seen = new WeakMap<TokenizeContext, number>()
  let spare = SPARE_MARKS
  const isMarkup = (context: TokenizeContext): boolean => {
    const count = (seen.get(context) ?? 0) + 1
    seen.set(context, count)
    if (longRuns.length > 0) {
      const { offset } = context.now()
      if (longRuns.some(([from, to]) => offset >= from && offset < to)) return false
    }
    if (count <= FREE_MARKS) return true
    return spare-- > 0 && count <= MAX_MARKS
  }
  const construct: Construct = {
    name: 'inlineLimit',
    tokenize(effects, ok, nok) {
      const start: State = (code: Code) => {
        if (isMarkup(this)) return nok(code)
        effects.enter('data')
        effects.consume(code)
        effects.exit('data')
        return ok
      }
      return start
    },
  }
  const text: Record<number, Construct> = {}
  for (const mark of '*_~[]!`<&') text[mark.charCodeAt(0)] = construct
  return { text }
}
