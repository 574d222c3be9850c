import type { Citation, Outcome } from '#shared/wire.ts'
import { evidenceOf, holdsAnswer } from './abstain.ts'
import { aimOf, dependsOnBefore, type Inquiry } from './bearing.ts'
import { cite, renderParts } from './cite.ts'
import { meetsExpectation } from './expectation.ts'
import { type Extract, extract } from './extract.ts'
import { encodeTarget, isSafeUrl } from './inline.ts'
import type { Language } from './language.ts'
import { namesIn } from './names.ts'
import { questionKind, wantsCode } from './question.ts'
import { aspectsOf, coverage } from './relevance.ts'
import type { SearchQuery, SearchResult } from './search.ts'
import { type FoundSection, sectionsOf } from './section.ts'
import { termsOf } from './terms.ts'

export interface ComposedAnswer {
  outcome: Outcome
  markdown: string
  citations: Citation[]
}

/** Words of prose; code comes on top. */
const MAX_WORDS = 170
const MAX_SOURCES = 3
/** From here on a heading names just what was asked. */
const EXACT = 0.75
/** What a page is about, it says first: worth of the opening of a page whose title names just what was asked. */
const OPENING = 1.5
/** Share of the question from which on a sentence is about it. */
const TELLS = 0.7
/** A heading deep inside others tells of a detail of theirs. */
const SHALLOW = 2
/** Sections read closely; the ranking's tail never leads an answer. */
const MAX_DRAFTS = 9

/** The whole of answering without a model: the same question over the same passages is the same answer, to the letter. */
export function answerQuestion(query: SearchQuery, result: SearchResult, language: Language): ComposedAnswer {
  return compose(inquiryOf(query, result, language), result)
}

export function inquiryOf(query: SearchQuery, result: SearchResult, language: Language): Inquiry {
  const kind = questionKind(query.text)
  // The same sentences are weighed more than once.
  const known = new Map<string, string[]>()
  return {
    text: query.text,
    kind,
    wantsCode: wantsCode(query.text, kind),
    aspects: aspectsOf(result),
    names: namesIn(query.text, language),
    termsOf: (text) => {
      const found = known.get(text) ?? termsOf(text, language)
      known.set(text, found)
      return found
    },
  }
}

interface Draft extends Extract {
  fit: number
}

function compose(inquiry: Inquiry, result: SearchResult): ComposedAnswer {
  if (inquiry.aspects.length === 0) return { outcome: 'abstained', markdown: NOTHING_ASKED, citations: [] }
  const drafts = draftsOf(inquiry, result)
  if (!holdsAnswer(inquiry.aspects, evidenceOf(inquiry, result))) return abstain(drafts, inquiry)
  const chosen = choose(drafts, inquiry)
  const citations = chosen.map((draft, index) => cite(draft.section, draft.parts, index + 1))
  const markdown = chosen.map((draft, index) => renderParts(draft.parts, index + 1, labelOf(draft))).join('\n\n')
  return { outcome: 'answered', markdown, citations }
}

const NOTHING_ASKED = 'I answer questions from this documentation. What would you like to know?'
const NOT_FOUND = 'I could not find an answer to that in the documentation.'
/** A page that holds less of the question than this is not near it. */
const NEAR = 0.25

/** Says so, and offers the nearest pages rather than a guess. */
function abstain(drafts: readonly Draft[], inquiry: Inquiry): ComposedAnswer {
  const near = drafts.filter((draft) => coverage(inquiry.aspects, draft.section.matched) >= NEAR).slice(0, MAX_SOURCES)
  const citations = near.map((draft, index) => cite(draft.section, draft.parts, index + 1))
  const pages = citations.map(({ n, title, headings, url }) => {
    const name = escapeMarkdown([title, ...headings.slice(-1)].join(' › '))
    return `- ${isSafeUrl(url) ? `[${name}](${encodeTarget(url)})` : name} [${n}]`
  })
  const markdown = pages.length === 0 ? NOT_FOUND : `${NOT_FOUND} These pages come nearest:\n\n${pages.join('\n')}`
  return { outcome: 'abstained', markdown, citations }
}

