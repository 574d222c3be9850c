import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { buildDashboard, type DashboardFile, type DashboardManifest } from '#dashboard/build.ts'
import { managementRoutes } from '#edge/management-routes.ts'
import { DASHBOARD_PAGES } from '#shared/dashboard-paths.ts'
import { createHosts } from './hosts.ts'
import { ROOT } from './sources.ts'
import { HOST, type SpyWorld, spyWorld } from './spy-ports.ts'

const APP = 'https://app.example.test'
/** Bytes, gzipped: scripts and styles. */
const FIRST_VISIT_BUDGET = 90_000

test('every call that the dashboard makes is one of the management API', () => {
  const calls = readFileSync(join(ROOT, 'dashboard/calls.ts'), 'utf8')
  const named = [...calls.matchAll(/^ {2}'([A-Z]+) (\/api\/[^']+)'/gm)].map(([, method, path]) => `${method} ${path}`)
  const served = Object.entries(managementRoutes(spyWorld().ports)).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((call) => !served.includes(call))).toEqual([])
})

describe('the dashboard is served', () => {
  const PAGE = '<!doctype html><title>Pernoex</title>'
  let world: SpyWorld
  beforeEach(() => {
    world = spyWorld()
    world.ports.assets.fetch = async (path) =>
      path === '/dashboard/index.html' || path === '/dashboard/assets/main-1a2b3c4d.js'
        ? new Response(PAGE, { headers: { 'content-type': 'text/html; charset=utf-8', etag: '"1"' } })
        : new Response(null, { status: 404 })
  })
  const get = (url: string, accept = 'text/html') =>
    Promise.resolve(createHosts(world.ports).fetch(new Request(url, { headers: { accept } })))
  const filled = DASHBOARD_PAGES.map((pattern) => pattern.replace(/:\w+/g, 'prj_1'))

  test.each(filled)('at %s, under a policy that lets nothing but our own files run', async (path) => {
    const answer = await get(APP + path)
    expect([answer.status, await answer.text()]).toEqual([200, PAGE])
    expect(answer.headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "img-src 'self' data:",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ])
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(answer.headers.get('strict-transport-security')).toContain('max-age=31536000')
  })

  test.each([...filled, '/assets/main-1a2b3c4d.js', '/index.html'])('%s: not on the edge host', async (path) => {
    const answer = await get(HOST + path)
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not_found' }])
  })

  test('an address without a page tells a person so, and a program', async () => {
    expect([(await get(`${APP}/nowhere`)).status, await (await get(`${APP}/nowhere`)).text()]).toEqual([404, PAGE])
    for (const [path, accept] of [
      ['/nowhere', 'application/json'],
      ['/api/nowhere', 'text/html'],
      ['/assets/main-99999999.js', 'text/html'],
      ['/assets/../index.html', 'application/json'],
      ['/dashboard/index.html', 'application/json'],
      ['/widget.js', '*/*'],
    ] as const) {
      const answer = await get(APP + path, accept)
      expect([path, answer.status, await answer.json()]).toMatchObject([path, 404, { code: 'not_found' }])
    }
  })

  test('files are kept by browsers for good, the page never', async () => {
    const file = await get(`${APP}/assets/main-1a2b3c4d.js`)
    expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'public, max-age=31536000, immutable'])
  })
})

describe('what is built', () => {
  let manifest: DashboardManifest
  beforeAll(async () => {
    manifest = await buildDashboard({ outDir: join(ROOT, 'dist/test-dashboard') })
  })
  const named = (name: string): DashboardFile => {
    const file = manifest.files.find((one) => one.name === name && one.file.endsWith('.js'))
    if (!file) throw new Error(`nothing was built of ${name}`)
    return file
  }
  /** Everything that comes with some files, themselves included. */
  const closure = (names: string[]): Set<DashboardFile> => {
    const found = new Set<DashboardFile>()
    const visit = (file: DashboardFile): void => {
      if (found.has(file)) return
      found.add(file)
      for (const other of manifest.files) if (file.needs.includes(other.file)) visit(other)
    }
    for (const name of names) visit(named(name))
    return found
  }
  const weight = (files: Iterable<DashboardFile>): number => [...files].reduce((sum, { gzip }) => sum + gzip, 0)

  test('a first visit, from signing in to the first page of a project, costs at most 90 kB of script and style', () => {
    const files = closure(['index', 'sign-in', 'projects', 'get-started'])
    expect([...files].some(({ file }) => file.endsWith('.css'))).toBe(true)
    expect(weight(files)).toBeLessThanOrEqual(FIRST_VISIT_BUDGET)
  })

  test('each page is a file of its own, which no other page brings along', () => {
    const pages = readdirSync(join(ROOT, 'dashboard/pages')).map((file) => file.replace('.tsx', ''))
    expect(pages.length).toBeGreaterThan(10)
    for (const page of pages) {
      const others = pages.filter((other) => other !== page).map((other) => named(other))
      expect([...closure([page])].filter((file) => others.includes(file))).toEqual([])
    }
  })

  test('the page holds no script and no style of its own', () => {
    const page = readFileSync(join(ROOT, 'dist/test-dashboard/index.html'), 'utf8')
    expect(page).not.toMatch(/<style|style=|\son\w+=|<script(?![^>]* src=)/)
  })
})
