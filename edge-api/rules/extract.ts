import { aimOf, bearing, countWords, dependsOnBefore, type Inquiry } from './bearing.ts'
import type { Block } from './passage.ts'
import { coverage } from './relevance.ts'
import type { FoundSection } from './section.ts'
import type { Sentence } from './sentences.ts'
import { isVariant, itemsOf, type Unit, unitsOf } from './units.ts'

/** What one passage contributes, in its own order. */
export interface Extract {
  section: FoundSection
  parts: Part[]
  /** How well its best sentence, under its headings, meets the question: 0 to about 1.5. */
  relevance: number
  words: number
}

export interface Part {
  kind: Unit['kind']
  sentences: Sentence[]
  blocks: Block[]
}

const MAX_CODE_LINES = 60
const MAX_LIST_ITEMS = 14
/** Words of prose gathered around the sentence that answers. */
const PARAGRAPH_WORDS = 60
/** An answer of fewer words goes on, up to enough of them. */
const BRIEF_WORDS = 45
const ENOUGH_WORDS = 110

interface Candidate {
  unit: number
  sentence: number
  relevance: number
}

/** Null when the passage has nothing that can be said in a sentence, shown or listed. */
export function extract(section: FoundSection, inquiry: Inquiry, maxWords: number): Extract | null {
  const units = unitsOf(section.pieces.flatMap((piece) => piece.blocks)).flatMap((unit) => {
    if (unit.kind !== 'list' || fits(unit)) return [unit]
    return unit.isOrdered ? [outline(unit)] : itemsOf(unit)
  })
  const context = new Set(inquiry.termsOf([section.passage.title, ...section.passage.headings].join('\n')))
  const aim = aimOf(section.passage, inquiry)
  const opening = units.findIndex((unit) => unit.kind !== 'facts')
  const candidates = units
    .flatMap((unit, index) => candidatesOf(unit, index, inquiry, context))
    .map((candidate) =>
      // Under a heading that names what was asked, the first sentence is the one that tells.
      candidate.unit === opening && candidate.sentence === 0
        ? { ...candidate, relevance: candidate.relevance + 0.2 + 0.4 * aim }
        : candidate,
    )
  const lead = candidates.toSorted((left, right) => right.relevance - left.relevance)[0]
  if (!lead) return null
  const chosen = new Map<number, Part>()
  const leadUnit = units[lead.unit] as Unit
  if ((inquiry.kind === 'how' || (inquiry.kind === 'open' && aim > 0.5)) && isWalkthrough(units)) {
    // "First … then …" with its samples: short enough to be told from beginning to end.
    for (const [index, unit] of units.entries()) if (!unit.isAside) chosen.set(index, whole(unit, inquiry))
  } else if (leadUnit.kind === 'prose') {
    chosen.set(lead.unit, part(leadUnit, paragraphAround(leadUnit.sentences, lead, candidates)))
  } else chosen.set(lead.unit, whole(leadUnit, inquiry))
  for (const index of companions(units, lead, inquiry, context)) {
    const next = whole(units[index] as Unit, inquiry)
    if (!chosen.has(index) && wordsIn([...chosen.values(), next]) <= maxWords) chosen.set(index, next)
  }
  goOn(units, lead, chosen, inquiry, context)
  const parts = [...chosen].sort(([left], [right]) => left - right).map(([, each]) => each)
  const facts = parts.findIndex((each) => each.kind === 'facts')
  const prose = parts.findIndex((each) => each.sentences.length > 0)
  // What it does comes before what type it is.
  if (facts >= 0 && prose > facts) parts.splice(prose, 0, ...parts.splice(facts, 1))
  return { section, parts, relevance: lead.relevance, words: wordsIn(parts) }
}

function candidatesOf(unit: Unit, index: number, inquiry: Inquiry, context: ReadonlySet<string>): Candidate[] {
  if (unit.kind === 'prose') {
    return unit.sentences.map((sentence, at) => ({
      unit: index,
      sentence: at,
      relevance: bearing(sentence.text, inquiry, context) + (at === 0 ? 0.05 : 0) - (unit.isAside ? 0.12 : 0),
    }))
  }
  const text = [...unit.sentences, ...unit.blocks].map((each) => each.text).join('\n')
  const relevance = bearing(text, inquiry, context) - (unit.isAside ? 0.12 : 0)
  // A list or a sample holds many words; what it says counts less than a sentence that says it.
  const discount = unit.sentences.length > 0 && unit.kind !== 'facts' ? 0.1 : unit.isOrdered ? 0.2 : 0.5
  if (unit.kind !== 'facts' && !fits(unit)) return []
  return [{ unit: index, sentence: 0, relevance: relevance - discount }]
}

