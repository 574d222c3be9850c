import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ACTS, actInWords, objectOf } from '#dashboard/audit-words.ts'
import { explainSentence, originOf } from '#dashboard/explain-words.ts'
import { adviceOn } from '#dashboard/key-advice.ts'
import { previewRule } from '#dashboard/rule-preview.ts'
import { pinnedSnippetFor, snippetFor } from '#dashboard/snippet.ts'
import { MAX_FILE_BYTES, planUpload } from '#dashboard/upload-plan.ts'
import { browserOf } from '#dashboard/user-agent.ts'
import { explainOrigin } from '#shared/explain-origin.ts'
import { RULES_SAVED } from '#tests/vectors/origin-rules.ts'

describe('the preview of a rule', () => {
  test.each([
    ['example.com', 'example.com', ['https://example.com'], 'https://www.example.com'],
    [
      '*.Example.com/',
      '*.example.com',
      ['https://docs.example.com', 'https://eu.docs.example.com'],
      'https://example.com',
    ],
    [
      'https://app.example.com:8443',
      'https://app.example.com:8443',
      ['https://app.example.com:8443'],
      'http://app.example.com',
    ],
    ['http://localhost:3000', 'http://localhost:3000', ['http://localhost:3000'], 'http://localhost:3001'],
  ])('%s says what it admits, and what people may take it to admit', (typed, rule, admits, refused) => {
    const preview = previewRule(typed)
    expect(preview).toMatchObject({ ok: true, rule, admits })
    expect(preview.ok && preview.refuses).toContain(refused)
  })

  test('its examples are what the guard would say, for every rule that can be saved', () => {
    const saved = Object.keys(RULES_SAVED)
      .map(previewRule)
      .flatMap((preview) => (preview.ok ? [preview] : []))
    expect(saved.length).toBeGreaterThan(10)
    for (const { rule, admits, refuses } of saved) {
      expect(admits.length, rule).toBeGreaterThan(0)
      expect(refuses.length, rule).toBeGreaterThan(0)
      for (const origin of admits) expect(explainOrigin([{ rule }], origin, 'live', 0).allowed, origin).toBe(true)
      for (const origin of refuses) expect(explainOrigin([{ rule }], origin, 'live', 0).allowed, origin).toBe(false)
    }
  })

  test('what cannot be saved says why', () => {
    expect(previewRule('*.co.uk')).toEqual({ ok: false, sentence: expect.stringMatching(/own domain/) })
  })
})

describe('trying an origin', () => {
  test.each([
    ['https://docs.example.com/a/b?c', 'https://docs.example.com'],
    [' docs.example.com ', 'https://docs.example.com'],
    ['http://localhost:3000/x', 'http://localhost:3000'],
    ['null', null],
    ['', null],
    ['javascript://x', null],
    ['file:///home/me', null],
  ])('%j is taken for %s', (typed, origin) => {
    expect(originOf(typed)).toBe(origin)
  })

  test('every verdict has a sentence that begins with it', () => {
    const rules = [{ rule: '*.example.com' }, { rule: 'https://example.org:8443' }]
    for (const origin of [
      'https://a.example.com',
      'https://example.com',
      'http://a.example.com',
      'https://example.org',
      'null',
    ]) {
      const verdict = explainOrigin(rules, origin, 'live', 0)
      expect(explainSentence(verdict, origin)).toMatch(verdict.allowed ? /^Admitted/ : /^Refused/)
    }
    expect(explainSentence({ allowed: false, rule: '*.example.com', reason: 'apex_not_covered' }, '')).toContain(
      'Add example.com',
    )
  })
})

describe('whether a key can be revoked', () => {
  const now = Date.UTC(2026, 5, 20)
  const daysAgo = (days: number): string => new Date(now - days * 86_400_000).toISOString()
  test.each([
    ['active', daysAgo(0.1), daysAgo(30), 'in_use'],
    ['active', daysAgo(3), daysAgo(30), 'slowing'],
    ['grace', daysAgo(8), daysAgo(30), 'safe'],
    ['active', null, daysAgo(30), 'safe'],
    ['active', null, daysAgo(2), 'too_early'],
    ['revoked', daysAgo(0.1), daysAgo(30), 'ended'],
    ['expired', null, daysAgo(30), 'ended'],
  ] as const)('%s, used %s, watched since %s: %s', (state, lastUsedAt, watchedSince, advice) => {
    expect(adviceOn({ state, lastUsedAt, watchedSince }, now)).toBe(advice)
  })
})

describe('which dropped files are documents', () => {
  const plan = (...files: [string, number?][]) => planUpload(files.map(([path, size = 10]) => ({ path, size })))

  test('those that are read, and no others', () => {
    const { accepted, rejected, ignored } = plan(
      ['guide/start.md'],
      ['guide/IMAGE.PNG'],
      ['guide/.git/config.txt'],
      ['node_modules/x/readme.md'],
      ['index.HTML'],
      ['notes.pdf'],
    )
    expect(accepted.map(({ path }) => path)).toEqual(['guide/start.md', 'index.HTML'])
    expect(rejected).toEqual([{ path: 'notes.pdf', reason: 'Only .md, .mdx, .html and .txt files are read.' }])
    expect(ignored).toBe(3)
  })

  test.each([
    ['empty.md', 0, /empty/],
    ['huge.md', MAX_FILE_BYTES + 1, /2 MB/],
    [`${'x'.repeat(500)}.md`, 1, /500 characters/],
    ['a\\b.md', 1, /backslash/],
    ['a\u0000b.md', 1, /control/],
  ])('%j is refused with a reason', (path, size, reason) => {
    expect(plan([path, size]).rejected).toEqual([{ path, reason: expect.stringMatching(reason) }])
  })

  test('the same path twice is sent once', () => {
    expect(plan(['a.md'], ['a.md'])).toMatchObject({ accepted: [{ path: 'a.md' }], rejected: [{ path: 'a.md' }] })
  })
})

test('whatever is written into the audit log has words, and an act that is newer than the page keeps its name', () => {
  const written = readdirSync('edge-api', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...readFileSync(`edge-api/${path}`, 'utf8').matchAll(/\baction: '([a-z_]+\.[a-z_]+)'/g)])
    .map(([, action]) => action)
  expect(written.length).toBeGreaterThan(30)
  expect([...new Set(written)].filter((action) => action !== undefined && !(action in ACTS))).toEqual([])
  expect(objectOf({ target: 'orl_1', details: { rule: 'docs.example.com' } })).toBe('docs.example.com')
  expect(actInWords('rocket.launched')).toBe('rocket launched')
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0',
    'Edge on Windows',
  ],
  ['curl/8.5.0', 'curl'],
  ['', 'Unknown program'],
])('%s is %s', (userAgent, words) => {
  expect(browserOf(userAgent)).toBe(words)
})

test('the pinned snippet names one file and what must be in it', () => {
  const release = { file: 'widget-1a2b3c4d.js', integrity: 'sha256-abc=' }
  expect(pinnedSnippetFor('https://edge.example', 'pnx_pk_live_1', release)).toBe(
    '<script async src="https://edge.example/widget-1a2b3c4d.js" integrity="sha256-abc=" crossorigin="anonymous" data-key="pnx_pk_live_1"></script>',
  )
})

test('the snippet is one tag', () => {
  expect(snippetFor('https://edge.example', 'pnx_pk_live_1')).toBe(
    '<script async src="https://edge.example/widget.js" data-key="pnx_pk_live_1"></script>',
  )
})
