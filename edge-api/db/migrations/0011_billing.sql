CREATE TABLE "billing_customers" (
	"organization_id" uuid PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_customers_customer_key" UNIQUE("customer_id")
);
--> statement-breakpoint
CREATE TABLE "billing_events" (
	"event_id" text PRIMARY KEY NOT NULL,
	"organization_id" uuid,
	"type" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"occurred_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "billing_events_state" CHECK ("billing_events"."state" in ('done', 'dead') and ("billing_events"."state" = 'dead') = ("billing_events"."reason" is not null)),
	CONSTRAINT "billing_events_stray" CHECK ("billing_events"."organization_id" is not null or "billing_events"."state" = 'dead')
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"organization_id" uuid PRIMARY KEY NOT NULL,
	"facts" jsonb NOT NULL,
	"plan" text,
	"plan_until" timestamp with time zone,
	"unclear" boolean NOT NULL,
	"revision" integer NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "subscriptions_plan" CHECK ("subscriptions"."plan" in ('pro', 'business') and ("subscriptions"."plan" is not null or "subscriptions"."plan_until" is null))
);
--> statement-breakpoint
ALTER TABLE "billing_customers" ADD CONSTRAINT "billing_customers_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "billing_events" ADD CONSTRAINT "billing_events_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "billing_events_organization" ON "billing_events" USING btree ("organization_id","received_at");--> statement-breakpoint
CREATE INDEX "subscriptions_unclear" ON "subscriptions" USING btree ("updated_at") WHERE "subscriptions"."unclear";
--> statement-breakpoint
do $$
declare
  target text;
begin
  foreach target in array array['billing_customers', 'subscriptions', 'billing_events'] loop
    execute format('alter table %I enable row level security', target);
    execute format('alter table %I force row level security', target);
    execute format('create policy owner on %I to current_user using (true) with check (true)', target);
    execute format($policy$
      create policy organization on %I to app_rw
        using      (organization_id = (select setting_uuid('app.organization_id')))
        with check (organization_id = (select setting_uuid('app.organization_id')))
    $policy$, target);
  end loop;
end
$$;
--> statement-breakpoint
grant select, insert on billing_customers, billing_events to app_rw;
--> statement-breakpoint
grant select, insert, update on subscriptions to app_rw;
--> statement-breakpoint
-- A project's limits follow from what its organization has paid for.
create policy project on subscriptions for select to app_rw using (
  exists (select from projects p where p.project_id = (select setting_uuid('app.project_id'))
    and p.organization_id = subscriptions.organization_id)
);
--> statement-breakpoint

-- The plan of whoever this transaction acts for: an organization, or a project of it. `unpaid` is what holds where there was
-- never a subscription. The same as planInForce in rules/subscription.ts, by the database's clock.
create function plan_in_force(unpaid text) returns text language sql stable set search_path = pg_catalog, public as $$
  select coalesce((
    select case when s.plan_until is null or s.plan_until > now() then s.plan else 'free' end
    from public.subscriptions s
    where s.plan is not null and s.organization_id = coalesce(
      public.setting_uuid('app.organization_id'),
      (select p.organization_id from public.projects p where p.project_id = public.setting_uuid('app.project_id')))
  ), unpaid)
$$;
--> statement-breakpoint
-- Stops the transaction where the plan has no room for more; `limits` gives a number or null for each plan. Whoever counts has
-- taken the turn before, so that of two at once the second counts what the first has added.
create function require_room(holding text, held bigint, more bigint, limits jsonb, unpaid text) returns void
language plpgsql stable set search_path = pg_catalog, public as $$
declare
  plan text := public.plan_in_force(unpaid);
begin
  if more > 0 and held + more > (limits ->> plan)::bigint then
    raise exception 'the plan has no room for more' using errcode = 'PX006', detail = plan || ' ' || holding;
  end if;
end
$$;
--> statement-breakpoint

