import { PLAN_NAMES, PLANS, type PlanLimits, type PlanName } from '#shared/plans.ts'
import { type Billing, isPaid, offerOf, price } from '../billing-words.ts'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'

interface PlanCardsProps {
  billing: Billing
  busy: boolean
  onBuy(plan: 'pro' | 'business'): void
  onPortal(): void
}

export function PlanCards({ billing, busy, onBuy, onPortal }: PlanCardsProps) {
  const shown = PLAN_NAMES.filter((plan) => plan !== 'local' || billing.plan === 'local')
  return (
    <ul class="plans">
      {shown.map((plan) => (
        <PlanCard key={plan} plan={plan} offer={offerOf(billing, plan)} busy={busy} onBuy={onBuy} onPortal={onPortal} />
      ))}
    </ul>
  )
}

interface PlanCardProps extends Omit<PlanCardsProps, 'billing'> {
  plan: PlanName
  offer: ReturnType<typeof offerOf>
}

function PlanCard({ plan, offer, busy, onBuy, onPortal }: PlanCardProps) {
  const { title, limits } = PLANS[plan]
  return (
    <li class={offer === 'current' ? 'plan current' : 'plan'}>
      <h3>
        {title} {offer === 'current' && <Badge tone="good">Your plan</Badge>}
      </h3>
      <p class="plan-price">
        <strong>{price(plan)}</strong> a month
      </p>
      <ul>
        {(Object.keys(LIMIT_WORDS) as (keyof PlanLimits)[]).map((name) => (
          <li key={name}>{LIMIT_WORDS[name](limits[name])}</li>
        ))}
      </ul>
      {offer === 'buy' && isPaid(plan) && (
        <Button look={plan === 'pro' ? 'primary' : 'plain'} busy={busy} onClick={() => onBuy(plan)}>
          Upgrade to {title}
        </Button>
      )}
      {offer === 'portal' && (
        <Button busy={busy} onClick={onPortal}>
          {plan === 'free' ? 'Cancel the plan' : `Change to ${title}`}
        </Button>
      )}
    </li>
  )
}

const figure = (limit: number | null) => (limit === null ? 'No limit of' : limit.toLocaleString('en'))

const LIMIT_WORDS: Record<keyof PlanLimits, (limit: number | null) => string> = {
  answersPerMonth: (limit) => `${figure(limit)} answers a month`,
  projects: (limit) => `${figure(limit)} ${limit === 1 ? 'project' : 'projects'}`,
  seats: (limit) => `${figure(limit)} seats`,
  documents: (limit) => `${figure(limit)} documents${limit === null ? '' : ' in each project'}`,
}
