import { safeUrl } from './links.ts'

export type Inline =
  | string
  | { kind: 'strong' | 'em' | 'del'; children: Inline[] }
  | { kind: 'link'; href: string; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'image'; src: string; alt: string }
  | { kind: 'cite'; n: number }
  | { kind: 'break' }

interface Frame {
  /** `*`, `**`, `_`, `__`, `~~` or `[`; empty for the outermost. */
  marker: string
  children: Inline[]
}

const PLAIN = /[^\\`*_~[\]<&!\nh]+/y
const CITATION = /\[(\d{1,3})\](?!\()/y
const TARGET = /\(\s*<?([^\s<>()]*(?:\([^\s<>()]*\)[^\s<>()]*)*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/y
const ALT = /!\[([^\]\n]*)\](?=\()/y
/** No more of an image than may still become one. */
const HALF_IMAGE = /^!\[[^\]\n]*(\]\([^)\s]*)?$/
const AUTOLINK = /<((?:https?:\/\/|mailto:)[^\s<>]+)>/y
const ADDRESS = /https?:\/\/[^\s<>"'`()[\]*]+/y
const ENTITY = /&(amp|lt|gt|quot|nbsp|#39);/y
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0', '#39': "'" }
const WORD = /[\p{L}\p{N}]/u
const SPACE = /\s/

/**
 * Markdown inside one block as a tree. `open` says that more text is to come: what is not closed yet is then shown as if
 * it were, and a half-written link or citation is held back, so that nothing flickers while an answer streams.
 */
export function parseInline(text: string, open = false): Inline[] {
  const frames: Frame[] = [{ marker: '', children: [] }]
  /** Lengths of backtick runs that are known to have no partner further on; keeps the search linear. */
  const lonely = new Set<number>()
  let at = 0

  const children = () => (frames[frames.length - 1] as Frame).children
  const put = (node: Inline) => {
    const list = children()
    const last = list.length - 1
    if (typeof node === 'string' && typeof list[last] === 'string') list[last] += node
    else list.push(node)
  }
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found) at = pattern.lastIndex
    return found
  }
  /** Gives up the innermost frame: its marker was only text. */
  const surrender = () => {
    const { marker, children } = frames.pop() as Frame
    put(marker)
    children.forEach(put)
  }
  const close = (index: number, make: (children: Inline[]) => Inline) => {
    while (frames.length - 1 > index) surrender()
    put(make((frames.pop() as Frame).children))
  }

  const readCode = () => {
    const start = at
    while (text[at] === '`') at++
    const fence = at - start
    for (let end = lonely.has(fence) ? -1 : text.indexOf('`', at); end >= 0; ) {
      const from = end
      while (text[end] === '`') end++
      if (end - from === fence) {
        put({ kind: 'code', text: trimCode(text.slice(at, from)) })
        at = end
        return
      }
      end = text.indexOf('`', end)
    }
    lonely.add(fence)
    if (open) {
      put({ kind: 'code', text: text.slice(at) })
      at = text.length
    } else put(text.slice(start, at))
  }

  const readEmphasis = (character: string) => {
    const start = at
    while (text[at] === character) at++
    const before = text[start - 1] ?? ' '
    const after = text[at] ?? ' '
    const inWord = character === '_' && WORD.test(before) && WORD.test(after)
    const canOpen = !SPACE.test(after) && !inWord
    const canClose = !SPACE.test(before) && !inWord
    let left = at - start
    while (left > 0) {
      const index = canClose ? frames.findLastIndex((frame) => frame.marker[0] === character) : -1
      const size = frames[index]?.marker.length ?? 0
      if (index > 0 && size <= left) {
        close(index, (children) => ({ kind: size > 1 ? (character === '~' ? 'del' : 'strong') : 'em', children }))
        left -= size
        continue
      }
      const marker = character.repeat(left > 1 ? 2 : 1)
      if (canOpen && frames.length < 16 && (character !== '~' || marker === '~~')) frames.push({ marker, children: [] })
      else put(marker)
      left -= marker.length
    }
  }

  const readBracketEnd = () => {
    at++
    const index = frames.findLastIndex((frame) => frame.marker === '[')
    if (index < 0) return put(']')
    const target = match(TARGET)
    const href = target && safeUrl(target[1] ?? '')
    if (target) {
      // An address that may not be followed leaves its words behind.
      while (frames.length - 1 > index) surrender()
      const words = (frames.pop() as Frame).children
      if (href) put({ kind: 'link', href, children: words })
      else words.forEach(put)
    } else if (open && text[at] === '(') {
      close(index, (children) => ({ kind: 'em', children }))
      at = text.length
    } else {
      while (frames.length > index) surrender()
      put(']')
    }
  }

  /** An image that is no https address is read as what it looks like without its mark: a link. */
  const readImage = () => {
    const start = at
    const alt = match(ALT)?.[1] ?? ''
    const src = at > start ? safeUrl(match(TARGET)?.[1] ?? '') : null
    if (src?.startsWith('https:')) return put({ kind: 'image', src, alt })
    at = open && HALF_IMAGE.test(text.slice(start)) ? text.length : start + 1
  }

  const readAddress = () => {
    const found = match(ADDRESS)
    if (!found) return put(text[at++] as string)
    const address = found[0].replace(/[.,;:!?]+$/, '')
    at -= found[0].length - address.length
    const href = safeUrl(address)
    put(href ? { kind: 'link', href, children: [address] } : address)
  }

  while (at < text.length) {
    const plain = match(PLAIN)
    if (plain) put(plain[0])
    const character = text[at]
    if (character === undefined) break
    if (character === '\\') {
      const next = text[at + 1]
      if (next === '\n') put({ kind: 'break' })
      else put(next && /[!-/:-@[-`{-~]/.test(next) ? next : `\\${next ?? ''}`)
      at += 2
    } else if (character === '`') readCode()
    else if (character === '*' || character === '_' || character === '~') readEmphasis(character)
    else if (character === ']') readBracketEnd()
    else if (character === '[') {
      const citation = match(CITATION)
      if (citation) put({ kind: 'cite', n: Number(citation[1]) })
      else if (open && /^\[\d{0,3}$/.test(text.slice(at, at + 5))) at = text.length
      else {
        at++
        if (frames.length < 16) frames.push({ marker: '[', children: [] })
        else put('[')
      }
    } else if (character === '\n') {
      at++
      put(text.endsWith('  ', at - 1) ? { kind: 'break' } : ' ')
    } else if (character === '!' && text[at + 1] === '[') readImage()
    else if (character === '<') {
      const link = match(AUTOLINK)
      const href = link && safeUrl(link[1] ?? '')
      if (link && href) put({ kind: 'link', href, children: [(link[1] ?? '').replace('mailto:', '')] })
      else put(link?.[0] ?? (text[at++] as string))
    } else if (character === '&') {
      const entity = match(ENTITY)
      put(entity ? (ENTITIES[entity[1] ?? ''] ?? '') : (text[at++] as string))
    } else if (character === 'h') readAddress()
    else put(text[at++] as string)
  }

  while (frames.length > 1) {
    const { marker } = frames[frames.length - 1] as Frame
    if (!open) surrender()
    else close(frames.length - 1, (children) => ({ kind: marker.length > 1 ? 'strong' : 'em', children }))
  }
  return children()
}

function trimCode(code: string): string {
  const flat = code.replaceAll('\n', ' ')
  return /^ .*[^ ].* $/.test(flat) ? flat.slice(1, -1) : flat
}

/** The words alone: what a screen reader is told and what the copy button takes. Citations are left out. */
export function plainText(nodes: Inline[]): string {
  let text = ''
  for (const node of nodes) {
    if (typeof node === 'string') text += node
    else if (node.kind === 'code') text += node.text
    else if (node.kind === 'break') text += ' '
    else if (node.kind === 'image') text += node.alt
    else if (node.kind !== 'cite') text += plainText(node.children)
  }
  return text
}
