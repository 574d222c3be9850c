/**
 * `npm run eval -- DIR [--json]`: how well the search ranks a judged collection.
 * `npm run eval -- --questions FILE.jsonl --docs DIR [--site-style STYLE] [--json]`: what becomes of questions about a docs
 * folder. `npm run eval -- --fit NAME=DIR[:STYLE] …`: the weights of `rules/abstain.ts`, fitted on those sites, with each site
 * judged by the others' model. Results go to standard output, progress to standard error.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { SiteStyle } from '#edge/rules/passage.ts'
import { type CollectionFigures, evaluateCollection } from './collection.ts'
import { fitAbstention, type Site } from './fit.ts'
import { evaluateQuestions, type QuestionFigures, type QuestionRow } from './questions.ts'
import type { IndexFigures } from './throw-away-project.ts'

const USAGE = `npm run eval -- DIR [--json]      DIR holds corpus.jsonl, queries.jsonl and qrels.tsv
npm run eval -- --questions FILE.jsonl --docs DIR [--site-style github|vitepress|docusaurus|starlight] [--json]
npm run eval -- --fit NAME=DIR[:STYLE] …    NAME.jsonl is in tests/eval/questions`
const SITE_STYLES: readonly string[] = ['github', 'vitepress', 'docusaurus', 'starlight'] satisfies SiteStyle[]

async function main(): Promise<void> {
  const { values, positionals } = readArguments()
  if (values.fit) return print(JSON.stringify(await fitAbstention(positionals.map(siteOf)), null, 2))
  const style = values['site-style']
  if (!isSiteStyle(style))
    throw new UsageProblem(`--site-style must be one of ${SITE_STYLES.join(', ')}, not ${style}.`)
  if (values.questions !== undefined && values.docs !== undefined && positionals.length === 0) {
    const { rows, totals } = await evaluateQuestions(values.questions, values.docs, style)
    if (values.json) for (const row of [...rows, totals]) print(JSON.stringify(rounded(row)))
    else printQuestions(rows, totals)
  } else if (positionals[0] !== undefined && positionals.length === 1 && values.questions === undefined) {
    const figures = await evaluateCollection(positionals[0])
    print(values.json ? JSON.stringify(rounded(figures)) : inWords(figures))
  } else throw new UsageProblem('Give either a collection, or questions and docs.')
}

class UsageProblem extends Error {}

function readArguments() {
  const text = { type: 'string' } as const
  const options = {
    json: { type: 'boolean' },
    fit: { type: 'boolean' },
    questions: text,
    docs: text,
    'site-style': { ...text, default: 'github' },
  }
  try {
    return parseArgs({
      options: options as typeof options & Record<'json' | 'fit', { type: 'boolean' }>,
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageProblem((error as Error).message)
  }
}

function siteOf(text: string): Site {
  const {
    name,
    folder,
    style = 'github',
  } = /^(?<name>[\w-]+)=(?<folder>.+?)(?::(?<style>\w+))?$/.exec(text)?.groups ?? {}
  if (name === undefined || folder === undefined || !isSiteStyle(style))
    throw new UsageProblem(`${text} is not NAME=DIR or NAME=DIR:STYLE.`)
  return { name, folder, siteStyle: style, questions: join(import.meta.dirname, 'questions', `${name}.jsonl`) }
}

function isSiteStyle(text: string): text is SiteStyle {
  return SITE_STYLES.includes(text)
}

function inWords(figures: CollectionFigures): string {
  return `nDCG@10 ${figures['nDCG@10'].toFixed(4)}  Recall@10 ${figures['Recall@10'].toFixed(4)}  MRR@10 ${figures['MRR@10'].toFixed(4)}
${figures.queries} queries, ${figures.msP50.toFixed(1)} ms p50, ${figures.msP95.toFixed(1)} ms p95
${indexInWords(figures)}`
}

function printQuestions(rows: QuestionRow[], totals: QuestionFigures): void {
  const mark = (verdict: boolean | null): string => (verdict === null ? '·' : verdict ? '✓' : '✗')
  print('@1 @5 phrase outcome    question')
  for (const row of rows)
    print(
      ` ${mark(row['hit@1'])}  ${mark(row['hit@5'])}   ${mark(row.phrases)}    ${row.outcome.padEnd(9)}  ${row.kind === 'unanswerable' ? '(unanswerable) ' : ''}${row.question}`,
    )
  const percent = (share: number): string => `${(share * 100).toFixed(0)} %`
  print(`
${totals.questions} questions: ${totals.answerable} answerable, ${totals.unanswerable} not
hit@1 ${percent(totals['hit@1'])}  hit@5 ${percent(totals['hit@5'])}  answered ${percent(totals.answered)}  phrase hits ${percent(totals.phraseHits)}
abstained rightly ${percent(totals.abstainedRightly)}, wrongly ${percent(totals.abstainedWrongly)}
${totals.msP50.toFixed(1)} ms an answer p50, ${totals.msP95.toFixed(1)} ms p95
${indexInWords(totals)}`)
}

function indexInWords({ documents, passages, failed, seconds, megabytes }: IndexFigures): string {
  const refused = failed.map(({ path, reason }) => `\n  not indexed: ${path}: ${reason}`).join('')
  return `${documents} documents, ${passages} passages, indexed in ${seconds.toFixed(1)} s, index ${megabytes.toFixed(1)} MB${refused}`
}

/** Four decimals are all that the figures mean. */
function rounded(row: object): Record<string, unknown> {
  const round = (value: unknown): unknown => (typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value)
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, round(value)]))
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

try {
  await main()
} catch (error) {
  const isExpected = error instanceof UsageProblem || (error as NodeJS.ErrnoException).code === 'ENOENT'
  console.error(isExpected ? `${(error as Error).message}\n\n${USAGE}` : error)
  process.exitCode = 1
}
