import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ROOMS, type Room } from './import-table.ts'
import { linterOverrides } from './linter-rules.ts'
import { type Import, importsOf, projectFiles, ROOT } from './sources.ts'

const files = projectFiles(/\.tsx?$/)

const isIn = (path: string, room: string): boolean => path === room || path.startsWith(`${room}/`)

/** The most specific room of a path; null when the table has no row for it. */
function roomOf(path: string): Room | null {
  const rooms = ROOMS.filter((room) => isIn(path, room.path))
  return rooms.sort((left, right) => right.path.length - left.path.length)[0] ?? null
}

function isAllowed(room: Room, file: string, { target, inside, typeOnly }: Import): boolean {
  if (!inside) return room.packages.includes('*') || room.packages.includes(target) || (target === 'hono' && typeOnly)
  if (isIn(target, room.path) && roomOf(target)?.path === room.path) return true
  const rooms = typeOnly ? [...room.value, ...(room.types ?? [])] : room.value
  if (target === file) return false
  return (
    rooms.some((allowed) => isIn(target, allowed)) &&
    !(isIn(target, 'edge-api/local') && !isIn(file, 'edge-api/local') && !isIn(file, 'tests'))
  )
}

test('every folder with TypeScript has a row in the import table', () => {
  expect(files.filter((file) => !roomOf(file))).toEqual([])
})

test('every import obeys the import table', () => {
  const broken = files.flatMap((file) => {
    const room = roomOf(file)
    if (!room) return []
    return importsOf(file)
      .filter((found) => !isAllowed(room, file, found))
      .map(({ target, typeOnly }) => `${file} imports ${typeOnly ? 'types of ' : ''}${target}`)
  })
  expect(broken).toEqual([])
})

test('the table refuses what the house forbids', () => {
  const refused = (file: string, target: string, inside = true, typeOnly = false): boolean => {
    const room = roomOf(file)
    return room !== null && !isAllowed(room, file, { target, inside, typeOnly })
  }
  expect(refused('edge-api/rules/chunk.ts', 'hono', false)).toBe(true)
  expect(refused('edge-api/rules/chunk.ts', 'node', false)).toBe(true)
  expect(refused('edge-api/routes/answers.ts', 'edge-api/db/project.ts')).toBe(true)
  expect(refused('edge-api/worker.ts', 'edge-api/local/start.ts')).toBe(true)
  expect(refused('widget/client.ts', 'shared/wire.ts')).toBe(true)
  expect(refused('widget/client.ts', 'shared/wire.ts', true, true)).toBe(false)
  expect(refused('widget/client.ts', 'zod', false)).toBe(true)
})

test('no value import goes in a circle', () => {
  const graph = new Map(
    files.map((file) => [
      file,
      importsOf(file)
        .filter(({ inside, typeOnly }) => inside && !typeOnly)
        .map(({ target }) => target),
    ]),
  )
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    for (const target of graph.get(file) ?? []) visit(target, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('no route imports a sibling, and no source a sibling brand', () => {
  const siblings = files
    .filter((file) => /^edge-api\/(routes|providers)\//.test(file))
    .flatMap((file) =>
      importsOf(file)
        .filter(({ target, typeOnly }) => !typeOnly && /^edge-api\/routes\//.test(target))
        .map(({ target }) => `${file} imports ${target}`),
    )
  expect(siblings).toEqual([])
})

test('no page of the dashboard imports a sibling, and only its entry imports pages', () => {
  const importers = files
    .filter((file) => file.startsWith('dashboard/') && file !== 'dashboard/main.tsx')
    .filter((file) => importsOf(file).some(({ target }) => target.startsWith('dashboard/pages/')))
  expect(importers).toEqual([])
})

test('the linter knows the same table', () => {
  const config = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'))
  expect(config.overrides).toEqual(linterOverrides())
})

test('what ships imports direct dependencies only, and what does not may add dev dependencies', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  // The last one is ours: examples name the package as customers do, and the test of it installs it.
  const builtIn = ['node', 'cloudflare', '@pernoex/widget']
  const undeclared = files.flatMap((file) => {
    const ships = roomOf(file)?.ships !== false
    return importsOf(file)
      .filter(({ inside, target }) => !inside && !builtIn.includes(target))
      .filter(({ target, typeOnly }) => {
        const named = [target, `@types/${target}`]
        const declared = ships && !typeOnly ? { ...dependencies } : { ...dependencies, ...devDependencies }
        return !named.some((name) => name in declared)
      })
      .map(({ target }) => `${file} imports ${target}`)
  })
  expect(undeclared).toEqual([])
})
