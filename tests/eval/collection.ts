import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import type { SearchResult } from '#edge/rules/search.ts'
import { type Judged, mean, ndcg, quantile, recall, reciprocalRank } from './measures.ts'
import { fillProject, type IndexFigures, type ThrowAwayProject } from './throw-away-project.ts'

export interface CollectionFigures extends IndexFigures {
  collection: string
  queries: number
  'nDCG@10': number
  'Recall@10': number
  'MRR@10': number
  msP50: number
  msP95: number
}

const DEPTH = 10
/** Passages asked for, so that ten documents are among them even where one is cut in several. */
const PASSAGES = 40

/**
 * Ranks a judged collection. `folder` holds `corpus.jsonl` {id, title, text}, `queries.jsonl` {id, text} and `qrels.tsv`
 * (query id, document id, relevance; a heading line is skipped). A document stands where its best passage does.
 */
export async function evaluateCollection(folder: string): Promise<CollectionFigures> {
  const documents = readLines(join(folder, 'corpus.jsonl')).map((line) => toPage(JSON.parse(line)))
  const judgements = readJudgements(join(folder, 'qrels.tsv'))
  const queries = readLines(join(folder, 'queries.jsonl'))
    .map((line) => JSON.parse(line) as { id: unknown; text: string })
    .filter(({ id }) => judgements.has(String(id)))
  if (queries.length === 0) throw new Error(`${folder} has no judged query`)
  const project = await fillProject(documents)
  try {
    const milliseconds: number[] = []
    const judged: Judged[] = []
    for (const { id, text } of queries) {
      const startedMs = performance.now()
      const result = await project.db.search(analyseQuestion(text, english), PASSAGES)
      milliseconds.push(performance.now() - startedMs)
      judged.push({ ranking: rankDocuments(project, result), judgements: judgements.get(String(id)) ?? new Map() })
    }
    return {
      collection: folder,
      queries: queries.length,
      'nDCG@10': mean(judged.map((query) => ndcg(query, DEPTH))),
      'Recall@10': mean(judged.map((query) => recall(query, DEPTH))),
      'MRR@10': mean(judged.map((query) => reciprocalRank(query, DEPTH))),
      msP50: quantile(milliseconds, 0.5),
      msP95: quantile(milliseconds, 0.95),
      ...project.index,
    }
  } finally {
    await project.close()
  }
}

function rankDocuments(project: ThrowAwayProject, { hits }: SearchResult): string[] {
  const byScore = hits.toSorted((left, right) => right.score - left.score)
  const paths = new Set(byScore.map(({ passage }) => project.pathOf(passage.documentId)))
  return [...paths].map((path) => decodeURIComponent(path.replace(/\.html$/, '')))
}

/** As HTML, because there every character can be written so that it means itself. */
function toPage({ id, title, text }: { id: unknown; title?: string; text: string }) {
  const heading = title?.trim() ? `<h1>${escapeHtml(title)}</h1>` : ''
  return { path: `${encodeURIComponent(String(id))}.html`, content: `${heading}<p>${escapeHtml(text)}</p>` }
}

function escapeHtml(text: string): string {
  return text.toWellFormed().replaceAll('\0', ' ').replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

function readJudgements(file: string): Map<string, Map<string, number>> {
  const judgements = new Map<string, Map<string, number>>()
  for (const line of readLines(file)) {
    const [query = '', document = '', relevance] = line.split('\t')
    if (!Number.isFinite(Number(relevance))) continue
    const known = judgements.get(query) ?? new Map()
    judgements.set(query, known.set(document, Number(relevance)))
  }
  return judgements
}

export function readLines(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
}
