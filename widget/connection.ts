import type { Problem } from '#shared/wire.ts'
import { Failure } from './failure.ts'

export interface Connection {
  /** Resolves with a good response; throws a `Failure`, or the signal's reason once that fires. */
  send(path: string, init?: RequestInit): Promise<Response>
  /** Why a call that the browser only calls "failed" may have failed. */
  explain(): Promise<Failure>
}

/** The key goes in the address and bodies go as text, so that browsers ask without a preflight. No cookies, no cache. */
export function connect(api: string, key: string): Connection {
  let answered = false
  /**
   * A look at the loader, which any page may fetch, tells a server that is away from one that refused this page's
   * origin: such refusals carry no allow-origin, on purpose, so a page cannot read them.
   */
  const explain = async () => {
    if (!navigator.onLine) return new Failure('offline')
    if (answered) return new Failure('unreachable')
    const alive = await fetch(`${api}/widget.js`, { mode: 'no-cors', credentials: 'omit', cache: 'no-store' }).catch(
      () => 0,
    )
    return new Failure(alive ? 'refused' : 'unreachable')
  }

  const send: Connection['send'] = async (path, init) => {
    const url = `${api}/v1/${path}?key=${encodeURIComponent(key)}`
    const response = await fetch(url, { ...init, credentials: 'omit', cache: 'no-store' }).catch(async (error) => {
      throw init?.signal?.aborted ? error : await explain()
    })
    if (response.ok) {
      answered = true
      return response
    }
    const { code = 'internal_error' }: Partial<Problem> = await response.json().catch(() => ({}))
    const seconds = Number(response.headers.get('retry-after'))
    throw new Failure('problem', code, seconds > 0 ? Date.now() + seconds * 1000 : 0)
  }

  return { send, explain }
}
