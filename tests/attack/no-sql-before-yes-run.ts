/** Sends generated requests through the whole app and holds what comes back against the oracle. */
import fc from 'fast-check'
import { type Case, requestCase } from './no-sql-before-yes-cases.ts'
import { createWorld, NOW_MS, type Sabotage, type World } from './no-sql-before-yes-world.ts'
import { type Expected, judge } from './oracle.ts'

export interface Run {
  /** How often each outcome was seen: a problem's code, or the status. */
  outcomes: Map<string, number>
  /** Requests that reached the database. */
  withSql: number
}

/** The same seed gives the same requests, keys and ids. Throws with the smallest request that breaks the contract. */
export async function runCases(seed: number, count: number, sabotage: Sabotage = {}): Promise<Run> {
  const world = createWorld(seededBytes(seed), sabotage)
  const run: Run = { outcomes: new Map(), withSql: 0 }
  const property = fc.asyncProperty(requestCase(world.keys), async (one) => {
    const expected = await check(world, one)
    const outcome = expected.code ?? String(expected.status)
    run.outcomes.set(outcome, (run.outcomes.get(outcome) ?? 0) + 1)
    if (expected.sql === 'always') run.withSql += 1
  })
  await fc.assert(property, { seed, numRuns: count })
  return run
}

async function check(world: World, one: Case): Promise<Expected> {
  const expected = judge(one.facts, NOW_MS)
  world.begin(one.facts.weather)
  const response = await world.app.fetch(toRequest(one))
  // To the end: an answer is stored while its stream is read.
  const text = await response.text()
  const calls = world.calls()
  must(
    response.status === expected.status,
    `status ${response.status} ${text}, expected ${expected.status} ${expected.code}`,
  )
  must(expected.sql === 'always' ? calls > 0 : calls === 0, `${calls} calls of the database, expected ${expected.sql}`)
  const isRefusal = expected.code !== null
  if (isRefusal && expected.sql === 'never' && expected.status !== 400 && expected.status !== 413)
    must(!isBeforeProject(expected) || world.opened() === 0, 'a database was opened')
  if (isRefusal) checkProblem(one, response, text, expected)
  checkHeaders(one, response, expected)
  return expected
}

/** Refusals of origin, key and scope come before the step that opens a database; later ones may have opened, and not used, one. */
function isBeforeProject({ code }: Expected): boolean {
  return code !== null && /^origin_m|^key_(?:mi|ma|un)|^scope_|^method_/.test(code)
}

function checkProblem({ method }: Case, { headers }: Response, text: string, expected: Expected): void {
  must(headers.get('content-type') === 'application/problem+json', `content type ${headers.get('content-type')}`)
  must(headers.has('retry-after') === expected.retryAfter, `Retry-After ${headers.get('retry-after')}`)
  if (method === 'HEAD') return
  const problem = JSON.parse(text) as Record<string, unknown>
  must(problem.code === expected.code, `code ${problem.code}, expected ${expected.code}`)
  must(problem.status === expected.status, `status ${problem.status} in the body`)
  const isWhole = ['type', 'title', 'detail', 'requestId'].every(
    (name) => typeof problem[name] === 'string' && problem[name] !== '',
  )
  must(isWhole, `not a whole problem: ${text}`)
  must(expected.code !== 'body_invalid' || Array.isArray(problem.errors), 'body_invalid without errors')
}

function checkHeaders(one: Case, { headers }: Response, expected: Expected): void {
  const origin = one.headers.find(([name]) => name === 'origin')?.[1] ?? null
  const allowed = headers.get('access-control-allow-origin')
  must(
    allowed === (expected.namesOrigin ? origin : null),
    `allow-origin ${allowed}, expected ${expected.namesOrigin ? origin : 'none'}`,
  )
  const vary = (headers.get('vary') ?? '').split(',').map((name) => name.trim().toLowerCase())
  must(vary.includes('origin'), `Vary ${headers.get('vary')}`)
  must(!headers.has('access-control-allow-credentials'), 'credentials were allowed')
  must(!headers.has('set-cookie'), 'a cookie was set')
  must(headers.get('cache-control')?.includes('no-store') === true, `Cache-Control ${headers.get('cache-control')}`)
  if (expected.status === 204 && one.facts.preflight) {
    must(headers.get('access-control-max-age') === '7200', 'Max-Age')
    must(!/\*/.test(headers.get('access-control-allow-headers') ?? '*'), 'allow-headers are not explicit')
  }
}

function must(holds: boolean, sentence: string): asserts holds {
  if (!holds) throw new Error(sentence)
}

function toRequest({ method, url, headers, body, isStreamed }: Case): Request {
  if (body === null) return new Request(url, { method, headers })
  const init = { method, headers, body: isStreamed ? inPieces(body) : body, duplex: 'half' }
  return new Request(url, init as RequestInit)
}

function inPieces(body: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  let start = 0
  return new ReadableStream({
    pull(controller) {
      if (start >= body.length) return controller.close()
      const end = start + Math.max(1, Math.ceil(body.length / 3))
      controller.enqueue(body.slice(start, end))
      start = end
    },
  })
}

/** Mulberry32: enough for ids that repeat with the seed. */
function seededBytes(seed: number): (bytes: Uint8Array) => void {
  let state = seed >>> 0
  return (bytes) => {
    for (let index = 0; index < bytes.length; index++) {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      bytes[index] = (mixed ^ (mixed >>> 14)) & 0xff
    }
  }
}
