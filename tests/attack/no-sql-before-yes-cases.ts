/** Whole requests, each with the description that the oracle judges. */
import fc from 'fast-check'
import { type BodyCase, bodyCase } from './no-sql-before-yes-bodies.ts'
import { type KeyCase, keyCase, looksSecret } from './no-sql-before-yes-keys.ts'
import { type OriginCase, originCase } from './no-sql-before-yes-origins.ts'
import { EDGE_HOST, type WorldKey } from './no-sql-before-yes-world.ts'
import type { RequestFacts, Route, Weather } from './oracle.ts'

export interface Case {
  facts: RequestFacts
  method: string
  url: string
  headers: [string, string][]
  body: Uint8Array<ArrayBuffer> | null
  /** Sent in pieces, with no length known beforehand. */
  isStreamed: boolean
}

const ROUTES: readonly Route[] = ['config', 'answers', 'search', 'feedback', 'thread']
const GOOD_METHODS: Record<Route, readonly string[]> = {
  config: ['GET', 'GET', 'HEAD'],
  answers: ['POST'],
  search: ['GET', 'GET', 'HEAD'],
  feedback: ['POST'],
  threads: [],
  thread: ['GET', 'DELETE', 'HEAD'],
  nowhere: ['GET', 'POST'],
}
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const NOWHERE = [
  '/',
  '/v1',
  '/v1/',
  '/v1/config/',
  '/v1//config',
  '/V1/config',
  '/v1/unknown',
  '/v1/threads',
  '/v1/threads/a/b',
  '/api/session',
  '/webhooks/github',
  '/v2/config',
  '/v1/answers.json',
]
const THREAD = `/v1/threads/thr_${'0'.repeat(21)}7`
const BAD_THREADS = [
  '/v1/threads/thr_',
  '/v1/threads/x',
  `/v1/threads/ans_${'0'.repeat(22)}`,
  `/v1/threads/thr_${'z'.repeat(22)}`,
  "/v1/threads/'or'1",
  '/v1/threads/..%2fconfig',
]
const GOOD_QUERIES = [
  'q=proxy',
  'q=how%20do%20I%20proxy%3F&limit=20',
  'q=%F0%9F%98%80&limit=1',
  "q='%3Bdrop%20table%20projects%3B--",
]
const BAD_QUERIES = [
  '',
  'q=',
  'q=%20%20',
  `q=${'a'.repeat(2001)}`,
  'q=%00',
  'q=a&limit=0',
  'q=a&limit=21',
  'q=a&limit=x',
  'q=a&limit=1.5',
  'q=a&limit=-1',
  'limit=5',
]

/** Headers that must change nothing: no key, no origin and no method lives in them. */
const NOISE: readonly [string, string][] = [
  ['referer', 'https://docs.acme.example/'],
  ['x-origin', 'https://docs.acme.example'],
  ['x-forwarded-host', EDGE_HOST],
  ['x-forwarded-for', '127.0.0.1'],
  ['x-http-method-override', 'GET'],
  ['x-original-url', '/v1/config'],
  ['forwarded', 'for=127.0.0.1;host=localhost'],
  ['cookie', '__Host-pnx_session=stolen'],
  ['sec-fetch-site', 'same-origin'],
  ['access-control-request-headers', 'authorization'],
  ['cf-connecting-ip', '203.0.113.9'],
  ['accept', 'application/json'],
]

const weather: fc.Arbitrary<Weather> = fc.record({
  gateReachable: mostly(true, [false], 24),
  exhausted: mostly([], [['network'], ['key'], ['origin'], ['network', 'key', 'origin']], 9),
  answerGate: mostly<Weather['answerGate']>(
    'admits',
    ['rate_limited', 'quota_exceeded', 'key_revoked', 'key_expired', 'origin_not_allowed', 'unavailable'],
    4,
  ),
  databaseKnows: mostly(true, [false], 5),
})

function mostly<Value>(usual: Value, others: Value[], weight: number): fc.Arbitrary<Value> {
  return fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
}

interface Choice {
  host: 'edge' | 'other'
  route: Route
  usualMethod: boolean
  method: string
  preflight: boolean
  origin: OriginCase
  callsAs: 'page' | 'server'
  key: KeyCase
  secondKey: KeyCase
  extra: 'none' | 'no-key' | 'empty-key' | 'both' | 'wrong-place' | 'two-keys'
  body: BodyCase
  input: RequestFacts['input']
  pick: number
  noise: (readonly [string, string])[]
  weather: Weather
}

