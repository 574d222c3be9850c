import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer, SearchResponse } from '#shared/wire.ts'
import { type Harness, startHarness } from './harness.ts'

let harness: Harness
beforeAll(async () => {
  harness = await startHarness()
})
afterAll(() => harness.close())

const PAGE = '# Konto\n\nIm Profil stehen alle Einstellungen des Kontos bereit.\n'

async function projectIn(language: string) {
  const project = await harness.createProject()
  await project.sql('update projects set language = $1', [language])
  await project.publish()
  await project.ingest({ 'konto.md': PAGE })
  return project
}

test.each([
  ['de', 1, 'answered'],
  ['en', 0, 'abstained'],
])(
  "a project's language (%s) decides which words are the same, in searches and in answers",
  async (language, hits, outcome) => {
    const project = await projectIn(language)
    const found = (await (await project.get('/v1/search?q=Einstellung')).json()) as SearchResponse
    expect(found.hits).toHaveLength(hits)
    const asked = await project.post(
      '/v1/answers',
      { question: 'Einstellung' },
      { headers: { Accept: 'application/json' } },
    )
    expect(((await asked.json()) as Answer).outcome).toBe(outcome)
  },
)
