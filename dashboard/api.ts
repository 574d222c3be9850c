import type { Problem } from '#shared/wire.ts'
import type { AnswerOf, Call, InputOf, Session } from './calls.ts'
import { Refused, Unreachable } from './failure.ts'
import { demand, isDeclined } from './recovery.ts'
import { handshake, session } from './session-state.ts'

/**
 * One call of the management API. Waits for the person where the server wants them once more (a session that has ended, a
 * password that was given too long ago) and then sends the same again, so that no form is lost. Rejects with `Refused` or
 * `Unreachable`.
 */
export async function call<C extends Call>(name: C, input: InputOf<C>): Promise<AnswerOf<C>> {
  const tries = new Set<Problem['code']>()
  while (true) {
    try {
      return await send(name, input)
    } catch (error) {
      const code = error instanceof Refused ? error.problem.code : null
      const isUnasked = isDeclined && name.startsWith('GET ')
      if (code === null || tries.has(code) || isUnasked || !(await canGoOn(code))) throw error
      tries.add(code)
    }
  }
}

async function canGoOn(code: Problem['code']): Promise<boolean> {
  if (code === 'csrf_wrong') return renewToken()
  if (session.value?.user == null) return false
  if (code === 'session_missing' || code === 'second_factor_required') return demand('session')
  return code === 'proof_required' && demand('proof')
}

/** A token is worth nothing after a sign-in in another tab. Whoever has become somebody else begins anew. */
async function renewToken(): Promise<boolean> {
  const before = session.value?.user?.id
  const { user } = await loadSession()
  if (before === undefined || before === user?.id) return true
  if (user === null) return demand('session')
  location.assign('/')
  return false
}

/** Who this browser is to the server now. A person who was known is not forgotten because their session has ended. */
export async function loadSession(): Promise<Session> {
  const loaded = await send('GET /api/session', {})
  handshake.value = loaded
  if (loaded.user !== null || session.value?.user == null) session.value = loaded
  return loaded
}

async function send<C extends Call>(name: C, input: InputOf<C>): Promise<AnswerOf<C>> {
  const [method = 'GET', pattern = ''] = name.split(' ')
  const isSafe = method === 'GET'
  if (!isSafe && handshake.value === null) await loadSession()
  const { body, signal } = input as { body?: unknown; signal?: AbortSignal }
  const answer = await fetch(addressOf(pattern, input), {
    method,
    credentials: 'same-origin',
    redirect: 'error',
    ...(signal ? { signal } : {}),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: {
      accept: 'application/json',
      // The type also where there is no body: the server refuses what a form of another site could send.
      ...(isSafe ? {} : { 'content-type': 'application/json', 'x-csrf-token': handshake.value?.csrfToken ?? '' }),
    },
  }).catch((error: unknown) => {
    throw isAbort(error) ? error : new Unreachable()
  })
  if (answer.ok) return (answer.status === 204 ? null : await readJson(answer)) as AnswerOf<C>
  const problem = await readJson(answer)
  if (!isProblem(problem)) throw new Unreachable()
  const seconds = Number(answer.headers.get('retry-after'))
  throw new Refused(problem, seconds > 0 ? seconds : null)
}

function addressOf(pattern: string, input: object): string {
  const values = input as Record<string, unknown>
  const path = pattern.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(values[name])))
  const given = Object.entries((values.query ?? {}) as Record<string, string | undefined>)
  const query = new URLSearchParams(given.filter((pair): pair is [string, string] => Boolean(pair[1])))
  return query.size > 0 ? `${path}?${query}` : path
}

async function readJson(answer: Response): Promise<unknown> {
  return answer.json().catch((error: unknown) => {
    throw isAbort(error) ? error : new Unreachable()
  })
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'detail' in value
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}
