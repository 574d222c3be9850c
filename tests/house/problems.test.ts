import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { problemBody } from '#edge/errors.ts'
import { PROBLEMS } from '#shared/problems.ts'
import type { ProblemCode } from '#shared/wire.ts'
import { createHosts } from './hosts.ts'
import { HOST, spyWorld } from './spy-ports.ts'

const codes = Object.keys(PROBLEMS) as ProblemCode[]
const handbook = readFileSync(new URL('../../examples/docs/errors.md', import.meta.url), 'utf8')

/** Of routes that are still to come. */
const NOT_SENT = /^(?:signature_|timestamp_)/
const sent = codes.filter((code) => !NOT_SENT.test(code))

async function page(host: string): Promise<{ answer: Response; html: string }> {
  const answer = await createHosts(spyWorld().ports).fetch(new Request(`${host}/docs/problems`))
  return { answer, html: await answer.text() }
}

test.each([HOST, 'http://app.example.test'])(
  'on %s the type of every refusal leads to its place on a page',
  async (host) => {
    const { answer, html } = await page(host)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    for (const code of codes) {
      const { type, title, detail, status } = problemBody(code, 'req_1')
      const { pathname, hash } = new URL(type, host)
      expect([pathname, hash]).toEqual(['/docs/problems', `#${code}`])
      const [section = ''] = new RegExp(`<section id="${code}">.*</section>`).exec(html) ?? []
      for (const part of [title, detail, `status ${status}`, PROBLEMS[code].remedy]) expect(section).toContain(part)
    }
  },
)

test('that page is cacheable, runs nothing and loads nothing', async () => {
  const { answer, html } = await page(HOST)
  expect(answer.headers.get('cache-control')).toBe('public, max-age=3600')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  expect(answer.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/)
  expect(html).not.toMatch(/<script|\son\w+=|(?:src|href)=/)
  const style = /<style>([\s\S]*)<\/style>/.exec(html)?.[1] ?? ''
  const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(style))).toString('base64')
  expect(answer.headers.get('content-security-policy')).toContain(`'sha256-${hash}'`)
})

/** A section may tell of several codes: `### a, b and c`, then `Status 1, 2 and 3.` or one status for all. */
function told(code: string): number | null {
  for (const [, title = '', statuses = ''] of handbook.matchAll(/^### (.+)\n\nStatus ([\d, and]+)\./gm)) {
    const place = title.split(/, | and /).indexOf(code)
    const numbers = statuses.match(/\d+/g) ?? []
    if (place >= 0) return Number(numbers.length === 1 ? numbers[0] : numbers[place])
  }
  return null
}

test.each(sent)('the handbook tells of %s, with the status that is sent', (code) => {
  expect(told(code)).toBe(PROBLEMS[code].status)
})

test("the handbook's sample is what the code sends", () => {
  const sample = JSON.parse(/```json\n([\s\S]*?)```/.exec(handbook)?.[1] ?? '{}')
  expect(sample).toEqual(problemBody('origin_not_allowed', sample.requestId))
})