-- What may be asked before an organization is known, answered with ids; and what an organization does to its projects, of
-- which it otherwise only reads. As app_system.
create policy system on billing_customers for select to app_system using (true);
--> statement-breakpoint
grant select (organization_id, customer_id) on billing_customers to app_system;
--> statement-breakpoint
create function system_organization_of_customer(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select organization_id from public.billing_customers where customer_id = wanted
$$;
--> statement-breakpoint
create policy system on subscriptions for select to app_system using (true);
--> statement-breakpoint
grant select (organization_id, unclear, updated_at) on subscriptions to app_system;
--> statement-breakpoint
create function system_unclear_subscriptions(max_rows int) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select organization_id from public.subscriptions
  where unclear and updated_at < now() - interval '10 minutes' order by updated_at limit max_rows
$$;
--> statement-breakpoint
create policy system on billing_events for insert to app_system with check (organization_id is null);
--> statement-breakpoint
grant insert (event_id, type, state, reason, occurred_at) on billing_events to app_system;
--> statement-breakpoint
-- An event about nobody here is kept, with the reason. False: it was kept before.
create function system_keep_stray_event(wanted text, event_type text, happened timestamptz, why text) returns boolean
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  insert into public.billing_events (event_id, type, state, reason, occurred_at) values (wanted, event_type, 'dead', why, happened)
    on conflict do nothing;
  return found;
end
$$;
--> statement-breakpoint
create policy system_raise on projects for update to app_system using (true) with check (true);
--> statement-breakpoint
grant select (policy_epoch), update (policy_epoch) on projects to app_system;
--> statement-breakpoint
create policy system_note on policy_outbox for insert to app_system with check (true);
--> statement-breakpoint
grant insert (project_id, epoch) on policy_outbox to app_system;
--> statement-breakpoint
-- The gates of the organization's projects have to be told something new; of nobody else's.
create function system_raise_epochs() returns void
language sql security definer set search_path = pg_catalog, public as $$
  with raised as (
    update public.projects set policy_epoch = policy_epoch + 1
    where organization_id = nullif(current_setting('app.organization_id', true), '')::uuid returning project_id, policy_epoch
  )
  insert into public.policy_outbox (project_id, epoch) select project_id, policy_epoch from raised
$$;
--> statement-breakpoint

-- One event's effect, or one answer of the provider's (then `event` is null), in one transaction: stops it where the event has
-- taken effect before (PX004), or where the facts have moved on since they were read (PX005).
create function record_billing(
  event text, event_type text, happened timestamptz, known_revision int,
  new_facts jsonb, new_plan text, new_until timestamptz, is_unclear boolean
) returns void language plpgsql set search_path = pg_catalog, public as $$
declare
  organization uuid := public.setting_uuid('app.organization_id');
  before public.subscriptions;
begin
  perform pg_advisory_xact_lock(hashtextextended('billing of ' || organization, 0));
  if event is not null then
    insert into public.billing_events (event_id, organization_id, type, state, occurred_at)
      values (event, organization, event_type, 'done', happened) on conflict do nothing;
    if not found then
      raise exception 'the event has taken effect already' using errcode = 'PX004';
    end if;
  end if;
  select * into before from public.subscriptions where organization_id = organization;
  if coalesce(before.revision, 0) <> known_revision then
    raise exception 'the facts have moved on' using errcode = 'PX005';
  end if;
  insert into public.subscriptions (organization_id, facts, plan, plan_until, unclear, revision)
    values (organization, new_facts, new_plan, new_until, is_unclear, 1)
    on conflict (organization_id) do update set facts = excluded.facts, plan = excluded.plan, plan_until = excluded.plan_until,
      unclear = excluded.unclear, revision = subscriptions.revision + 1, updated_at = now();
  if (before.plan, before.plan_until) is distinct from (new_plan, new_until) then
    perform public.system_raise_epochs();
    insert into public.audit_entries (organization_id, id, actor_email, action, network, details)
      values (organization, gen_random_uuid(), 'Stripe', 'plan.changed', '', jsonb_build_object('plan', new_plan, 'until', new_until));
  end if;
end
$$;
--> statement-breakpoint
revoke execute on function plan_in_force(text), require_room(text, bigint, bigint, jsonb, text),
  system_organization_of_customer(text), system_unclear_subscriptions(int),
  system_keep_stray_event(text, text, timestamptz, text), system_raise_epochs(),
  record_billing(text, text, timestamptz, int, jsonb, text, timestamptz, boolean) from public;
--> statement-breakpoint
grant execute on function plan_in_force(text), require_room(text, bigint, bigint, jsonb, text),
  system_organization_of_customer(text), system_unclear_subscriptions(int),
  system_keep_stray_event(text, text, timestamptz, text), system_raise_epochs(),
  record_billing(text, text, timestamptz, int, jsonb, text, timestamptz, boolean) to app_rw;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
alter function system_organization_of_customer(text) owner to app_system;
--> statement-breakpoint
alter function system_unclear_subscriptions(int) owner to app_system;
--> statement-breakpoint
alter function system_keep_stray_event(text, text, timestamptz, text) owner to app_system;
--> statement-breakpoint
alter function system_raise_epochs() owner to app_system;
--> statement-breakpoint
revoke create on schema public from app_system;
--> statement-breakpoint
-- Gates that were told a policy before this are told whose project it is.
set local role app_system;
--> statement-breakpoint
update projects set policy_epoch = policy_epoch + 1;
--> statement-breakpoint
insert into policy_outbox (project_id, epoch) select project_id, policy_epoch from projects;
--> statement-breakpoint
reset role;