/** The sentence with what it leans on before it and what goes on from it. */
function paragraphAround(sentences: Sentence[], lead: Candidate, candidates: Candidate[]): Sentence[] {
  let from = lead.sentence
  while (from > 0 && dependsOnBefore(sentences[from]?.text ?? '')) from--
  // A paragraph read from its beginning hangs together; a long way back is not worth it.
  if (countWords(sentences.slice(0, from)) <= 40) from = 0
  let to = lead.sentence + 1
  const relevanceOf = (at: number) =>
    candidates.find((each) => each.unit === lead.unit && each.sentence === at)?.relevance ?? 0
  while (to < sentences.length) {
    const next = sentences[to] as Sentence
    const words = countWords(sentences.slice(from, to + 1))
    const isBrief = countWords(sentences.slice(from, to)) < 25
    if (words > PARAGRAPH_WORDS || (!isBrief && relevanceOf(to) < 0.35 * lead.relevance)) break
    if (next.text.endsWith('?')) break
    to++
  }
  return sentences.slice(from, to)
}

/** A brief answer goes on with what follows it: whoever asks rarely wants one sentence only. */
function goOn(
  units: readonly Unit[],
  lead: Candidate,
  chosen: Map<number, Part>,
  inquiry: Inquiry,
  context: ReadonlySet<string>,
): void {
  const begun = chosen.get(lead.unit)
  const last = units[lead.unit]?.sentences.at(-1)
  if (begun?.kind === 'prose' && begun.sentences.at(-1) !== last) return
  for (let index = lead.unit + 1; index < units.length; index++) {
    const words = wordsIn([...chosen.values()])
    if (words >= BRIEF_WORDS) return
    if (chosen.has(index)) continue
    const unit = units[index] as Unit
    const next = whole(unit, inquiry)
    const text = [...next.sentences, ...next.blocks].map((each) => each.text).join('\n')
    const isLongCode = unit.kind === 'code' && !inquiry.wantsCode && lineCount(unit.blocks[0]) > 12
    if (unit.kind === 'facts' || unit.isAside || isLongCode || !fits(unit)) return
    if (words + wordsIn([next]) > ENOUGH_WORDS || bearing(text, inquiry, context) < 0.35 * lead.relevance) return
    chosen.set(index, next)
  }
}

/** Which other units of the passage belong in the answer, most wanted first. */
function companions(units: readonly Unit[], lead: Candidate, inquiry: Inquiry, context: ReadonlySet<string>): number[] {
  const worth = (index: number): number => {
    const unit = units[index] as Unit
    if (index === lead.unit || unit.kind === 'prose' || !fits(unit)) return 0
    if (unit.kind === 'facts') return statedFacts(unit).length > 0 && wantsFacts(inquiry, context) ? 1 : 0
    if (unit.kind === 'code' && !inquiry.wantsCode) return 0
    const distance = Math.abs(index - lead.unit)
    const isNext = index === lead.unit + 1 && (unit.followsProse || unit.sentences.length > 0)
    const text = [...unit.sentences, ...unit.blocks].map((each) => each.text).join('\n')
    const said = coverage(inquiry.aspects, new Set(inquiry.termsOf(text)))
    const base = unit.isOrdered && inquiry.kind === 'how' ? 0.4 : unit.kind === 'code' ? 0.3 : 0
    return base + said + (isNext ? 0.4 : 0) - 0.05 * distance - (unit.isAside ? 0.2 : 0)
  }
  const ranked = units.map((_, index) => ({ index, worth: worth(index) })).filter((each) => each.worth >= 0.5)
  ranked.sort((left, right) => right.worth - left.worth)
  const shown = new Set<string>()
  // One sample, one list, one table: the best of each.
  return ranked.flatMap(({ index }) => {
    const kind = (units[index] as Unit).kind
    if (shown.has(kind)) return []
    shown.add(kind)
    return [index]
  })
}

function wantsFacts(inquiry: Inquiry, context: ReadonlySet<string>): boolean {
  if (coverage(inquiry.aspects, context) < 0.5) return false
  return inquiry.kind !== 'how' || /\b(default|type)\b/i.test(inquiry.text)
}

