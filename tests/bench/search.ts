/**
 * `node tests/bench/search.ts [--passages N] [--postgres]`: one project with 100,000 passages of made-up text, its words as
 * unevenly frequent as a language's, on PGlite or on the PostgreSQL that apt installs. Prints how long it takes to fill, how
 * large it gets, and how long a search takes from the driver's call to its rows.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { connect } from '#edge/db/connect.ts'
import { createProjectDb } from '#edge/db/project.ts'
import { APP, OWNER, startNeonEndpoint } from '#edge/local/pglite.ts'
import { english } from '#edge/rules/language.ts'
import { analyseQuestion } from '#edge/rules/query.ts'
import type { SearchQuery } from '#edge/rules/search.ts'
import { idToUuid, newId } from '#shared/ids.ts'
import { enter, random } from '#tests/db/database.ts'
import { type Page, pagesOf } from '#tests/db/search-fixture.ts'
import { quantile } from '#tests/eval/measures.ts'
import { startPostgresEndpoint } from './postgres-endpoint.ts'

const VOCABULARY = 40_000
const WORDS_A_PASSAGE = 90
const PASSAGES_A_PAGE = 10
const PAGES_AT_ONCE = 50
const QUESTIONS = 200

const { values } = parseArgs({
  options: { passages: { type: 'string', default: '100000' }, postgres: { type: 'boolean', default: false } },
})
const PASSAGES = Number(values.passages)

/** Always the same numbers, so that runs can be compared. */
function createChance(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
const chance = createChance(7)

const cumulative: number[] = []
for (let rank = 1; rank <= VOCABULARY; rank++) cumulative.push((cumulative.at(-1) ?? 0) + 1 / rank)

/** Zipf's law: the word of rank n is n times rarer than the first. */
function drawWord(): string {
  const wanted = chance() * (cumulative.at(-1) ?? 0)
  let [low, high] = [0, VOCABULARY - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((cumulative[middle] ?? 0) < wanted) low = middle + 1
    else high = middle
  }
  return wordOf(low)
}

function wordOf(rank: number): string {
  const syllables = ['ba', 'ce', 'di', 'fo', 'gu', 'ha', 'ke', 'li', 'mo', 'nu', 'pa', 're', 'so', 'tu', 'va', 'wo']
  let word = 'x'
  for (let rest = rank + 16; rest > 0; rest = Math.floor(rest / 16)) word += syllables[rest % 16]
  return `${word}k`
}

const drawText = (): string => Array.from({ length: WORDS_A_PASSAGE }, drawWord).join(' ')

const ask = (words: readonly string[]): SearchQuery => analyseQuestion(words.join(' '), english)
const drawWords = (): string[] => Array.from({ length: 6 }, drawWord)
const RELATED_A_WORD = 2

const KINDS: Record<string, () => SearchQuery> = {
  'six words of a passage': () => ask(drawWords()),
  'the same, two misspelt': () => ask(drawWords().map((word, n) => (n < 2 ? word.replace(/^x(.)/, 'x$1$1') : word))),
  'the same, for each two that it may be called instead': () => {
    const query = ask(drawWords())
    const related = () => Array.from({ length: RELATED_A_WORD }, () => english.stem(drawWord()))
    return { ...query, terms: query.terms.map((term) => ({ ...term, related: related() })) }
  },
  'frequent words only': () => ask(Array.from({ length: 4 }, () => wordOf(Math.floor(chance() * 30)))),
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pernoex-bench-'))
  const front = values.postgres
    ? await startPostgresEndpoint()
    : await startNeonEndpoint({ dataDir: join(folder, 'data') })
  try {
    await measure(front)
  } finally {
    await front.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function measure(front: Awaited<ReturnType<typeof startNeonEndpoint>>): Promise<void> {
  const address = (user: string) => ({
    connectionString: front.connectionString(user),
    httpEndpoint: front.httpEndpoint,
  })
  const [asApp, asOwner] = [connect(address(APP)), connect(address(OWNER))]
  const [version] = await asOwner.query(`select split_part(version(), ' ', 2) as version`)
  const projectId = newId('project', random)
  const organization = idToUuid(newId('organization', random))
  await asOwner.query('insert into organizations (id, name) values ($1, $2)', [organization, 'Bench'])
  await asApp.transaction([
    enter(asApp, idToUuid(projectId)),
    asApp.query('insert into projects (project_id, organization_id, name) values ($1, $2, $3)', [
      idToUuid(projectId),
      organization,
      'Bench',
    ]),
  ])
  console.log(`PostgreSQL ${version?.version}${values.postgres ? '' : ' (PGlite)'}, ${PASSAGES} passages`)
  const seconds = await fill(pagesOf({ asApp }, idToUuid(projectId)))
  await asOwner.query('analyze')
  const sizes = await asOwner.query(
    `select relname, pg_total_relation_size(oid)::float8 / 1048576 as megabytes, reltuples::int8 as rows
     from pg_class where relname like 'search\\_%' and relkind = 'r' order by 2 desc`,
  )
  console.log(`filled in ${seconds.toFixed(0)} s`)
  for (const { relname, megabytes, rows } of sizes)
    console.log(`  ${relname} ${Number(megabytes).toFixed(0)} MB, ${rows} rows`)
  const db = createProjectDb(address(APP), projectId)
  for (const [kind, draw] of Object.entries(KINDS)) {
    const times: number[] = []
    for (let number = 0; number < QUESTIONS; number++) {
      const query = draw()
      const startedMs = performance.now()
      await db.search(query, 12)
      times.push(performance.now() - startedMs)
    }
    console.log(`${kind}: p50 ${quantile(times, 0.5).toFixed(1)} ms, p95 ${quantile(times, 0.95).toFixed(1)} ms`)
  }
}

/** Seconds that writing passages and index took. */
async function fill(pages: ReturnType<typeof pagesOf>): Promise<number> {
  const startedMs = performance.now()
  for (let written = 0; written < PASSAGES; ) {
    const some = new Map<string, Page>()
    while (some.size < PAGES_AT_ONCE && written < PASSAGES) {
      const size = Math.min(PASSAGES_A_PAGE, PASSAGES - written)
      const passages = Array.from({ length: size }, () => ({ headings: [drawWord()], text: drawText() }))
      some.set(idToUuid(newId('document', random)), { title: drawWord(), passages })
      written += size
    }
    await pages.write(some)
    if (written % 10_000 === 0)
      console.error(`  ${written} passages after ${((performance.now() - startedMs) / 1000).toFixed(0)} s`)
  }
  return (performance.now() - startedMs) / 1000
}

await main()
