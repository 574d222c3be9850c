import type { Citation, Outcome } from '#shared/wire.ts'
import { readInline } from './inline.ts'

/** What a voice agent says, and the titles of the pages that it is from. */
export interface Spoken {
  answer: string
  sources: string[]
}

/** About a minute of speech. */
const MAX_SPOKEN_LENGTH = 900
const MAX_SOURCES = 3

/** Instead of an answer. All of them are said in a call, so none of them blames the caller. */
export const SPOKEN_SENTENCES = {
  abstained: 'I could not find an answer to that in the documentation.',
  onlyCode: 'The documentation answers that with an example that is better read than said.',
  noQuestion: 'I did not catch a question there. Could you say it again?',
  tooMany: 'There are too many questions at the moment. Please ask again in a minute.',
  usedUp: 'I cannot look things up in the documentation any more today. Please try again later.',
  late: 'Sorry, looking that up takes too long just now. Please ask again in a moment.',
  failed: 'Sorry, I cannot look that up in the documentation just now. Please try again later.',
} as const

/** An answer in words: no Markdown, no addresses, no code, its sources as the titles of pages. */
export function spokenAnswer({ outcome, markdown, citations }: Told): Spoken {
  // Pages that merely come near are no answer; read out, they would sound like one.
  if (outcome === 'abstained') return { answer: SPOKEN_SENTENCES.abstained, sources: [] }
  const sources = [...new Set(citations.map(({ title }) => plain(title)))].filter(Boolean).slice(0, MAX_SOURCES)
  const words = speakable(markdown) || SPOKEN_SENTENCES.onlyCode
  return { answer: sources.length === 0 ? words : `${words} ${fromPages(sources)}`, sources }
}

type Told = { outcome: Outcome; markdown: string; citations: Pick<Citation, 'title'>[] }

function fromPages(titles: string[]): string {
  const named = titles.map((title) => `'${title}'`)
  const last = named.pop()
  return named.length === 0
    ? `That is from the page ${last}.`
    : `That is from the pages ${named.join(', ')} and ${last}.`
}

/** Sentences of a Markdown text, on one line; cut after a sentence. Code blocks are left out, and the heads of tables. */
export function speakable(markdown: string): string {
  const lines = withoutFences(markdown)
    .filter((_, index, all) => !isRule(all[index + 1]))
    .flatMap((line) => plain(lineContent(line)) || [])
  return cutAfterSentence(lines.map(ended).join(' '))
}

function withoutFences(markdown: string): string[] {
  const kept: string[] = []
  let fence: string | null = null
  for (const line of markdown.split('\n')) {
    const mark = /^\s*(?:>\s*)*(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === null && mark !== undefined) fence = mark
    else if (fence !== null && mark?.startsWith(fence)) fence = null
    else if (fence === null) kept.push(line)
  }
  return kept
}

/** Without what makes it a heading, an item, a quotation or a row. */
function lineContent(line: string): string {
  const content = line.replace(/^\s*(?:(?:>|[-+*]|\d{1,9}[.)]|#{1,6})\s+)*/, '')
  if (!/^\|.*\|\s*$/.test(content)) return content
  if (isRule(content)) return ''
  return content.replaceAll('|', ', ').replace(/^[\s,]+|[\s,]+$/g, '')
}

/** Below a table's head, which is read by looking up. */
function isRule(line: string | undefined): boolean {
  return line !== undefined && /^\s*\|[\s|:-]*-[\s|:-]*$/.test(line)
}

const ADDRESS = /\b(?:https?:\/\/|www\.|mailto:)[^\s<>()]*[^\s<>().,;:!?'"]/gi
/** What a voice spells out or stumbles over. */
const UNSPEAKABLE = /[`*_#~|<>{}[\]\\^=$@]+/g

function plain(markdown: string): string {
  return readInline(markdown.replace(/\s?(?<!\\)\[\d+\](?!\()/g, ''))
    .text.replace(ADDRESS, '')
    .replace(UNSPEAKABLE, ' ')
    .replace(/\(\s*\)/g, '')
    .replace(/\s+/g, ' ')
    .replace(/\s+([.,;:!?])/g, '$1')
    .trim()
}

function ended(line: string): string {
  if (/[.!?…]['")]?$/.test(line)) return line
  return `${line.replace(/[:;,–-]+$/, '')}.`
}

function cutAfterSentence(text: string): string {
  if (text.length <= MAX_SPOKEN_LENGTH) return text
  const cut = text.slice(0, MAX_SPOKEN_LENGTH)
  const end = Math.max(...['. ', '! ', '? '].map((mark) => cut.lastIndexOf(mark)))
  if (end > 0) return cut.slice(0, end + 1)
  return `${cut.slice(0, Math.max(1, cut.lastIndexOf(' ')))}.`
}
