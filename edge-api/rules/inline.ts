/**
 * One block's inline Markdown, read for quoting: what a reader sees, where each of its characters stands in the Markdown,
 * and which stretches (code, links, emphasis) must not be cut. Raw HTML, images and links to anything but web pages and
 * mail are gone: the docs are other people's text.
 */
export interface Inline {
  markdown: string
  text: string
  /** Offset in `markdown` of each code unit of `text`. */
  offsets: number[]
  /** Ranges of `text`, [start, end), that a cut must not fall into. */
  solid: [number, number][]
}

/** Longer blocks are read up to here: nothing sensible quotes more, and it bounds the work. */
const MAX_BLOCK_LENGTH = 8000
const MAX_LINK_LENGTH = 2000

const NAMED_ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

export function readInline(markdown: string): Inline {
  const reader = new InlineReader(markdown.slice(0, MAX_BLOCK_LENGTH), 0)
  reader.readAll()
  return reader.finish()
}

/** Only these may be followed from an answer; a relative address is resolved by the page that shows it. */
export function isSafeUrl(url: string): boolean {
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  if (url.startsWith('//') || hasControlCharacter(url)) return false
  return scheme === undefined || scheme === 'http' || scheme === 'https' || scheme === 'mailto'
}

function hasControlCharacter(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) <= 0x20) return true
  return false
}

class InlineReader {
  private at = 0
  private markdown = ''
  private text = ''
  private readonly offsets: number[] = []
  private readonly solid: [number, number][] = []
  private readonly open: { marker: string; textStart: number }[] = []
  /** Where an unescaped exclamation mark ended last. */
  private bangEnd = -1
  private readonly source: string
  private readonly depth: number

  constructor(source: string, depth: number) {
    this.source = source
    this.depth = depth
  }

  readAll(): void {
    while (this.at < this.source.length) this.readOne()
  }

  finish(): Inline {
    return { markdown: this.markdown, text: this.text, offsets: this.offsets, solid: this.solid }
  }

  private readOne(): void {
    const character = this.source[this.at] as string
    if (character === '\\') this.readEscape()
    else if (character === '`') this.readCode()
    else if (character === '!' && this.source[this.at + 1] === '[') this.readImage()
    else if (character === '[') this.readBracket()
    else if (character === '<') this.readAngle()
    else if (character === '&') this.readEntity()
    else if (character === '*' || character === '_' || character === '~') this.readMarker()
    else {
      this.at++
      if (/\s/.test(character)) this.space()
      else this.put(character, character)
    }
  }

  /** Adds `markdown`, which a reader sees as `text`. */
  private put(markdown: string, text: string): void {
    for (let index = 0; index < text.length; index++) this.offsets.push(this.markdown.length)
    this.markdown += markdown
    this.text += text
    if (markdown === '!') this.bangEnd = this.markdown.length
  }

  private space(): void {
    if (this.text !== '' && !this.text.endsWith(' ')) this.put(' ', ' ')
  }

  private putSolid(markdown: string, text: string): void {
    // What stood between an exclamation mark and a link is gone; together they would make an image.
    if (markdown.startsWith('[') && this.bangEnd === this.markdown.length)
      this.markdown = `${this.markdown.slice(0, -1)}\\!`
    const start = this.text.length
    this.put(markdown, text)
    this.solid.push([start, this.text.length])
  }