/** Every request a page, a server or an attacker might send; most of them wrong in one place only, so that each check is reached. */
export function requestCase(keys: readonly WorldKey[]): fc.Arbitrary<Case> {
  const publicKey = keyCase(keys.filter(({ facts }) => facts.kind === 'public'))
  const secretKey = keyCase(keys.filter(({ facts }) => facts.kind === 'secret'))
  return fc
    .record({
      host: mostly<Choice['host']>('edge', ['other'], 40),
      route: fc.oneof(
        { weight: 30, arbitrary: fc.constantFrom(...ROUTES) },
        { weight: 1, arbitrary: fc.constant<Route>('nowhere') },
      ),
      usualMethod: mostly(true, [false], 10),
      method: fc.constantFrom(...METHODS, 'OPTIONS', 'OPTIONS'),
      preflight: mostly(true, [false], 4),
      origin: originCase,
      callsAs: mostly<Choice['callsAs']>('page', ['server'], 2),
      publicKey,
      secretKey,
      extra: mostly<Choice['extra']>('none', ['no-key', 'empty-key', 'both', 'wrong-place', 'two-keys'], 10),
      body: bodyCase,
      input: mostly<Choice['input']>('good', ['invalid', 'names-nothing'], 8),
      pick: fc.nat(1000),
      noise: fc.subarray([...NOISE]),
      weather,
    })
    .map(({ publicKey, secretKey, ...choice }) => {
      const [key, secondKey] = choice.callsAs === 'page' ? [publicKey, secretKey] : [secretKey, publicKey]
      return render({
        ...choice,
        key,
        secondKey,
        origin: choice.callsAs === 'server' && choice.pick % 5 > 0 ? ABSENT : choice.origin,
      })
    })
}

const ABSENT: OriginCase = { facts: { sort: 'absent' }, header: null }
const NOTHING: KeyCase = { presented: { sort: 'none' }, text: null }
const EMPTY: KeyCase = { presented: { sort: 'empty' }, text: '' }

function render(choice: Choice): Case {
  const { host, route, origin, pick, noise, weather } = choice
  const { query, bearer, more } = placeKeys(choice)
  const method = choice.usualMethod ? (GOOD_METHODS[route][pick % GOOD_METHODS[route].length] ?? 'GET') : choice.method
  const preflight = method === 'OPTIONS' && choice.preflight
  const input = inputOf(choice)
  const body = choice.body.for(route)
  const sendsBody = method === 'POST' || method === 'PUT' || method === 'PATCH'
  const headers: [string, string][] = [...noise.map(([name, value]): [string, string] => [name, value])]
  if (origin.header !== null) headers.push(['origin', origin.header])
  if (bearer.text !== null) headers.push(['authorization', `Bearer ${bearer.text}`])
  if (route === 'thread' && input !== 'invalid')
    headers.push(
      bearer.text === null
        ? ['authorization', 'Bearer the-threads-own_secret']
        : ['pernoex-thread-secret', 'the-threads-own_secret'],
    )
  if (preflight) headers.push(['access-control-request-method', GOOD_METHODS[route][0] ?? 'GET'])
  if (sendsBody) headers.push(...body.headers)
  return {
    facts: {
      host,
      route,
      method,
      preflight,
      origin: origin.facts,
      query: query.presented,
      bearer: bearer.presented,
      body: body.facts,
      input,
      weather,
    },
    method,
    url: `http://${host === 'edge' ? EDGE_HOST : otherHost(route, pick)}${addressOf(route, input, pick, query, more)}`,
    headers,
    body: sendsBody ? body.bytes : null,
    isStreamed: body.isStreamed,
  }
}

/** What is nowhere on the edge host may be a page or a call of the app host, which this contract is not about. */
function otherHost(route: Route, pick: number): string {
  return pick % 2 === 1 && route !== 'nowhere' ? 'app.example.test' : 'evil.test'
}

/** What the query and the Authorization header carry. `more`: parameters after the first key, which nobody reads. */
function placeKeys({ route, callsAs, key, secondKey, extra }: Choice): {
  query: KeyCase
  bearer: KeyCase
  more: string
} {
  // On this route a Bearer token that is no secret key is the thread's own.
  const bearerOf = (shown: KeyCase): KeyCase => (route === 'thread' && !looksSecret(shown) ? NOTHING : shown)
  const usual = callsAs === 'page' ? { query: key, bearer: NOTHING } : { query: NOTHING, bearer: bearerOf(key) }
  if (extra === 'no-key') return { query: NOTHING, bearer: NOTHING, more: '' }
  if (extra === 'empty-key') return { query: EMPTY, bearer: NOTHING, more: '' }
  if (extra === 'both')
    return callsAs === 'page'
      ? { query: key, bearer: bearerOf(secondKey), more: '' }
      : { query: secondKey, bearer: bearerOf(key), more: '' }
  if (extra === 'wrong-place')
    return callsAs === 'page'
      ? { query: NOTHING, bearer: bearerOf(key), more: '' }
      : { query: key, bearer: NOTHING, more: '' }
  return { ...usual, more: extra === 'two-keys' ? `&key=${encodeURIComponent(secondKey.text ?? '')}` : '' }
}

function inputOf({ route, input }: Choice): RequestFacts['input'] {
  if (route === 'search') return input === 'names-nothing' ? 'good' : input
  return route === 'thread' ? input : 'good'
}

function addressOf(route: Route, input: RequestFacts['input'], pick: number, query: KeyCase, more: string): string {
  const choose = (from: readonly string[]): string => from[pick % from.length] ?? ''
  const key = query.text === null ? '' : `key=${encodeURIComponent(query.text)}${more}`
  if (route === 'nowhere') return `${choose(NOWHERE)}?${key}`
  if (route === 'thread') return `${input === 'names-nothing' ? choose(BAD_THREADS) : THREAD}?${key}`
  if (route === 'search') return `/v1/search?${choose(input === 'good' ? GOOD_QUERIES : BAD_QUERIES)}&${key}`
  return `/v1/${route}?${key}`
}
