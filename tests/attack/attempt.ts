import { createHosts } from '#tests/house/hosts.ts'
import { HOST, spyWorld } from '#tests/house/spy-ports.ts'

/** A request to a project with these rules, by its live key. The ports throw when a database or a gate is asked. */
export async function attempt(rules: string[], headers: Record<string, string>, init: RequestInit = {}) {
  const world = spyWorld(rules)
  const request = new Request(`${HOST}/v1/config?key=${world.keys.good}`, { ...init, headers })
  const answer = await createHosts(world.ports).fetch(request)
  return {
    status: answer.status,
    allowOrigin: answer.headers.get('access-control-allow-origin'),
    headers: answer.headers,
  }
}

/** 200 for an admitted page, 403 for a refused one, which must not be named to the browser either. */
export async function statusFor(rules: string[], origin: string): Promise<number> {
  const { status, allowOrigin } = await attempt(rules, { Origin: origin })
  if (allowOrigin !== (status === 200 ? origin : null)) throw new Error(`allow-origin is ${allowOrigin}`)
  return status
}
