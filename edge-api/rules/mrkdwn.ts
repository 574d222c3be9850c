import type { Citation } from '#shared/wire.ts'
import { isSafeUrl } from './inline.ts'

/** Slack cuts a message's text off at 40 000 characters, and advises 4000. */
const MAX_ANSWER = 3500
const MAX_SOURCES = 10

/**
 * An answer in Slack's own markup, with its sources below it. All that comes from documents is escaped, so that no page of
 * theirs can call a channel together: https://docs.slack.dev/messaging/formatting-message-text
 */
export function slackAnswer(markdown: string, citations: readonly Citation[]): string {
  const answer = cut(toMrkdwn(markdown))
  // What was not found names the nearest pages in its own words already.
  const sources = citations.filter(({ n }) => markdown.includes(`[${n}]`)).slice(0, MAX_SOURCES)
  return sources.length === 0 ? answer : `${answer}\n\n*Sources*\n${sources.map(sourceLine).join('\n')}`
}

function sourceLine({ n, title, headings, url }: Citation): string {
  return `[${n}] ${slackLink(url, [title, ...headings].filter(Boolean).join(' › '))}`
}

/** The words alone where the address is none that a person should be sent to. */
function slackLink(url: string, words: string): string {
  const label = escapeSlack(words.replace(/\s+/g, ' ').trim()).replaceAll('|', '¦') || escapeSlack(url)
  // Slack ends an address at these three, whatever the escaping.
  const target = url.replace(/[<>|\s]/g, encodeURIComponent).replaceAll('&', '&amp;')
  return isSafeUrl(url) && /^https?:/i.test(url) ? `<${target}|${label}>` : label
}

/** The three characters with a meaning of their own. */
export function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

export function toMrkdwn(markdown: string): string {
  const out: string[] = []
  let fence: string | null = null
  for (const line of markdown.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === null && mark !== undefined) {
      fence = mark
      out.push('```')
    } else if (fence !== null && mark?.startsWith(fence) && line.trim() === mark) {
      fence = null
      out.push('```')
    } else out.push(fence === null ? proseLine(line) : escapeSlack(line).replaceAll('```', "'''"))
  }
  if (fence !== null) out.push('```')
  return out.join('\n')
}

function proseLine(line: string): string {
  const heading = /^ {0,3}#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1]
  if (heading !== undefined) return `*${inline(heading).replaceAll('*', '')}*`
  const [, indent = '', rest] = /^(\s*)[-*+]\s+(.*)$/.exec(line) ?? []
  return rest === undefined ? inline(line) : `${indent}• ${inline(rest)}`
}

/** Code, an escaped character, a link, strong words; whatever is between them is text. */
const INLINE =
  /(`+)(.+?)\1(?!`)|\\([!-/:-@[-`{-~])|!?\[((?:\\.|[^\]\\])*)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|\*\*(.+?)\*\*/g

function inline(text: string): string {
  let out = ''
  let from = 0
  for (const match of text.matchAll(INLINE)) {
    const [whole, , code, character, words, target, strong] = match
    out += escapeSlack(text.slice(from, match.index))
    if (code !== undefined) out += `\`${escapeSlack(code.trim()).replaceAll('`', "'")}\``
    else if (character !== undefined) out += escapeSlack(character)
    else if (target !== undefined) out += slackLink(target, (words ?? '').replace(/\\(.)/g, '$1'))
    else out += `*${inline(strong ?? '')}*`
    from = match.index + whole.length
  }
  return out + escapeSlack(text.slice(from))
}

/** At a line's end, and never inside a block of code that would stay open. */
function cut(text: string): string {
  if (text.length <= MAX_ANSWER) return text
  const end = text.lastIndexOf('\n', MAX_ANSWER)
  const kept = text.slice(0, end > 0 ? end : MAX_ANSWER).toWellFormed()
  const isOpen = (kept.match(/```/g)?.length ?? 0) % 2 === 1
  return `${kept}${isOpen ? '\n```' : ''}\n…`
}
