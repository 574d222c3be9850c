/**
 * What the public contract promises for a request, judged from a description of the request and never from its text: this
 * file reads no header, parses no origin and imports nothing of the guard. Two independent readings of one contract have
 * to agree (tests/attack/no-sql-before-yes.test.ts).
 */

/** An origin in its parts; `port: null` is the scheme's default. A host that ends in a dot has an empty last label. */
export interface OriginParts {
  scheme: 'http' | 'https'
  labels: readonly string[]
  port: number | null
}

export interface RuleParts extends OriginParts {
  /** Any deeper name over the same scheme and port, but not this one. */
  wildcard: boolean
  expiresAtMs: number | null
}

export interface KeyFacts {
  kind: 'public' | 'secret'
  environment: 'live' | 'test'
  /** Null: the project's policy does not have this key. */
  scopes: readonly Scope[] | null
  revokedAtMs: number | null
  expiresAtMs: number | null
  /** Null: never published. */
  rules: readonly RuleParts[] | null
}

export type Scope = 'config' | 'answers' | 'search' | 'feedback' | 'threads'

/** What the caller presents as a key, in the query or as a Bearer token. */
export type Presented =
  | { sort: 'none' }
  /** `?key=` with nothing behind it. */
  | { sort: 'empty' }
  /** Made by us and untouched. */
  | { sort: 'genuine'; key: KeyFacts }
  /** Not one character for character that we made; `looks` as its beginning says. */
  | { sort: 'forged'; looks: 'public' | 'secret' }

export type OriginFacts =
  | { sort: 'absent' }
  | { sort: 'null' }
  | { sort: 'not-a-browsers' }
  | ({ sort: 'browser' } & OriginParts)

export interface RequestFacts {
  host: 'edge' | 'other'
  route: Route
  method: string
  /** OPTIONS with Access-Control-Request-Method. */
  preflight: boolean
  origin: OriginFacts
  query: Presented
  bearer: Presented
  body: BodyFacts
  /** What the query string, the path or the thread's secret says beside the key. */
  input: 'good' | 'invalid' | 'names-nothing'
  weather: Weather
}

export type Route = Scope | 'thread' | 'nowhere'

export interface BodyFacts {
  /** Content-Length says more than the route accepts, or no number at all. */
  declaredTooLarge: boolean
  /** More bytes arrive than the route accepts. */
  isTooLarge: boolean
  mediaType: 'json' | 'other'
  /** `names-nothing`: well-formed, but an id in it is not of its kind. */
  content: 'good' | 'invalid' | 'names-nothing'
  /** A question that belongs to an earlier conversation. */
  continuesThread: boolean
}

/** What the world around the guard does at that moment. */
export interface Weather {
  gateReachable: boolean
  exhausted: readonly ('network' | 'key' | 'origin')[]
  answerGate:
    | 'admits'
    | 'rate_limited'
    | 'quota_exceeded'
    | 'key_revoked'
    | 'key_expired'
    | 'origin_not_allowed'
    | 'unavailable'
  /** Does the database know the thread or the answer that the request names? */
  databaseKnows: boolean
}

export interface Expected {
  status: number
  /** Of the problem; null for what is no refusal. */
  code: string | null
  /** Does Access-Control-Allow-Origin name the caller's origin? Otherwise there is none. */
  namesOrigin: boolean
  /** May the database be touched? `always` where the answer cannot be known without it. */
  sql: 'never' | 'always'
  retryAfter: boolean
}

const METHODS: Record<Route, readonly string[]> = {
  config: ['GET', 'HEAD'],
  answers: ['POST'],
  search: ['GET', 'HEAD'],
  feedback: ['POST'],
  threads: [],
  thread: ['GET', 'HEAD', 'DELETE'],
  nowhere: [],
}

const STATUS: Record<string, number> = {
  origin_missing: 403,
  origin_malformed: 403,
  origin_not_allowed: 403,
  key_missing: 401,
  key_malformed: 401,
  key_unknown: 401,
  key_revoked: 401,
  key_expired: 401,
  scope_missing: 403,
  rate_limited: 429,
  quota_exceeded: 429,
  body_too_large: 413,
  body_invalid: 400,
  media_type_unsupported: 415,
  not_found: 404,
  method_not_allowed: 405,
  unavailable: 503,
}

export function judge(facts: RequestFacts, nowMs: number): Expected {
  const { route, method } = facts
  if (facts.host === 'other' || route === 'nowhere' || route === 'threads') return refusal('not_found', false)
  if (!METHODS[route].includes(method) && !(method === 'OPTIONS' && facts.preflight))
    return refusal('method_not_allowed', false)
  const entry = enter(facts, nowMs)
  if (typeof entry === 'string') return refusal(entry, false)
  const namesOrigin = entry.kind === 'public'
  if (facts.preflight && method === 'OPTIONS')
    return { status: 204, code: null, namesOrigin, sql: 'never', retryAfter: false }
  const scope: Scope = route === 'thread' ? 'threads' : route
  const code =
    keyRefusal(entry, scope, nowMs) ?? limitRefusal(facts, entry) ?? inputRefusal(facts) ?? gateRefusal(facts)
  return code === null ? admitted(facts, namesOrigin) : refusal(code, namesOrigin && code !== 'origin_not_allowed')
}

