import { utf8 } from '#shared/bytes.ts'
import { newId, type UserId } from '#shared/ids.ts'
import { type SealedPlace, seal } from '#shared/seal.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { AccountPorts, IdentityProvider } from '../account-ports.ts'
import type { StoredIdentity } from '../db/account/identities.ts'
import type { Actor, Credentials } from '../db/account.ts'
import { isEmail, isName, normaliseEmail } from '../rules/person.ts'
import {
  type IdentityProblem,
  JOURNEY_MS,
  type Journey,
  newAttempt,
  openJourney,
  type ProvenIdentity,
  type Provider,
  sealJourney,
} from '../rules/social.ts'
import { sendLetter } from './send-letter.ts'
import { type Browser, type OpenedSession, openFor, type SignInPorts } from './sign-in.ts'

export interface SocialPorts extends SignInPorts {
  accounts: SignInPorts['accounts'] & Pick<AccountPorts, 'identities'>
}

export interface Begun {
  /** Where the browser goes next. */
  url: string
  /** For a cookie of its own, until the browser comes back. */
  cookie: string
  answers: IdentityProvider['answers']
}

/** `linking`: who adds the provider to their account, and has just proved who they are; null for signing in or up. */
export async function beginSocial(
  ports: SocialPorts,
  provider: Provider,
  linking: Journey['linking'],
): Promise<Begun | null> {
  const identity = await ports.accounts.identities[provider]?.load()
  if (identity === undefined) return null
  const attempt = newAttempt(ports.random)
  const journey = { provider, attempt, linking, expiresAtMs: ports.nowMs() + JOURNEY_MS }
  const cookie = sealJourney(utf8(ports.settings.sessionSecret), journey)
  return { url: (await identity.begin(attempt)).href, cookie, answers: identity.answers }
}

export type SocialProblem =
  | IdentityProblem
  /** The provider vouches for no address, and an account needs one. */
  | 'address_missing'
  /** The address has an account: its password comes first, then this can be linked. */
  | 'account_exists'
  | 'identity_taken'

export type Arrived = { opened: OpenedSession } | { linked: Provider }

/** What the provider's answer comes to: a session, an account and a session, or a link to the account of who asked. */
export async function finishSocial(
  ports: SocialPorts,
  provider: Provider,
  { answer, cookie }: { answer: URLSearchParams; cookie: string | null },
  browser: Browser,
): Promise<Verdict<Arrived, SocialProblem>> {
  const journey = openJourney(utf8(ports.settings.sessionSecret), cookie, provider, ports.nowMs())
  const identity = await ports.accounts.identities[provider]?.load()
  if (journey === null || identity === undefined) return deny('answer_wrong')
  const proven = await identity.finish(answer, journey.attempt)
  if (!proven.ok) return proven
  if (journey.linking !== null) return link(ports, provider, journey.linking, proven.value, browser)
  const found = await ports.accounts.db.findIdentity(proven.value.issuer, proven.value.subject)
  if (found === null) return signUp(ports, proven.value, browser)
  if (proven.value.refreshToken !== null)
    await ports.accounts.db.keepRefreshToken(
      found.account.userId,
      await stored(ports, found.account.userId, proven.value),
    )
  return allow({ opened: await openFor(ports, found.account, found.email, browser, {}) })
}

async function link(
  ports: SocialPorts,
  provider: Provider,
  linking: NonNullable<Journey['linking']>,
  proven: ProvenIdentity,
  { network }: Browser,
): Promise<Verdict<Arrived, SocialProblem>> {
  const actor: Actor = { ...linking, role: 'member', network }
  const outcome = await ports.accounts.db.linkIdentity(actor, await stored(ports, linking.userId, proven))
  if (outcome === 'taken') return deny('identity_taken')
  await sendLetter(ports, linking.email, { kind: 'identity_linked', provider })
  return allow({ linked: provider })
}

/** An address that has an account already is not enough to enter it: whoever was there first may not have been its owner. */
async function signUp(
  ports: SocialPorts,
  proven: ProvenIdentity,
  browser: Browser,
): Promise<Verdict<Arrived, SocialProblem>> {
  const email = normaliseEmail(proven.email ?? '')
  if (!proven.emailVerified || !isEmail(email)) return deny('address_missing')
  const [userId, organizationId] = [newId('user', ports.random), newId('organization', ports.random)]
  const called = (proven.name ?? '').trim()
  const name = isName(called) ? called : (email.split('@')[0] ?? email).slice(0, 100)
  const identity = await stored(ports, userId, proven)
  const account = { userId, organizationId, email, name, network: browser.network, identity }
  if ((await ports.accounts.db.signUpByIdentity(account)) === 'taken') return deny('account_exists')
  const credentials: Pick<Credentials, 'userId' | 'name' | 'secondFactor' | 'organizationId'> = {
    ...{ userId, name, organizationId, secondFactor: false },
  }
  return allow({ opened: await openFor(ports, credentials, email, browser, {}) })
}

async function stored(
  { settings, random }: SocialPorts,
  userId: UserId,
  { issuer, subject, refreshToken }: ProvenIdentity,
): Promise<StoredIdentity> {
  const sealedRefreshToken =
    refreshToken === null
      ? null
      : await seal(settings.sealingKeys, refreshTokenPlace(userId, issuer), utf8(refreshToken), random)
  return { issuer, subject, sealedRefreshToken }
}

export function refreshTokenPlace(userId: UserId, issuer: string): SealedPlace {
  return { tenant: userId, table: 'user_identities', column: 'refresh_token', row: issuer }
}
