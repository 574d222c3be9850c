/** Markdown blocks. Inline text stays raw here and is read when it is drawn. */
export type Block =
  | { kind: 'paragraph'; text: string }
  | { kind: 'heading'; level: number; text: string }
  | { kind: 'list'; ordered: boolean; start: number; items: Item[] }
  | { kind: 'code'; info: string; lines: string[] }
  | { kind: 'table'; align: Align[]; head: string[]; rows: string[][] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'rule' }

export interface Item {
  /** Null when the item is no task. */
  task: boolean | null
  blocks: Block[]
}

export type Align = 'start' | 'center' | 'end' | undefined

/** The block that the next line may still belong to. `lines` is the part of it that is read again when it grows. */
type Open =
  | { kind: 'paragraph'; lines: string[] }
  | { kind: 'quote'; lines: string[] }
  | { kind: 'code'; fence: string; indent: number; info: string; done: string[] }
  | { kind: 'table'; align: Align[]; head: string[]; rows: string[][] }
  | {
      kind: 'list'
      bullet: string
      start: number
      indent: number
      content: number
      items: Item[]
      lines: string[]
      gap: boolean
    }

interface Reader {
  done: Block[]
  open: Open | null
  /** How many lists and quotes this one stands in. */
  depth: number
}

/** Deeper nesting is shown as text: a thousand `>` must not cost a thousand frames. */
const DEEPEST = 6

const FENCE = /^( {0,3})(`{3,}|~{3,})[ \t]*([^`]*)$/
const HEADING = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/
const UNDERLINE = /^ {0,3}(=+|-+)[ \t]*$/
const ITEM = /^( *)([-*+]|\d{1,9}[.)])(?:[ \t]+(.*))?$/
const QUOTE = /^ {0,3}> ?(.*)$/
const DIVIDER = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/
/** A line of which only the sign has arrived: nobody can say yet what it will be. */
const SIGN_ONLY = /^[ \t]*(?:[-*+_#>|`~=:]*|\d{1,9}[.)]?)[ \t]*$/

/** Reads Markdown as it arrives. A block that is closed is never looked at again: `view` keeps giving the same object. */
export interface BlockStream {
  push(text: string): void
  /** The blocks so far, the unfinished line included as well as it can be told. */
  view(): Block[]
  /** No more text will come. */
  end(): Block[]
}

export function createBlockStream(depth = 0): BlockStream {
  const reader: Reader = { done: [], open: null, depth }
  let partial = ''
  return {
    push(text) {
      const lines = (partial + text).split('\n')
      partial = lines.pop() ?? ''
      for (const line of lines) readLine(reader, line.replace(/\r$/, ''))
    },
    view() {
      const trial: Reader = { ...reader, done: [] }
      if (!SIGN_ONLY.test(partial)) readLine(trial, partial)
      // A line that begins with a bar is most likely the head of a table whose divider is on its way.
      const table =
        trial.open?.kind === 'paragraph' && trial.open.lines.length === 1 && trial.open.lines[0]?.startsWith('|')
      if (!table) closeOpen(trial)
      return [...reader.done, ...trial.done]
    },
    end() {
      if (partial !== '') readLine(reader, partial)
      partial = ''
      closeOpen(reader)
      return reader.done
    },
  }
}

export function parseBlocks(text: string, depth = 0): Block[] {
  if (depth > DEEPEST) return [{ kind: 'paragraph', text }]
  const stream = createBlockStream(depth)
  stream.push(text)
  return stream.end()
}

/** Never changes what `reader.open` points to, so that a trial on a copy leaves the original alone. */
function readLine(reader: Reader, line: string): void {
  const { open } = reader
  if (open?.kind === 'code') {
    readCodeLine(reader, open, line)
    return
  }
  const flat = line.replace(/^[ \t]+/, (blank) => blank.replaceAll('\t', '    '))
  const blank = flat.trim() === ''
  if (open?.kind === 'list' && continueList(reader, open, flat, blank)) return
  if (open?.kind === 'table' && !blank && flat.includes('|')) {
    reader.open = { ...open, rows: [...open.rows, readCells(flat, open.head.length)] }
    return
  }
  if (open?.kind === 'quote' && !blank && (QUOTE.test(flat) || !startsBlock(flat))) {
    reader.open = { ...open, lines: [...open.lines, flat.replace(QUOTE, '$1')] }
    return
  }
  if (open?.kind === 'paragraph' && !blank && continueParagraph(reader, open.lines, flat)) return
  closeOpen(reader)
  if (!blank) startBlock(reader, flat)
}

function readCodeLine(reader: Reader, open: Extract<Open, { kind: 'code' }>, line: string): void {
  const mark = line.trim()
  if (mark.startsWith(open.fence) && mark === open.fence[0]?.repeat(mark.length)) {
    closeOpen(reader)
    return
  }
  const indented = line.slice(0, open.indent).trim() === '' ? line.slice(open.indent) : line.trimStart()
  reader.open = { ...open, done: [...open.done, indented] }
}

function continueList(reader: Reader, open: Extract<Open, { kind: 'list' }>, line: string, blank: boolean): boolean {
  if (blank) {
    reader.open = { ...open, lines: [...open.lines, ''], gap: true }
    return true
  }
  const indent = line.length - line.trimStart().length
  const item = ITEM.exec(line)
  // Authors indent nested lists by two even below "1. ", which asks for three.
  const inside = indent >= open.content || (item !== null && indent >= open.indent + 2)
  if (inside) {
    reader.open = { ...open, lines: [...open.lines, line.slice(Math.min(indent, open.content))], gap: false }
    return true
  }
  if (item && bulletOf(item[2]) === open.bullet && !RULE.test(line)) {
    reader.open = {
      ...open,
      ...itemStart(item),
      items: [...open.items, readItem(open.lines, reader.depth)],
      gap: false,
    }
    return true
  }
  if (open.gap || startsBlock(line)) return false
  reader.open = { ...open, lines: [...open.lines, line.trimStart()] }
  return true
}

function continueParagraph(reader: Reader, lines: string[], line: string): boolean {
  const underline = UNDERLINE.exec(line)
  const head = lines.length === 1 ? (lines[0] ?? '') : ''
  if (head.includes('|') && DIVIDER.test(line) && line.includes('-')) {
    const align = splitCells(line).map(readAlign)
    const cells = splitCells(head)
    if (cells.length === align.length) {
      reader.open = { kind: 'table', align, head: cells, rows: [] }
      return true
    }
  }
  if (underline) {
    reader.open = null
    reader.done.push({ kind: 'heading', level: underline[1]?.[0] === '=' ? 1 : 2, text: lines.join('\n').trim() })
    return true
  }
  if (startsBlock(line)) return false
  reader.open = { kind: 'paragraph', lines: [...lines, line.trimStart()] }
  return true
}

/** Whether the line ends a paragraph. A number only does when it is 1, as in CommonMark: "in\n2024. Then" is text. */
function startsBlock(line: string): boolean {
  const item = ITEM.exec(line)
  if (item?.[3] && (item[1]?.length ?? 0) < 4) return !/^\d/.test(item[2] ?? '') || /^1[.)]/.test(item[2] ?? '')
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line)
}

