import type { ProjectId } from '#shared/ids.ts'
import { openSealed } from '#shared/seal.ts'
import { allow, deny, type Verdict } from '#shared/verdict.ts'
import type { AccountPorts } from '../account-ports.ts'
import type { Actor } from '../db/account.ts'
import { PROVIDERS } from '../rules/social.ts'
import { willBePaid } from './bill.ts'
import { refreshTokenPlace, type SocialPorts } from './social.ts'

export interface GiveUpPorts extends SocialPorts {
  accounts: SocialPorts['accounts'] & Pick<AccountPorts, 'publishing' | 'billing' | 'payment'>
}

/**
 * The gate is told first that nobody is admitted any more, and only then do the rows go: a project whose rows are gone could
 * not be withdrawn again. Rejects with `GateUnavailable`, and then nothing was deleted.
 */
export async function giveUpProject(ports: GiveUpPorts, actor: Actor, projectId: ProjectId): Promise<boolean> {
  const epoch = await ports.accounts.db.raiseEpoch(actor, projectId)
  if (epoch === null) return false
  const nothing = { project: { name: '', language: 'en' }, widget: {}, rules: [], keys: [], limits: {} }
  await ports.accounts.publishing.publish({ projectId, epoch, ...nothing })
  return ports.accounts.db.deleteProject(actor, projectId)
}

/** Whoever else works there is out with it. A subscription that goes on being paid for has to be cancelled first. */
export async function giveUpOrganization(
  ports: GiveUpPorts,
  actor: Actor,
): Promise<Verdict<null, 'subscription_running'>> {
  if (await willBePaid(ports.accounts, actor.organizationId)) return deny('subscription_running')
  for (const projectId of await ports.accounts.db.projectIds(actor)) await giveUpProject(ports, actor, projectId)
  await ports.accounts.db.deleteOrganization(actor)
  return allow(null)
}

/**
 * Organizations in which nobody else works go with the account; one that others work in keeps an owner first. Providers are
 * told that their tokens are not needed any more; one that cannot be reached does not keep anybody here.
 */
export async function giveUpAccount(
  ports: GiveUpPorts,
  actor: Actor,
): Promise<Verdict<null, 'last_owner' | 'subscription_running'>> {
  const { db } = ports.accounts
  const belongings = await db.countColleagues(actor.userId)
  if (belongings.some(({ role, colleagues, otherOwners }) => role === 'owner' && colleagues > 0 && otherOwners === 0))
    return deny('last_owner')
  const alone = belongings.filter(({ colleagues }) => colleagues === 0)
  for (const { organizationId } of alone)
    if (await willBePaid(ports.accounts, organizationId)) return deny('subscription_running')
  for (const { organizationId } of alone) {
    const gone = await giveUpOrganization(ports, { ...actor, organizationId })
    if (!gone.ok) return gone
  }
  await revokeTokens(ports, actor)
  return (await db.deleteAccount(actor)) === 'deleted' ? allow(null) : deny('last_owner')
}

async function revokeTokens({ accounts, settings, log }: GiveUpPorts, { userId }: Actor): Promise<void> {
  for (const { issuer, sealed } of await accounts.db.readRefreshTokens(userId)) {
    const name = PROVIDERS.find((one) => accounts.identities[one]?.issuer === issuer)
    const token = await openSealed(settings.sealingKeys, refreshTokenPlace(userId, issuer), sealed)
    const provider = name && (await accounts.identities[name]?.load())
    const told = token.ok && provider !== undefined && (await provider.revoke(new TextDecoder().decode(token.value)))
    if (!told) log.error('token_unrevoked', { issuer })
  }
}