/** What each promising section could say, the best first. */
function draftsOf(inquiry: Inquiry, result: SearchResult): Draft[] {
  const promiseOf = promises(inquiry, result)
  const promising = sectionsOf(result)
    .map((section) => ({ section, promise: promiseOf(section) }))
    .sort((left, right) => right.promise - left.promise)
    .slice(0, MAX_DRAFTS)
  const drafts = promising.flatMap(({ section, promise }) => {
    const found = extract(section, inquiry, MAX_WORDS)
    return found ? [{ ...found, fit: promise + fitOf(found, inquiry) }] : []
  })
  return drafts.sort((left, right) => right.fit - left.fit)
}

/** What can be told of a section without reading it: its rank, what it and its page are called, how often its page was hit. */
function promises(inquiry: Inquiry, { hits }: SearchResult): (section: FoundSection) => number {
  const pages = new Map<string, number>()
  for (const { passage, score } of hits) pages.set(passage.documentId, (pages.get(passage.documentId) ?? 0) + score)
  const topScore = Math.max(Number.MIN_VALUE, ...hits.map((hit) => hit.score))
  const topPage = Math.max(Number.MIN_VALUE, ...pages.values())
  return ({ passage, score }) => {
    const aim = aimOf(passage, inquiry)
    const beside = isBeside(passage, inquiry)
    const pageAim = aimOf({ title: passage.title, headings: [] }, inquiry)
    return (
      (1.5 * score) / topScore +
      (0.6 * (pages.get(passage.documentId) ?? 0)) / topPage +
      (inquiry.kind === 'definition' ? 0.9 : 0.6) * aim +
      (aim > EXACT ? 0.3 : 0) +
      pageAim +
      (passage.ordinal === 0 && !beside ? (OPENING * Math.max(0, pageAim - EXACT)) / (1 - EXACT) : 0) -
      0.25 * Math.max(0, passage.headings.length - SHALLOW) -
      (beside ? 0.9 : 0)
    )
  }
}

/** What reading it adds: its best sentence, and how much of the question is met by what would be shown. */
function fitOf(found: Extract, inquiry: Inquiry): number {
  // A sample without a word about it explains nothing.
  const isMute = found.parts.every((part) => part.kind !== 'list' && part.sentences.length === 0)
  return (
    0.6 * found.relevance +
    0.9 * coverage(inquiry.aspects, termsIn(found, inquiry)) +
    (inquiry.wantsCode && shows(found) ? 0.2 : 0) +
    (tellsExpected(found, inquiry) ? 1.2 : 0) -
    (isMute ? 0.2 : 0)
  )
}

/** One piece, under its heading, both speaks of what was asked and holds the version, the amount, the number asked for. */
function tellsExpected({ parts, section: { passage } }: Extract, inquiry: Inquiry): boolean {
  const heading = passage.headings.at(-1) ?? passage.title
  return parts
    .flatMap((part) => [...part.sentences, ...(part.kind === 'code' ? [] : part.blocks)])
    .some(
      ({ text }) =>
        meetsExpectation(inquiry.text, text) &&
        coverage(inquiry.aspects, new Set(inquiry.termsOf(`${heading}\n${text}`))) >= TELLS,
    )
}

function textOf({ parts }: Extract): string {
  return parts.flatMap((part) => [...part.sentences, ...part.blocks].map((piece) => piece.text)).join('\n')
}

function shows(found: Extract): boolean {
  return found.parts.some((part) => part.kind === 'code' || part.kind === 'list')
}

/**
 * News tells what once changed, a list of errors what goes wrong, an upgrade guide what used to be: the reference tells what
 * holds. Unless that was the question, or the question says the very heading.
 */
