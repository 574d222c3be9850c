import { signal } from '@preact/signals'
import { call } from './api.ts'
import type { AnswerOf } from './calls.ts'

export type ListedProject = AnswerOf<'GET /api/projects'>['items'][number]

/** All that this person sees, in the order in which they were made; null until they are loaded. */
export const projects = signal<ListedProject[] | null>(null)

export async function loadProjects(): Promise<void> {
  const found: ListedProject[] = []
  let cursor: string | undefined
  do {
    const page = await call('GET /api/projects', { query: { cursor, limit: '100' } })
    found.push(...page.items)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  projects.value = found
}