function isWalkthrough(units: readonly Unit[]): boolean {
  const told = units.filter((unit) => !unit.isAside)
  const samples = told.filter((unit) => unit.kind === 'code')
  const lines = samples.reduce((sum, unit) => sum + lineCount(unit.blocks[0]), 0)
  const words = countWords(told.flatMap((unit) => [...unit.sentences, ...(unit.kind === 'code' ? [] : unit.blocks)]))
  const isPlain = told.every((unit) => unit.kind === 'prose' || unit.kind === 'code')
  return isPlain && samples.length > 0 && told[0]?.sentences.length !== 0 && lines <= 40 && words <= 110
}

/** Short enough to be shown complete; a half list misleads. */
function fits(unit: Unit): boolean {
  if (unit.kind === 'code') return lineCount(unit.blocks[0]) <= MAX_CODE_LINES
  if (unit.kind === 'table') return true
  const items = unit.blocks.filter((block) => block.kind === 'item')
  const lines = unit.blocks.reduce((sum, block) => sum + (block.kind === 'code' ? lineCount(block) : 0), 0)
  const words = countWords(unit.blocks.filter((block) => block.kind !== 'code'))
  return items.length <= MAX_LIST_ITEMS && lines <= MAX_CODE_LINES && words <= (unit.isOrdered ? 220 : 130)
}

function lineCount(block: Block | undefined): number {
  return block?.text.split('\n').length ?? 0
}

/** Steps too long to be shown with all they hold, as their first lines, where those say enough. */
function outline(list: Unit): Unit {
  const blocks = list.blocks.filter((block) => block.kind === 'item' && block.depth === 0)
  return blocks.some((block) => /[:：]$/.test(block.text)) ? list : { ...list, blocks }
}

function whole(unit: Unit, inquiry: Inquiry): Part {
  if (unit.kind === 'facts') return { kind: 'facts', sentences: [], blocks: statedFacts(unit) }
  if (unit.kind === 'table')
    return { kind: 'table', sentences: unit.sentences, blocks: unit.blocks.map((block) => rowsAsked(block, inquiry)) }
  const words = inquiry.text.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return { kind: unit.kind, sentences: unit.sentences, blocks: withoutVariants(unit.blocks, words) }
}

const MANY_ROWS = 5

/** Of a long table the rows that bear on the question most, when there are any; rows stand for themselves. */
function rowsAsked(block: Block, inquiry: Inquiry): Block {
  const [head = '', rule = '', ...rows] = block.markdown.split('\n')
  if (rows.length <= MANY_ROWS) return block
  const shares = rows.map((row) => coverage(inquiry.aspects, new Set(inquiry.termsOf(row))))
  const most = Math.max(...shares)
  const kept = rows.filter((_, index) => most > 0 && (shares[index] ?? 0) > 0.7 * most).slice(0, MANY_ROWS)
  if (kept.length === 0) return block
  // The quote is the first row that is shown.
  const line = block.text
    .split('\n')
    .find((text) => text !== '' && coverage(inquiry.aspects, new Set(inquiry.termsOf(text))) > 0.7 * most)
  return { ...block, markdown: [head, rule, ...kept].join('\n'), text: line ?? block.text }
}

/** Of a sample's variants (npm, pnpm, …) the one that was asked for, else the first. */
function withoutVariants(blocks: readonly Block[], words: readonly string[]): Block[] {
  const groups: Block[][] = []
  for (const block of blocks) {
    const last = groups.at(-1)
    if (last && isVariant(last.at(-1), block)) last.push(block)
    else groups.push([block])
  }
  const isNamed = (block: Block) =>
    words.includes(block.label?.toLowerCase() ?? '') || words.includes(/^\w+/.exec(block.text)?.[0] ?? '')
  return groups.map((group) => (group.length > 1 && group.find(isNamed)) || (group[0] as Block))
}

/** Facts that fit their line; a type that takes a code block is for the page to show. */
function statedFacts(unit: Unit): Block[] {
  return unit.blocks.filter((block) => block.kind === 'item' && block.depth === 0 && !/[:：]$/.test(block.text))
}

function part(unit: Unit, sentences: Sentence[]): Part {
  return { kind: unit.kind, sentences, blocks: [] }
}

function wordsIn(parts: readonly Part[]): number {
  return parts.reduce(
    (sum, { sentences, blocks }) =>
      sum + countWords(sentences) + countWords(blocks.filter((block) => block.kind !== 'code')),
    0,
  )
}