function isBeside({ url, headings, title }: FoundSection['passage'], inquiry: Inquiry): boolean {
  if (inquiry.text.toLowerCase().includes((headings.at(-1) ?? title).toLowerCase())) return false
  if (/\/(?:blog|news|changelog|releases?|release-notes|announcements?)(?:[/.#?]|$)/i.test(url)) return true
  if (/\/errors?(?:[/.#?]|$)/i.test(url)) return inquiry.kind !== 'error'
  return /(?:upgrad|migrat)/i.test(url) && !/\b(?:upgrad|migrat|mov|updat|chang|version)/i.test(inquiry.text)
}

/** The best passage, and another only where it earns its place: one good source is the norm. */
function choose(drafts: readonly Draft[], inquiry: Inquiry): Draft[] {
  const [lead, ...rest] = drafts
  if (!lead) return []
  const chosen = [lead]
  let words = lead.words
  const covered = termsIn(lead, inquiry)
  for (const draft of rest) {
    if (chosen.length === MAX_SOURCES) break
    const terms = termsIn(draft, inquiry)
    if (words + draft.words > MAX_WORDS || overlap(covered, terms) > 0.7) continue
    if (!earnsItsPlace(draft, terms, chosen, covered, inquiry)) continue
    chosen.push(draft)
    words += draft.words
    for (const term of terms) covered.add(term)
  }
  return chosen
}

function earnsItsPlace(
  draft: Draft,
  terms: ReadonlySet<string>,
  chosen: readonly Draft[],
  covered: ReadonlySet<string>,
  inquiry: Inquiry,
): boolean {
  const lead = chosen[0] as Draft
  const [leadAim, aim] = [lead, draft].map(({ section }) => aimOf(section.passage, inquiry)) as [number, number]
  const before = coverage(inquiry.aspects, covered)
  const gain = coverage(inquiry.aspects, new Set([...covered, ...terms])) - before
  const isNew = before < 0.75 && gain > 0.2 && aim > 0.2 && draft.fit > 0.6 * lead.fit
  // "Public and secret keys": two headings, each naming a half of what was asked.
  const isOtherHalf =
    chosen.length === 1 &&
    leadAim < EXACT &&
    Math.min(leadAim, aim) > 0.5 &&
    draft.fit > 0.7 * lead.fit &&
    namedBy([lead, draft], inquiry) > namedBy([lead], inquiry) + 0.25
  // Told what it is, a visitor who wants to do it still wants to see how.
  const isMissingShow =
    inquiry.wantsCode &&
    !chosen.some(shows) &&
    shows(draft) &&
    draft.section.passage.documentId === lead.section.passage.documentId &&
    draft.fit > 0.7 * lead.fit &&
    draft.relevance > 0.6 * lead.relevance
  return isNew || isOtherHalf || isMissingShow
}

/** Share of the question that the headings name, all together. */
function namedBy(drafts: readonly Draft[], inquiry: Inquiry): number {
  const headings = drafts.map(({ section: { passage } }) => passage.headings.at(-1) ?? passage.title)
  return coverage(inquiry.aspects, new Set(inquiry.termsOf(headings.join('\n'))))
}

/** What would be shown, under the headings it stands in. */
function termsIn(found: Extract, inquiry: Inquiry): Set<string> {
  const { passage } = found.section
  return new Set(inquiry.termsOf([passage.title, ...passage.headings, textOf(found)].join('\n')))
}

/** Share of the smaller set that both hold: two pages that say the same are one answer. */
function overlap(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  return [...left].filter((term) => right.has(term)).length / Math.max(1, Math.min(left.size, right.size))
}

/** An option's name before its description, or a heading before a sentence that points back at it. */
function labelOf(draft: Extract): string | null {
  const heading = draft.section.passage.headings.at(-1)
  const first = draft.parts[0]
  const opening = first?.sentences[0]?.text ?? ''
  if (!heading || first === undefined) return null
  if (isIdentifier(heading))
    return opening.toLowerCase().includes(heading.toLowerCase()) ? null : `\`${heading.replaceAll('`', '')}\``
  return opening === '' || dependsOnBefore(opening) ? `**${escapeMarkdown(heading)}**` : null
}

function isIdentifier(heading: string): boolean {
  return /^\S+$/.test(heading) && (/[._()$:/-]/.test(heading) || /\p{Ll}\p{Lu}/u.test(heading))
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_[\]<>]/g, '\\$&')
}
