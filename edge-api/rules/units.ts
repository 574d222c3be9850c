import type { Block } from './passage.ts'
import { type Sentence, splitSentences } from './sentences.ts'

/** What stays together in an answer: a paragraph's sentences, or a list, code or table with the sentence that introduces it. */
export interface Unit {
  kind: 'prose' | 'list' | 'code' | 'table' | 'facts'
  /** `prose`: all of them. Otherwise the introduction, or nothing. */
  sentences: Sentence[]
  /** `list`, `facts`: the items with what stands inside them. `code`: the variants of one sample. `table`: the table. */
  blocks: Block[]
  isOrdered: boolean
  /** The unit before says what this one shows, without a colon. */
  followsProse: boolean
  /** Stands in a note, tip, warning, … */
  isAside: boolean
}

/** `Type: …`, `Default: …`: what reference pages put under an option's name. */
const FACT =
  /^(?:type|default|required|optional|cli|environment|env(?:ironment)? variable|since|added in|alias|allowed values|accepts|returns?)\b[^:]{0,40}:/i
/** Says only that something follows. */
const BARE_LEAD =
  /^(?:(?:for )?examples?|e\.g\.?|usage|input|output|result|note(?: that)?|syntax|(?:type )?signature|types?|default)(?: (?:usage|config\w*))?\s*:?$/i

/** An item's own line: whoever shows it numbers and indents it anew. */
export function withoutBullet(markdown: string): string {
  return markdown.replace(/^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s+)?/i, '')
}

/** A list too long to be shown complete, as its items: each says something of its own. Steps are never parted. */
export function itemsOf(list: Unit): Unit[] {
  return list.blocks
    .filter((block) => block.kind === 'item')
    .map((block) =>
      unit('prose', splitSentences(withoutBullet(block.markdown)), [], false, { ...block, kind: 'paragraph' }),
    )
}

const ENDS_IN_COLON = /[:：]$/

export function unitsOf(blocks: readonly Block[]): Unit[] {
  const units: Unit[] = []
  let introduction: Sentence[] = []
  for (let at = 0; at < blocks.length; ) {
    const block = blocks[at] as Block
    const end = at + runLength(blocks, at)
    if (block.kind === 'paragraph' && FACT.test(block.text) && block.text.length < 200) {
      units.push(unit('facts', [], [{ ...block, kind: 'item', depth: 0 }], false, block))
    } else if (block.kind === 'paragraph' || block.kind === 'quote') {
      const sentences = splitSentences(stripQuote(block)).filter((sentence) => !BARE_LEAD.test(sentence.text))
      introduction = leadsOn(sentences, blocks[end]) ? sentences.splice(-1) : []
      // Announces something that is not there: an include the docs site fills in, an image.
      if (blocks[end] === undefined && ENDS_IN_COLON.test(sentences.at(-1)?.text ?? '')) sentences.pop()
      if (sentences.length > 0) units.push(unit('prose', sentences, [], false, block))
    } else {
      const run = blocks.slice(at, end)
      while (run.length > 1 && run.at(-1)?.kind === 'paragraph' && ENDS_IN_COLON.test(run.at(-1)?.text ?? '')) run.pop()
      const follows = introduction.length === 0 && blocks[at - 1]?.kind === 'paragraph'
      units.push(unit(kindOf(run), introduction, run, follows, block))
      introduction = []
    }
    at = end
  }
  return units
}

function unit(kind: Unit['kind'], sentences: Sentence[], blocks: Block[], followsProse: boolean, first: Block): Unit {
  return {
    kind,
    sentences,
    blocks,
    isOrdered: first.kind === 'item' && first.number !== undefined,
    followsProse,
    isAside: first.admonition !== undefined,
  }
}

function stripQuote(block: Block): string {
  return block.kind === 'quote' ? block.markdown.replaceAll(/^ {0,3}> ?/gm, '') : block.markdown
}

/** A last sentence that ends in a colon belongs to what it announces. */
function leadsOn(sentences: readonly Sentence[], next: Block | undefined): boolean {
  if (!next || next.kind === 'paragraph' || next.kind === 'quote') return false
  return ENDS_IN_COLON.test(sentences.at(-1)?.text ?? '')
}

const PACKAGE_MANAGER = /^(?:\$ )?(?:npm|npx|pnpm|yarn|bun|bunx|deno)\b/

/** Tabs of a code group, or the same command for another package manager, right after one another. */
export function isVariant(before: Block | undefined, after: Block | undefined): boolean {
  if (before?.kind !== 'code' || after?.kind !== 'code') return false
  if (before.label && after.label) return true
  return PACKAGE_MANAGER.test(before.text) && PACKAGE_MANAGER.test(after.text) && !after.text.trim().includes('\n')
}

/** How many blocks from `at` make one unit: a whole list with the code inside its items, or the variants of one sample. */
function runLength(blocks: readonly Block[], at: number): number {
  const first = blocks[at] as Block
  if (first.kind === 'code') {
    let length = 1
    while (isVariant(blocks[at + length - 1], blocks[at + length])) length++
    return length
  }
  if (first.kind !== 'item') return 1
  let end = at + 1
  for (let index = at + 1; index < blocks.length; index++) {
    const block = blocks[index] as Block
    if (block.kind === 'item') {
      if (block.depth === 0 && !continues(first, block, blocks.slice(at, index))) break
    } else if (!block.depth) break
    end = index + 1
  }
  return end - at
}

/** A list goes on while its numbers count up, or while nothing but items came between. */
function continues(first: Block, next: Block, before: readonly Block[]): boolean {
  if ((first.number === undefined) !== (next.number === undefined)) return false
  if (next.number === undefined) return true
  const last = before.findLast((block) => block.kind === 'item' && block.depth === first.depth)
  return last?.number !== undefined && next.number === last.number + 1
}

function kindOf(run: readonly Block[]): Unit['kind'] {
  const kind = (run[0] as Block).kind
  if (kind === 'code') return 'code'
  if (kind === 'table') return 'table'
  const top = run.filter((block) => block.kind === 'item' && block.depth === 0)
  return top.every((item) => FACT.test(item.text)) ? 'facts' : 'list'
}
