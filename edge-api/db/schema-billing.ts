/**
 * What an organization has paid for. A row is seen while `app.organization_id` names its organization; its projects see the
 * subscription too, since their limits follow from it (migrations tell how).
 */
import { sql } from 'drizzle-orm'
import { boolean, check, foreignKey, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import type { BillingFacts } from '../rules/subscription.ts'
import { createdAt, time } from './columns.ts'
import { organizations } from './schema-accounts.ts'

/** Who an organization is to the payment provider: known before anything is sold, so that every event finds its organization. */
export const billingCustomers = pgTable(
  'billing_customers',
  {
    organizationId: uuid('organization_id').primaryKey(),
    /** The provider's own id. */
    customerId: text('customer_id').notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    unique('billing_customers_customer_key').on(t.customerId),
    foreignKey({ columns: [t.organizationId], foreignColumns: [organizations.id] }).onDelete('cascade'),
  ],
)

/** All that the provider has told, and what it comes to. */
export const subscriptions = pgTable(
  'subscriptions',
  {
    organizationId: uuid('organization_id').primaryKey(),
    facts: jsonb('facts').$type<BillingFacts>().notNull(),
    /** What the facts come to (rules/subscription.ts); null: there is no subscription yet. */
    plan: text('plan', { enum: ['pro', 'business'] }),
    /** From then on no more than the free plan; null: until told otherwise. */
    planUntil: time('plan_until'),
    /** The events do not tell enough: the provider is to be asked. */
    unclear: boolean('unclear').notNull(),
    /** Were nothing heard until then, the provider is to be asked too; null: nothing more is to come. */
    askAfter: time('ask_after'),
    /** Counts changes: one that was worked out from an older one is worked out again. */
    revision: integer('revision').notNull(),
    updatedAt: time('updated_at').notNull().defaultNow(),
  },
  (t) => [
    // Serves the look-up across organizations of what a crash left; nearly always empty.
    index('subscriptions_unclear').on(t.updatedAt).where(sql`${t.unclear}`),
    index('subscriptions_ask_after').on(t.askAfter),
    foreignKey({ columns: [t.organizationId], foreignColumns: [organizations.id] }).onDelete('cascade'),
    check(
      'subscriptions_plan',
      sql`${t.plan} in ('pro', 'business') and (${t.plan} is not null or ${t.planUntil} is null)`,
    ),
  ],
)

/** The provider's events, each once: its id is what makes it take effect once, in the transaction of the effect. */
export const billingEvents = pgTable(
  'billing_events',
  {
    /** The provider's own. */
    eventId: text('event_id').primaryKey(),
    /** Null: nobody is that customer. */
    organizationId: uuid('organization_id'),
    type: text('type').notNull(),
    state: text('state', { enum: ['done', 'dead'] }).notNull(),
    /** Why it has no effect, in a sentence. */
    reason: text('reason'),
    /** By the provider's clock. */
    occurredAt: time('occurred_at').notNull(),
    receivedAt: time('received_at').notNull().defaultNow(),
  },
  (t) => [
    index('billing_events_organization').on(t.organizationId, t.receivedAt),
    foreignKey({ columns: [t.organizationId], foreignColumns: [organizations.id] }).onDelete('cascade'),
    check(
      'billing_events_state',
      sql`${t.state} in ('done', 'dead') and (${t.state} = 'dead') = (${t.reason} is not null)`,
    ),
    check('billing_events_stray', sql`${t.organizationId} is not null or ${t.state} = 'dead'`),
  ],
)