function startBlock(reader: Reader, line: string): void {
  const fence = FENCE.exec(line)
  const heading = HEADING.exec(line)
  const quote = QUOTE.exec(line)
  const item = ITEM.exec(line)
  if (fence) {
    const [, indent = '', mark = '', info = ''] = fence
    reader.open = { kind: 'code', fence: mark, indent: indent.length, info: info.trim(), done: [] }
  } else if (heading) {
    const text = (heading[2] ?? '').trim().replace(/(^| )#+$/, '')
    reader.done.push({ kind: 'heading', level: heading[1]?.length ?? 1, text })
  } else if (RULE.test(line)) reader.done.push({ kind: 'rule' })
  else if (quote) reader.open = { kind: 'quote', lines: [quote[1] ?? ''] }
  else if (item) {
    const start = Number.parseInt(item[2] ?? '', 10)
    const bullet = bulletOf(item[2])
    reader.open = { kind: 'list', bullet, start: start >= 0 ? start : 1, items: [], gap: false, ...itemStart(item) }
  } else reader.open = { kind: 'paragraph', lines: [line.trimStart()] }
}

function itemStart([, lead = '', sign = '', rest = '']: RegExpExecArray) {
  return { indent: lead.length, content: lead.length + sign.length + 1, lines: [rest] }
}

const bulletOf = (sign = '') => sign[sign.length - 1] ?? ''

function readItem(lines: string[], depth: number): Item {
  const [first = '', ...rest] = lines
  const task = /^\[([ xX])\][ \t]+(.*)$/.exec(first)
  const text = [task ? task[2] : first, ...rest].join('\n')
  return { task: task ? task[1] !== ' ' : null, blocks: parseBlocks(text, depth + 1) }
}

function splitCells(line: string): string[] {
  const cells: string[] = []
  let cell = ''
  const inner = line.trim().replace(/^\|/, '')
  for (let at = 0; at < inner.length; at++) {
    if (inner[at] === '\\' && inner[at + 1] === '|') cell += inner[++at]
    else if (inner[at] === '|') {
      cells.push(cell.trim())
      cell = ''
    } else cell += inner[at]
  }
  // A bar at the end closes the last cell and opens none.
  if (cell.trim() !== '' || cells.length === 0) cells.push(cell.trim())
  return cells
}

function readCells(line: string, width: number): string[] {
  const cells = splitCells(line)
  return Array.from({ length: width }, (_, index) => cells[index] ?? '')
}

function readAlign(cell: string): Align {
  if (cell.endsWith(':')) return cell.startsWith(':') ? 'center' : 'end'
  return cell.startsWith(':') ? 'start' : undefined
}

function closeOpen(reader: Reader): void {
  const { open } = reader
  reader.open = null
  if (!open) return
  if (open.kind === 'paragraph') reader.done.push({ kind: 'paragraph', text: open.lines.join('\n').trimEnd() })
  else if (open.kind === 'quote')
    reader.done.push({ kind: 'quote', blocks: parseBlocks(open.lines.join('\n'), reader.depth + 1) })
  else if (open.kind === 'code') reader.done.push({ kind: 'code', info: open.info, lines: open.done })
  else if (open.kind === 'table') {
    const { align, head, rows } = open
    reader.done.push({ kind: 'table', align, head, rows })
  } else {
    const items = [...open.items, readItem(open.lines, reader.depth)]
    reader.done.push({ kind: 'list', ordered: /[.)]/.test(open.bullet), start: open.start, items })
  }
}
