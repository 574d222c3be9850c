import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Answer } from '#shared/wire.ts'
import { type Harness, startHarness, type TestProject } from './harness.ts'

/** A customer's own server, which holds a secret key and speaks for its visitors. */
let harness: Harness
let project: TestProject
let answer: Answer
beforeAll(async () => {
  harness = await startHarness()
  project = await harness.createProject()
  const response = await call('POST', '/v1/answers', {}, { question: 'anything' })
  answer = (await response.json()) as Answer
})
afterAll(() => harness.close())

function call(method: string, path: string, headers: Record<string, string>, body?: object): Promise<Response> {
  return fetch(harness.edge + path, {
    method,
    headers: {
      Authorization: `Bearer ${project.secretKey}`,
      Accept: 'application/json',
      'Content-Type': 'application/json',
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

const path = () => `/v1/threads/${answer.thread.id}`

test('a secret key alone opens no conversation, nor does a wrong secret', async () => {
  const wrong = `${answer.thread.secret.slice(0, -1)}${answer.thread.secret.endsWith('0') ? '1' : '0'}`
  for (const headers of [{}, { 'Pernoex-Thread-Secret': wrong }, { 'Pernoex-Thread-Secret': '' }])
    expect((await call('GET', path(), headers as Record<string, string>)).status).toBe(404)
})

test('a page is not heard with that header: it would need a preflight that nobody grants', async () => {
  const headers = { 'Pernoex-Thread-Secret': answer.thread.secret }
  expect((await project.get(path(), { headers })).status).toBe(404)
})

test('a secret key reads and forgets a conversation with its secret in a header of its own', async () => {
  const headers = { 'Pernoex-Thread-Secret': answer.thread.secret }
  const read = await call('GET', path(), headers)
  expect([read.status, (await read.json()).messages.length]).toEqual([200, 2])
  expect((await call('DELETE', path(), headers)).status).toBe(204)
  expect((await call('GET', path(), headers)).status).toBe(404)
})

test('what is wrong with a body is said in our own words', async () => {
  const errorsOf = async (route: string, body: object) => (await (await call('POST', route, {}, body)).json()).errors
  expect(await errorsOf('/v1/answers', {})).toEqual([{ path: 'question', message: 'Expected a string.' }])
  expect(await errorsOf('/v1/answers', [])).toEqual([{ path: '', message: 'Expected an object.' }])
  expect(await errorsOf('/v1/feedback', { answerId: 'x', thread: { id: 1, secret: 's' }, rating: 'meh' })).toEqual([
    { path: 'thread.id', message: 'Expected a string.' },
    { path: 'rating', message: 'up or down.' },
  ])
})
