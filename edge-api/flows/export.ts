import type { ProjectId } from '#shared/ids.ts'
import type { ProjectContent } from '../db/content.ts'
import type { Exported } from '../db/project/content-export.ts'
import type { ProjectSettings } from '../db/settings.ts'
import type { Page, Placed } from '../rules/page.ts'

export interface ExportedProject {
  projectId: ProjectId
  content: Pick<ProjectContent, 'exportDocuments' | 'exportConversations'>
  settings: Pick<ProjectSettings, 'readProject' | 'readLimits' | 'listRules' | 'pageOfKeys' | 'listEndpoints'>
}

const BATCH = 50
const PAGE = 100

/** All of a project as JSON, piece by piece: however much it is, little of it is in memory. No secret is among it. */
export async function* exportProject({ projectId, content, settings }: ExportedProject): AsyncGenerator<string> {
  const [project, limits, origins, webhooks] = await Promise.all([
    settings.readProject(),
    settings.readLimits(),
    settings.listRules(),
    settings.listEndpoints(),
  ])
  const keys = await everyPage((page) => settings.pageOfKeys(page))
  const about = { ...project, limits, origins, keys, webhooks }
  yield `{"id":${JSON.stringify(projectId)},"project":${JSON.stringify(about)},"documents":[`
  yield* items((after) => content.exportDocuments(after, BATCH))
  yield '],"conversations":['
  yield* items((after) => content.exportConversations(after, BATCH))
  yield ']}'
}

/** The organization with every project of it. */
export async function* exportOrganization(about: object, projects: readonly ExportedProject[]): AsyncGenerator<string> {
  yield `${JSON.stringify(about).slice(0, -1)},"projects":[`
  for (const [at, project] of projects.entries()) {
    if (at > 0) yield ','
    yield* exportProject(project)
  }
  yield ']}'
}

async function* items(next: (after: string | null) => Promise<Exported[]>): AsyncGenerator<string> {
  let found = await next(null)
  let first = true
  while (found.length > 0) {
    yield (first ? '' : ',') + found.map(({ json }) => json).join(',')
    first = false
    found = found.length < BATCH ? [] : await next(found.at(-1)?.uuid ?? null)
  }
}

export async function everyPage<Item>(read: (page: Page) => Promise<Placed<Item>[]>): Promise<Item[]> {
  const all: Item[] = []
  let page: Page = { after: null, limit: PAGE }
  for (;;) {
    const found = await read(page)
    const shown = found.slice(0, PAGE)
    all.push(...shown.map(({ item }) => item))
    if (found.length <= PAGE) return all
    page = { after: shown.at(-1)?.position ?? null, limit: PAGE }
  }
}