function refusal(code: string, namesOrigin: boolean, sql: Expected['sql'] = 'never'): Expected {
  const retryAfter = code === 'rate_limited' || code === 'quota_exceeded' || code === 'unavailable'
  return { status: STATUS[code] ?? 0, code, namesOrigin, sql, retryAfter }
}

/** Origin and key, up to the origin's match: the key that opens the project, or the refusal that names no origin. */
function enter({ origin, query, bearer, weather }: RequestFacts, nowMs: number): KeyFacts | string {
  const asServer =
    bearer.sort === 'forged' ? bearer.looks === 'secret' : bearer.sort === 'genuine' && bearer.key.kind === 'secret'
  if (origin.sort === 'null') return 'origin_not_allowed'
  if (origin.sort === 'not-a-browsers') return 'origin_malformed'
  // "refused whenever an Origin header is present": any Origin, and before the key is worth a look.
  if (asServer && origin.sort === 'browser') return 'origin_not_allowed'
  if (!asServer && origin.sort === 'absent') return 'origin_missing'
  const presented = asServer ? bearer : query
  if (presented.sort === 'none' || presented.sort === 'empty') return 'key_missing'
  if (presented.sort === 'forged') return 'key_malformed'
  const { key } = presented
  // A secret key in an address has been published; it is no key there.
  if (key.kind !== (asServer ? 'secret' : 'public')) return 'key_malformed'
  if (!weather.gateReachable) return 'unavailable'
  if (key.rules === null || key.scopes === null) return 'key_unknown'
  if (origin.sort === 'browser' && !admits(key, origin, nowMs)) return 'origin_not_allowed'
  return key
}

function admits({ environment, rules }: KeyFacts, origin: OriginParts, nowMs: number): boolean {
  const name = origin.labels.join('.')
  if (environment === 'test' && origin.scheme === 'http' && (name === 'localhost' || name === '127.0.0.1')) return true
  return (rules ?? []).some((rule) => {
    if (rule.scheme !== origin.scheme || rule.port !== origin.port) return false
    if (rule.expiresAtMs !== null && rule.expiresAtMs <= nowMs) return false
    const extra = origin.labels.length - rule.labels.length
    if (rule.wildcard ? extra < 1 : extra !== 0) return false
    return rule.labels.every((label, index) => label === origin.labels[extra + index])
  })
}

function keyRefusal(key: KeyFacts, scope: Scope, nowMs: number): string | null {
  if (key.revokedAtMs !== null && key.revokedAtMs <= nowMs) return 'key_revoked'
  if (key.expiresAtMs !== null && key.expiresAtMs <= nowMs) return 'key_expired'
  return key.scopes?.includes(scope) ? null : 'scope_missing'
}

function limitRefusal({ route, body, method, weather }: RequestFacts, key: KeyFacts): string | null {
  if (hasBody(method) && body.declaredTooLarge) return 'body_too_large'
  // A server is one network for all its visitors and has no page; what answers may cost, the gate counts exactly.
  const counted = key.kind === 'secret' ? ['key'] : route === 'answers' ? ['network'] : ['network', 'key', 'origin']
  return weather.exhausted.some((name) => counted.includes(name)) ? 'rate_limited' : null
}

function inputRefusal({ route, method, body, input }: RequestFacts): string | null {
  if (hasBody(method)) {
    if (body.mediaType === 'other') return 'media_type_unsupported'
    if (body.isTooLarge) return 'body_too_large'
    if (body.content === 'invalid') return 'body_invalid'
    if (body.content === 'names-nothing') return 'not_found'
  }
  if (route === 'search' && input === 'invalid') return 'body_invalid'
  return route === 'thread' && input !== 'good' ? 'not_found' : null
}

function gateRefusal({ route, weather }: RequestFacts): string | null {
  return route === 'answers' && weather.answerGate !== 'admits' ? weather.answerGate : null
}

/** Origin, key, scope and limits have held: what is left is the data's to say. */
function admitted({ route, method, body, weather }: RequestFacts, namesOrigin: boolean): Expected {
  if (route === 'config') return { status: 200, code: null, namesOrigin, sql: 'never', retryAfter: false }
  const asksForOne = route === 'feedback' || route === 'thread' || (route === 'answers' && body.continuesThread)
  if (asksForOne && !weather.databaseKnows) return refusal('not_found', namesOrigin, 'always')
  const status = route === 'feedback' || method === 'DELETE' ? 204 : 200
  return { status, code: null, namesOrigin, sql: 'always', retryAfter: false }
}

const hasBody = (method: string): boolean => method === 'POST'
