import { toHex, utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import { splitBlock } from './chunk-block.ts'
import type { Block, Passage } from './passage.ts'

/** A block and where it stands in the document; offsets are null for what was made, not written. */
export interface PlacedBlock {
  block: Block
  start: number | null
  end: number | null
  /** Announces what follows ("Add this:"), so the two must not be parted. */
  leads: boolean
}

/** The body under one heading. `depth` 0 stands above the first heading. */
export interface Section {
  depth: number
  heading: string
  anchor: string | null
  start: number
  blocks: PlacedBlock[]
}

export interface ChunkInput {
  title: string
  /** The page's address without anchor. */
  address: string
  sections: Section[]
  /** Length of the document in UTF-16 code units. */
  length: number
  /** How the anchor is written in an address, with its `#`. */
  fragment(anchor: string): string
}

/** Characters of text that a passage aims at, and that none exceeds. */
export const TARGET_LENGTH = 1600
export const MAX_LENGTH = 4000
/** A lead-in ("There are two ways:") this short says nothing without the subsection that follows it. */
const LEAD_IN_LENGTH = 120

/** Cuts a document into passages: one a heading, long sections in several, in the order of reading. */
export function chunk(input: ChunkInput): Passage[] {
  const passages: Passage[] = []
  let leadIn: { blocks: PlacedBlock[]; start: number } | null = null
  for (const { section, headings, end, next } of outline(input)) {
    const blocks: PlacedBlock[] = [...(leadIn?.blocks ?? []), ...section.blocks]
    const start: number = leadIn?.start ?? section.start
    leadIn = null
    if (blocks.length === 0) continue
    if (next !== null && next.depth > section.depth && section.depth > 0 && isLeadIn(blocks)) {
      leadIn = { blocks, start }
      continue
    }
    const pieces = pack(blocks)
    for (const [index, piece] of pieces.entries()) {
      const from: number = index === 0 ? start : (firstOffset(piece) ?? start)
      const following = pieces[index + 1]
      const to = following === undefined ? end : (firstOffset(following) ?? end)
      passages.push(passage(input, passages.length, headings, section.anchor, piece, from, Math.max(from, to)))
    }
  }
  return passages
}

interface Outlined {
  section: Section
  headings: string[]
  end: number
  next: Section | null
}

/** Each section with its heading path and its end. The page's title is left out of the paths. */
function outline(input: ChunkInput): Outlined[] {
  const { sections, title } = input
  const onlyTitle = sections.filter((section) => section.depth === 1).length === 1
  const path: Section[] = []
  return sections.map((section, index) => {
    while ((path.at(-1)?.depth ?? 0) >= section.depth && path.length > 0) path.pop()
    if (section.depth > 0) path.push(section)
    const named = path.filter(
      (part) => part.heading !== '' && part.heading !== title && !(onlyTitle && part.depth === 1),
    )
    const next = sections[index + 1] ?? null
    return { section, headings: named.map((part) => part.heading), end: next?.start ?? input.length, next }
  })
}

function isLeadIn(blocks: PlacedBlock[]): boolean {
  return blocks.at(-1)?.leads === true && lengthOf(blocks) <= LEAD_IN_LENGTH
}

/** Fills pieces up to the target, never parting a block from what leads into it. */
function pack(blocks: PlacedBlock[]): PlacedBlock[][] {
  const pieces: PlacedBlock[][] = []
  let piece: PlacedBlock[] = []
  for (const group of groups(blocks.flatMap(cutToSize))) {
    if (piece.length > 0 && lengthOf(piece) + lengthOf(group) > TARGET_LENGTH) {
      pieces.push(piece)
      piece = []
    }
    piece.push(...group)
  }
  if (piece.length > 0) pieces.push(piece)
  const last = pieces.at(-1)
  const before = pieces.at(-2)
  // A last crumb goes with what it follows.
  if (last && before && lengthOf(last) < TARGET_LENGTH / 8 && lengthOf(last) + lengthOf(before) <= MAX_LENGTH) {
    before.push(...last)
    pieces.pop()
  }
  return pieces
}

function cutToSize(placed: PlacedBlock): PlacedBlock[] {
  return splitBlock(placed.block, MAX_LENGTH / 2, MAX_LENGTH).map((block) => ({ ...placed, block }))
}

/** Runs of blocks that belong together, none longer than a passage may be. */
function groups(blocks: PlacedBlock[]): PlacedBlock[][] {
  const all: PlacedBlock[][] = []
  let previous: PlacedBlock | null = null
  for (const placed of blocks) {
    const current = all.at(-1)
    const belongs = previous !== null && (previous.leads || introduces(previous, placed))
    if (current && belongs && lengthOf(current) + placed.block.text.length <= MAX_LENGTH) current.push(placed)
    else all.push([placed])
    previous = placed
  }
  return all
}

/** Code belongs to the sentence before it, and the tabs of one code group to each other. */
function introduces(previous: PlacedBlock, placed: PlacedBlock): boolean {
  if (placed.block.kind !== 'code') return false
  if (previous.block.kind !== 'code') return true
  return placed.block.label !== undefined && previous.block.label !== undefined
}

function lengthOf(blocks: PlacedBlock[]): number {
  let length = 0
  for (const { block } of blocks) length += block.text.length + 1
  return length
}

function firstOffset(blocks: PlacedBlock[]): number | null {
  return blocks.find((placed) => placed.start !== null)?.start ?? null
}

function passage(
  input: ChunkInput,
  ordinal: number,
  headings: string[],
  anchor: string | null,
  placed: PlacedBlock[],
  start: number,
  end: number,
): Passage {
  const blocks = placed.map(({ block }) => block)
  const url = anchor === null ? input.address : input.address + input.fragment(anchor)
  const text = blocks.map((block) => block.text).join('\n')
  const hash = toHex(sha256(utf8(JSON.stringify([input.title, headings, url, blocks]))))
  return { ordinal, headings, anchor, url, start, end, blocks, text, hash }
}
