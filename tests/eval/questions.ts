import { prepareAnswer } from '#edge/flows/answer.ts'
import { listDocs, readDoc } from '#edge/local/docs-folder.ts'
import { english } from '#edge/rules/language.ts'
import type { SiteStyle } from '#edge/rules/passage.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import { newId } from '#shared/ids.ts'
import { random } from '#tests/db/database.ts'
import { readLines } from './collection.ts'
import { mean, quantile } from './measures.ts'
import { fillProject, type IndexFigures, type ThrowAwayProject } from './throw-away-project.ts'

export interface Question {
  id: string
  question: string
  /** Pages that hold the answer, as paths in the docs folder. */
  paths?: string[]
  path_mode?: 'any' | 'all'
  answer_must_contain?: string[]
  must_mode?: 'any' | 'all'
  /** `unanswerable` must abstain; anything else must be answered. */
  kind?: string
}

export interface QuestionRow {
  id: string
  question: string
  kind: string
  outcome: 'answered' | 'abstained'
  /** Null where the question names no page, or no phrase. */
  'hit@1': boolean | null
  'hit@5': boolean | null
  phrases: boolean | null
  pages: string[]
  cited: string[]
  ms: number
}

export interface QuestionFigures extends IndexFigures {
  totals: true
  questions: number
  answerable: number
  unanswerable: number
  'hit@1': number
  'hit@5': number
  answered: number
  /** Shares of the unanswerable and of the answerable ones. */
  abstainedRightly: number
  abstainedWrongly: number
  /** Share of the answered ones with a phrase to hold that hold it. */
  phraseHits: number
  msP50: number
  msP95: number
}

/** Asks every question of the docs in the folder: what the search finds first, and what the visitor would be told. */
export async function evaluateQuestions(
  file: string,
  folder: string,
  siteStyle: SiteStyle,
): Promise<{ rows: QuestionRow[]; totals: QuestionFigures }> {
  const questions = readLines(file).map((line) => JSON.parse(line) as Question)
  const project = await openDocs(folder, siteStyle)
  try {
    const rows: QuestionRow[] = []
    for (const question of questions) rows.push(await ask(project, question))
    return { rows, totals: total(rows, project.index) }
  } finally {
    await project.close()
  }
}

/** The docs in the folder as a project of its own, to be closed after use. */
export function openDocs(folder: string, siteStyle: SiteStyle): Promise<ThrowAwayProject> {
  const listed = listDocs(folder)
  const documents = listed.paths.map((path) => ({ path, ...readDoc(folder, path) }))
  return fillProject([...documents, ...listed.unreadable], siteStyle)
}

async function ask(project: ThrowAwayProject, question: Question): Promise<QuestionRow> {
  const { hits } = await project.db.search(analyseQuestion(question.question, english), 5)
  const pages = hits.map(({ passage }) => project.pathOf(passage.documentId))
  const startedMs = performance.now()
  const { outcome, markdown, citations } = await answer(project, question.question)
  const ms = performance.now() - startedMs
  const kind = question.kind ?? 'answerable'
  const row = { id: question.id, question: question.question, kind, outcome, pages, ms }
  const cited = citations.map(({ url }) => url)
  const phrases = kind === 'unanswerable' || outcome === 'abstained' ? null : holdsPhrases(question, markdown)
  return {
    ...row,
    cited,
    phrases,
    'hit@1': holdsPages(question, pages.slice(0, 1)),
    'hit@5': holdsPages(question, pages),
  }
}

async function answer({ projectId, db }: ThrowAwayProject, question: string) {
  const none = {
    requestId: null,
    thread: null,
    channel: 'server',
    origin: null,
    pageUrl: null,
    locale: null,
    visitorHash: null,
  } as const
  const ids = { projectId, answerId: newId('answer', random), threadId: newId('thread', random) }
  const prepared = await prepareAnswer({ ...ids, ...none, question }, db, english, 'a secret of no consequence')
  if (!prepared.ok) throw new Error(prepared.reason)
  return prepared.value
}

function holdsPages({ paths = [], path_mode: mode = 'any' }: Question, pages: string[]): boolean | null {
  if (paths.length === 0) return null
  const found = new Set(pages.map(pageName))
  // A single hit can be only one of all the pages wanted.
  if (mode === 'all' && pages.length > 1) return paths.every((path) => found.has(pageName(path)))
  return paths.some((path) => found.has(pageName(path)))
}

/** The same page however it is named: `/guide/index.md`, `guide/`, `guide`. */
function pageName(path: string): string {
  const plain = path.replace(/^[./]+/, '').replace(/\.(?:mdx?|html?|txt)$/i, '')
  return plain
    .replace(/(?:^|\/)(?:index|readme)$/i, '')
    .replace(/\/$/, '')
    .toLowerCase()
}

function holdsPhrases(question: Question, markdown: string): boolean | null {
  const { answer_must_contain: phrases = [], must_mode: mode = 'any' } = question
  if (phrases.length === 0) return null
  const text = plain(markdown)
  return mode === 'all'
    ? phrases.every((phrase) => text.includes(plain(phrase)))
    : phrases.some((phrase) => text.includes(plain(phrase)))
}

function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/[`*\\]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

function total(rows: QuestionRow[], index: IndexFigures): QuestionFigures {
  const unanswerable = rows.filter(({ kind }) => kind === 'unanswerable')
  const answerable = rows.filter(({ kind }) => kind !== 'unanswerable')
  const times = rows.map(({ ms }) => ms)
  return {
    totals: true,
    questions: rows.length,
    answerable: answerable.length,
    unanswerable: unanswerable.length,
    'hit@1': share(answerable.map((row) => row['hit@1'])),
    'hit@5': share(answerable.map((row) => row['hit@5'])),
    answered: share(answerable.map(({ outcome }) => outcome === 'answered')),
    abstainedRightly: share(unanswerable.map(({ outcome }) => outcome === 'abstained')),
    abstainedWrongly: share(answerable.map(({ outcome }) => outcome === 'abstained')),
    phraseHits: share(answerable.map(({ phrases }) => phrases)),
    msP50: quantile(times, 0.5),
    msP95: quantile(times, 0.95),
    ...index,
  }
}

/** Of those that could be judged. */
function share(verdicts: (boolean | null)[]): number {
  return mean(verdicts.filter((verdict) => verdict !== null).map(Number))
}
