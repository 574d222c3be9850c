import type { Block, StoredPassage } from './passage.ts'
import type { QuestionKind } from './question.ts'
import { type Aspect, coverage, type TermsOf } from './relevance.ts'
import type { FoundSection } from './section.ts'
import type { Sentence } from './sentences.ts'
import { isVariant, itemsOf, type Unit, unitsOf } from './units.ts'

/** The question as answering sees it. */
export interface Inquiry {
  text: string
  kind: QuestionKind
  wantsCode: boolean
  aspects: Aspect[]
  termsOf: TermsOf
}

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
  const lead = candidates.reduce<Candidate | null>(
    (best, next) => (best && best.relevance >= next.relevance ? best : next),
    null,
  )
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
      relevance: sentenceRelevance(sentence.text, inquiry, context) + (at === 0 ? 0.05 : 0) - (unit.isAside ? 0.12 : 0),
    }))
  }
  const text = [...unit.sentences, ...unit.blocks].map((each) => each.text).join('\n')
  const relevance = sentenceRelevance(text, inquiry, context) - (unit.isAside ? 0.12 : 0)
  // A list or a sample holds many words; what it says counts less than a sentence that says it.
  const discount = unit.sentences.length > 0 && unit.kind !== 'facts' ? 0.1 : unit.isOrdered ? 0.2 : 0.5
  if (unit.kind !== 'facts' && !fits(unit)) return []
  return [{ unit: index, sentence: 0, relevance: relevance - discount }]
}

/**
 * From 0 to 1: how exactly the passage's heading (the title above the first one) names what was asked: what it says of the
 * question, and how little else it says. An abbreviation meets the heading that spells it out.
 */
export function aimOf({ title, headings }: Pick<StoredPassage, 'title' | 'headings'>, inquiry: Inquiry): number {
  const heading = headings.at(-1) ?? title
  const terms = new Set(inquiry.termsOf(heading))
  const initials = (heading.match(/\p{L}+/gu) ?? [])
    .map((word) => word[0])
    .join('')
    .toLowerCase()
  const isSpeltOut = initials.length > 1 && inquiry.aspects.some((aspect) => aspect.whole.includes(initials))
  const asked = new Set(inquiry.aspects.flatMap((aspect) => [...aspect.whole, ...aspect.parts]))
  const words = heading.match(/[\p{L}\p{N}]+/gu) ?? []
  const said = words.filter((word) => [...inquiry.termsOf(word)].length > 0)
  const exact = isSpeltOut
    ? 1
    : said.filter((word) => [...inquiry.termsOf(word)].some((term) => asked.has(term))).length /
      Math.max(1, said.length)
  const named = coverage(inquiry.aspects, isSpeltOut ? new Set([...terms, initials]) : terms)
  return named + exact === 0 ? 0 : (2 * named * exact) / (named + exact)
}

function sentenceRelevance(text: string, inquiry: Inquiry, context: ReadonlySet<string>): number {
  const own = new Set(inquiry.termsOf(text))
  const said = coverage(inquiry.aspects, own)
  const meant = coverage(inquiry.aspects, new Set([...own, ...context]))
  return 0.6 * meant + 0.5 * said + manner(text, inquiry)
}

function manner(text: string, inquiry: Inquiry): number {
  let bonus = 0
  if (inquiry.kind === 'definition' && isDefinition(text, inquiry)) bonus += 0.5
  if (
    inquiry.kind === 'how' &&
    /^(?:to |use |set |add |run |create |install |you can|if you (?:want|need))/i.test(text)
  )
    bonus += 0.12
  if (inquiry.kind === 'yes-no' && POLARITY.test(text)) bonus += 0.15
  if (inquiry.kind === 'why' && REASON.test(text)) bonus += 0.2
  if (dependsOnBefore(text)) bonus -= 0.2
  if (text.endsWith('?')) bonus -= 0.4
  if (/^(?:added|introduced|available|deprecated|new|removed) (?:in|since)\b/i.test(text) && text.length < 60)
    bonus -= 0.6
  if (/\b(?:see|check out|refer to|read|learn more|more details)\b.{0,80}$/i.test(text) && text.length < 160)
    bonus -= 0.2
  return bonus
}

const POLARITY = /\b(?:not|never|only|cannot|supports?|supported|by default|out of the box|must|requires?|can)\b|n't\b/i
const REASON =
  /\b(?:because|since|so that|due to|reasons?|purposes?|in order to|to (?:avoid|prevent|improve|ensure))\b/i

/** `X is …` where X is what was asked. */
function isDefinition(text: string, inquiry: Inquiry): boolean {
  const subject =
    /^(?:an? |the )?([^,;]{1,60}?),? (?:\([^)]*\) )?(?:is|are|means|refers to|stands for|provides|lets|allows|enables|defines)\b/i.exec(
      text,
    )
  return subject !== null && coverage(inquiry.aspects, new Set(inquiry.termsOf(subject[1] as string))) > 0.6
}

/** Begins with a word that points back: alone it would hang in the air. */
export function dependsOnBefore(text: string): boolean {
  return /^(?:this|that|these|those|it|its|they|them|he|she|such|however|but|also|then|so|instead|otherwise|therefore|thus|hence|similarly|likewise|additionally|furthermore|moreover|for example|for instance|in (?:this|that|these|such|both|either) |in addition|as a result|on the other hand|the (?:above|former|latter|same|following|second|other)|and|or|yet|both|once (?:this|that|it)|after (?:this|that)|alternatively)\b/i.test(
    text,
  )
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
  const words = inquiry.text.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return { kind: unit.kind, sentences: unit.sentences, blocks: withoutVariants(unit.blocks, words) }
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

export function countWords(pieces: readonly { text: string }[]): number {
  return pieces.reduce(
    (sum, { text }) =>
      sum +
      (text.match(
        /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu,
      )?.length ?? 0),
    0,
  )
}

function wordsIn(parts: readonly Part[]): number {
  return parts.reduce(
    (sum, { sentences, blocks }) =>
      sum + countWords(sentences) + countWords(blocks.filter((block) => block.kind !== 'code')),
    0,
  )
}
