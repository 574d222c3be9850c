import { useEffect, useState } from 'preact/hooks'
import type { Holding } from '#shared/plans.ts'
import { call } from '../api.ts'
import { type Billing as BillingState, dayOf, daysOfMonth, standingInWords } from '../billing-words.ts'
import { sentenceOf } from '../failure.ts'
import { useAction, useEvery, useLoaded } from '../loaded.ts'
import { PlanCards } from '../parts/plan-cards.tsx'
import { paths } from '../paths.ts'
import { may } from '../session-state.ts'
import { BarChart } from '../ui/bar-chart.tsx'
import { Button } from '../ui/button.tsx'
import { Notice } from '../ui/notice.tsx'
import { Page, Section, Skeleton } from '../ui/page.tsx'
import { Progress } from '../ui/progress.tsx'

export function Billing() {
  if (!may('billing.read'))
    return (
      <Page title="Billing">
        <Notice>Only owners of the organization see its plan and invoices.</Notice>
      </Page>
    )
  return <OwnersBilling />
}

function OwnersBilling() {
  const { value, error, reload } = useLoaded('billing', (signal) => call('GET /api/billing', { signal }))
  const goOn = useAction(async (ask: () => Promise<{ url: string }>) => {
    // Another site's page: the browser leaves this one.
    location.assign((await ask()).url)
  })
  const openPortal = () => goOn.run(() => call('POST /api/billing/portal', { body: {} }))
  const portal = value?.isCustomer && (
    <Button busy={goOn.busy} onClick={openPortal}>
      Invoices and payment
    </Button>
  )
  return (
    <Page title="Billing" lead="What your organization’s plan holds, and what of it is used." actions={portal || null}>
      {error !== null && <Notice kind="error">{sentenceOf(error)}</Notice>}
      {goOn.error !== null && <Notice kind="error">{sentenceOf(goOn.error)}</Notice>}
      {value === undefined ? (
        error === null && <Skeleton rows={5} />
      ) : (
        <>
          <Arrival billing={value} reload={reload} />
          <Standing billing={value} />
          <Usage billing={value} />
          <Section
            title="Plans"
            lead="Prices in US dollars, before tax. Nothing is charged beyond the plan: what it does not hold is refused."
          >
            <PlanCards
              billing={value}
              busy={goOn.busy}
              onBuy={(plan) => goOn.run(() => call('POST /api/billing/checkout', { body: { plan } }))}
              onPortal={openPortal}
            />
          </Section>
        </>
      )}
    </Page>
  )
}

const LOOK_MS = 1500
const LOOKS = 40

/** Back from the checkout page: the plan is there as soon as the payment has been told, which may take some seconds. */
function Arrival({ billing, reload }: { billing: BillingState; reload(): Promise<void> }) {
  const [arrived] = useState(() => new URLSearchParams(location.search).get('checkout'))
  const [looks, setLooks] = useState(0)
  // Told once: a reload is no arrival.
  useEffect(() => {
    if (arrived !== null) history.replaceState(history.state, '', paths.billing)
  }, [arrived])
  const isThere = billing.subscription?.state === 'active'
  const waits = arrived === 'done' && !isThere && looks < LOOKS
  useEvery(LOOK_MS, async () => {
    if (!waits) return
    setLooks(looks + 1)
    await reload()
  })
  if (arrived === 'left') return <Notice>Nothing was bought.</Notice>
  if (arrived !== 'done') return null
  if (isThere)
    return (
      <Notice kind="good" title="Thank you">
        The plan is yours from now on.
      </Notice>
    )
  return waits ? (
    <Notice title="One moment">Your payment is being confirmed.</Notice>
  ) : (
    <Notice kind="warning" title="This takes longer than usual">
      Your payment has not been confirmed yet. You need not do anything: the plan follows as soon as it is.
    </Notice>
  )
}

function Standing({ billing }: { billing: BillingState }) {
  const standing = standingInWords(billing)
  if (standing === null) return null
  const { kind, title, words } = standing
  return (
    <Notice kind={kind} title={title}>
      {words}
    </Notice>
  )
}

const HOLDING_WORDS: Record<Holding, string> = {
  projects: 'Projects',
  seats: 'Seats, invitations that wait included',
  documents: 'Documents, in the project that has most',
}

function Usage({ billing }: { billing: BillingState }) {
  const { usage, limits, held, overLimit } = billing
  const days = daysOfMonth(usage, Date.now())
  const bars = days.map(({ day, answers }) => ({ label: shortDay(day), value: answers }))
  return (
    <Section title="Usage" lead={`The month’s answers begin anew on ${dayOf(usage.resetsAt)}, 0:00 UTC.`}>
      <div class="stack">
        <Share label="Answers this month" used={usage.answers} limit={limits.answersPerMonth} />
        <BarChart
          title="Answers, day by day"
          bars={bars}
          heads={['Day', 'Answers']}
          empty="No question has been answered yet this month."
        />
        {(Object.keys(HOLDING_WORDS) as Holding[]).map((holding) => (
          <Share key={holding} label={HOLDING_WORDS[holding]} used={held[holding]} limit={limits[holding]} />
        ))}
      </div>
      {overLimit.length > 0 && (
        <Notice kind="warning" title="More than the plan holds">
          Nothing is taken away; nothing can be added where a limit is passed, until there is room.
        </Notice>
      )}
    </Section>
  )
}

/** Without a limit there is nothing to be a share of. */
function Share({ label, used, limit }: { label: string; used: number; limit: number | null }) {
  if (limit !== null) return <Progress label={label} done={used} total={limit} />
  return (
    <p class="unlimited">
      <span>{label}</span>
      <span class="figures">{used.toLocaleString('en')}, no limit</span>
    </p>
  )
}

const short = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' })
const shortDay = (day: string) => short.format(Date.parse(day))
