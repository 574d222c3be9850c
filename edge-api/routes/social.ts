import type { Context } from 'hono'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { beginSocial, finishSocial } from '../flows/social.ts'
import { askingOf, browserOf, keepSession } from '../guard/browser.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { clearJourney, journeyCookie, setJourney } from '../guard/session-cookie.ts'
import { PROVIDERS, type Provider } from '../rules/social.ts'

/** `GET /api/sign-in`: the ways in besides a password. */
export function listProviders({ accounts }: AppPorts): Endpoint {
  return (c) => c.json({ providers: PROVIDERS.filter((provider) => accounts.identities[provider] !== undefined) })
}

/** `POST /api/sign-in/{provider}`: where the browser goes to sign in, or up, with that account. */
export function postSocial(ports: AppPorts): Endpoint {
  return (c) => begin(ports, c, null)
}

/** `POST /api/identities/{provider}`: the same, to add it to the account of who asks. */
export function postIdentity(ports: AppPorts): Endpoint {
  return (c) => {
    const { userId, organizationId, email } = c.get('actor')
    return begin(ports, c, { userId, organizationId, email })
  }
}

/** `GET /api/identities`: the accounts elsewhere that lead in, and whether a password does. */
export function listIdentities({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const { actor, tokenHash } = askingOf(c)
    const [identities, password] = await Promise.all([
      accounts.db.listIdentities(actor.userId),
      accounts.db.hasPassword(tokenHash),
    ])
    const items = identities.flatMap(({ issuer, linkedAt }) => {
      const provider = PROVIDERS.find((one) => accounts.identities[one]?.issuer === issuer)
      return provider === undefined ? [] : [{ provider, linkedAt }]
    })
    return c.json({ items, nextCursor: null, password })
  }
}

/** `DELETE /api/identities/{provider}`, unless it is the last way in. */
export function deleteIdentity({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const { actor, tokenHash } = askingOf(c)
    const issuer = accounts.identities[providerOf(c) ?? 'google']?.issuer
    if (providerOf(c) === null || issuer === undefined) return problem(c, 'not_found')
    const others = (await accounts.db.listIdentities(actor.userId)).filter((one) => one.issuer !== issuer)
    if (others.length === 0 && !(await accounts.db.hasPassword(tokenHash)))
      return problem(c, 'conflict', { reason: 'last_way_in' })
    return (await accounts.db.unlinkIdentity(actor, issuer)) ? c.body(null, 204) : problem(c, 'not_found')
  }
}

/**
 * `GET /api/sign-in/google/callback`, `POST /api/sign-in/apple/callback`: where the browser comes back to, from another site.
 * What stands in for a token of ours is the state, bound to the cookie of this very attempt. Answers with a page to go to.
 */
export function finishSignIn(ports: AppPorts, provider: Provider): Endpoint {
  return async (c) => {
    const cookie = journeyCookie(c)
    clearJourney(c)
    const answer = c.req.method === 'POST' ? new URLSearchParams(await c.req.text()) : new URL(c.req.url).searchParams
    const verdict = await finishSocial(ports, provider, { answer, cookie }, browserOf(c))
    if (!verdict.ok) return c.redirect(`/sign-in#problem=${verdict.reason}`, 303)
    if ('linked' in verdict.value) return c.redirect(`/security#linked=${verdict.value.linked}`, 303)
    keepSession(c, verdict.value.opened)
    return c.redirect('/', 303)
  }
}

async function begin(
  ports: AppPorts,
  c: Context<Guarded>,
  linking: Parameters<typeof beginSocial>[2],
): Promise<Response> {
  const provider = providerOf(c)
  const begun = provider === null ? null : await beginSocial(ports, provider, linking)
  if (begun === null) return problem(c, 'not_found')
  setJourney(c, begun.cookie, begun.answers)
  return c.json({ url: begun.url })
}

function providerOf(c: Context<Guarded>): Provider | null {
  return PROVIDERS.find((provider) => provider === c.req.param('provider')) ?? null
}