  private readEscape(): void {
    const next = this.source[this.at + 1]
    this.at += 2
    if (next === undefined || next === '\n') {
      this.space()
      return
    }
    if (next === '[') {
      const reference = /^(\d+)\\?\]/.exec(this.source.slice(this.at, this.at + 8))
      if (reference) {
        this.putReference(reference[0].length, reference[1] as string)
        return
      }
    }
    if (/[a-z0-9\s]/i.test(next)) {
      this.at--
      this.put('\\\\', '\\')
      return
    }
    this.put(`\\${next}`, next)
  }

  /** A bracketed number of the docs' own must not pass for one of our citations. */
  private putReference(length: number, digits: string): void {
    this.at += length
    this.putSolid(`(${digits})`, `[${digits}]`)
  }

  private readCode(): void {
    const fence = /^`+/.exec(this.source.slice(this.at, this.at + 32))?.[0] as string
    const start = this.at + fence.length
    let end = this.source.indexOf(fence, start)
    while (end >= 0 && this.source[end + fence.length] === '`') {
      let past = end
      while (this.source[past] === '`') past++
      end = this.source.indexOf(fence, past)
    }
    if (end < 0) {
      this.at = start
      this.put('\\`'.repeat(fence.length), fence)
      return
    }
    this.at = end + fence.length
    const content = this.source.slice(start, end).replace(/\s+/g, ' ')
    const isPadded = content.startsWith(' ') && content.endsWith(' ') && content.trim() !== ''
    this.putSolid(fence + content + fence, isPadded ? content.slice(1, -1) : content)
  }

  private readImage(): void {
    this.at++
    const link = this.linkAt(this.at)
    if (link) this.at = link.end
    else this.put('!', '!')
  }

  private readBracket(): void {
    const link = this.linkAt(this.at)
    if (link && this.depth < 3) {
      this.at = link.end
      this.putLink(link.label, link.url)
      return
    }
    const reference = /^\[(\d+)\]/.exec(this.source.slice(this.at, this.at + 8))
    if (reference) {
      this.putReference(reference[0].length, reference[1] as string)
      return
    }
    this.at++
    this.put('\\[', '[')
  }

  private putLink(label: string, url: string): void {
    const inner = new InlineReader(label, this.depth + 1)
    inner.readAll()
    const { markdown, text } = inner.finish()
    if (text.trim() === '') return
    if (!isSafeUrl(url)) {
      this.putSolid(markdown, text)
      return
    }
    if (/^\d+$/.test(text)) {
      this.putSolid(`(${text})`, text)
      return
    }
    this.putSolid(`[${markdown}](${encodeTarget(url)})`, text)
  }

  /** The link `[label](url "title")` that begins at `start`, or null. */
  private linkAt(start: number): { label: string; url: string; end: number } | null {
    const close = this.closingBracket(start)
    if (close < 0 || this.source[close + 1] !== '(') return null
    const rest = this.source.slice(close + 2, close + 2 + MAX_LINK_LENGTH)
    const angled = /^<([^<>\n]*)>/.exec(rest)
    const url = angled ? (angled[1] as string) : balancedUrl(rest)
    const used = angled ? angled[0].length : url.length
    const tail = /^(?:\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)/.exec(rest.slice(used))
    if (!tail) return null
    const target = url.replaceAll(/\\([!-/:-@[-`{-~])/g, '$1').replaceAll('&amp;', '&')
    return { label: this.source.slice(start + 1, close), url: target, end: close + 2 + used + tail[0].length }
  }

  private closingBracket(start: number): number {
    let depth = 0
    const limit = Math.min(this.source.length, start + MAX_LINK_LENGTH)
    for (let index = start; index < limit; index++) {
      const character = this.source[index]
      if (character === '\\') index++
      else if (character === '`') {
        const end = this.source.indexOf('`', index + 1)
        if (end > 0) index = end
      } else if (character === '[') depth++
      else if (character === ']' && --depth === 0) return index
    }
    return -1
  }

  private readAngle(): void {
    const rest = this.source.slice(this.at, this.at + MAX_LINK_LENGTH)
    const address = /^<((?:https?|mailto):[^\s<>]*)>/i.exec(rest)
    if (address) {
      this.at += address[0].length
      const url = address[1] as string
      this.putSolid(`[${url.replaceAll(/[\\`*_[\]!~]/g, '\\$&')}](${encodeTarget(url)})`, url)
      return
    }
    const tag = /^<(?:!--[\s\S]*?--|\/?[a-z][^<>]*)>/i.exec(rest)
    if (tag) {
      this.at += tag[0].length
      if (/^<br/i.test(tag[0])) this.space()
      return
    }
    this.at++
    this.put('\\<', '<')
  }

  private readEntity(): void {
    const entity = /^&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/i.exec(this.source.slice(this.at, this.at + 12))
    const code = entity?.[1] ? Number(entity[1]) : entity?.[2] ? Number.parseInt(entity[2], 16) : null
    const named = entity?.[3] ? NAMED_ENTITIES[entity[3].toLowerCase()] : undefined
    const text = code !== null && code > 0x1f && code <= 0x10ffff ? String.fromCodePoint(code) : named
    if (!entity || text === undefined) {
      this.at++
      this.put('&', '&')
      return
    }
    this.at += entity[0].length
    this.putSolid(entity[0], /\s/.test(text) ? ' ' : text)
  }

  private readMarker(): void {
    const character = this.source[this.at] as string
    const run = this.source.slice(this.at, this.at + 8)
    const marker = run.slice(0, run.length - run.replace(new RegExp(`^\\${character}+`), '').length)
    const before = this.source[this.at - 1] ?? ' '
    const after = this.source[this.at + marker.length] ?? ' '
    const inWord = /[\p{L}\p{N}]/u.test(before) && /[\p{L}\p{N}]/u.test(after)
    this.at += marker.length
    const openAt = this.open.findLastIndex((entry) => entry.marker === marker)
    if (openAt >= 0 && !/\s/.test(before)) {
      this.solid.push([this.open[openAt]?.textStart ?? 0, this.text.length])
      this.open.length = openAt
      this.markdown += marker
    } else if (/\s/.test(after) || (character === '_' && inWord) || (character === '~' && marker.length !== 2)) {
      this.put([...marker].map((mark) => `\\${mark}`).join(''), marker)
    } else {
      this.open.push({ marker, textStart: this.text.length })
      this.markdown += marker
    }
  }
}

/** An address that nothing inside can end. */
export function encodeTarget(url: string): string {
  return url.replaceAll(/[()[\]<>\\`]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
}

function balancedUrl(rest: string): string {
  let depth = 0
  for (let index = 0; index < rest.length; index++) {
    const character = rest[index] as string
    if (character === '\\') index++
    else if (character === '(') depth++
    else if (character === ')' && depth-- === 0) return rest.slice(0, index)
    else if (/\s/.test(character)) return rest.slice(0, index)
  }
  return rest
}
