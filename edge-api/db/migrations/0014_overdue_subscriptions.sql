ALTER TABLE "subscriptions" ADD COLUMN "ask_after" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "subscriptions_ask_after" ON "subscriptions" USING btree ("ask_after");
--> statement-breakpoint
-- Asked about besides: one whose period should have been followed by another, of which nothing was heard.
grant select (ask_after) on subscriptions to app_system;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
set local role app_system;
--> statement-breakpoint
create or replace function system_unclear_subscriptions(max_rows int) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select organization_id from public.subscriptions
  where (unclear and updated_at < now() - interval '10 minutes') or ask_after < now() order by updated_at limit max_rows
$$;
--> statement-breakpoint
reset role;
--> statement-breakpoint
revoke create on schema public from app_system;
--> statement-breakpoint
drop function record_billing(text, text, timestamptz, int, jsonb, text, timestamptz, boolean);
--> statement-breakpoint
create function record_billing(
  event text, event_type text, happened timestamptz, known_revision int,
  new_facts jsonb, new_plan text, new_until timestamptz, is_unclear boolean, new_ask_after timestamptz
) returns void language plpgsql set search_path = pg_catalog, public as $$
declare
  organization uuid := public.setting_uuid('app.organization_id');
  before public.subscriptions;
begin
  perform pg_advisory_xact_lock(hashtextextended('billing of ' || organization, 0));
  if event is not null then
    perform public.system_let_stray_event_go(event);
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
  insert into public.subscriptions (organization_id, facts, plan, plan_until, unclear, ask_after, revision)
    values (organization, new_facts, new_plan, new_until, is_unclear, new_ask_after, 1)
    on conflict (organization_id) do update set facts = excluded.facts, plan = excluded.plan, plan_until = excluded.plan_until,
      unclear = excluded.unclear, ask_after = excluded.ask_after, revision = subscriptions.revision + 1, updated_at = now();
  if (before.plan, before.plan_until) is distinct from (new_plan, new_until) then
    perform public.system_raise_epochs();
    insert into public.audit_entries (organization_id, id, actor_email, action, network, details)
      values (organization, gen_random_uuid(), 'Stripe', 'plan.changed', '', jsonb_build_object('plan', new_plan, 'until', new_until));
  end if;
end
$$;
--> statement-breakpoint
revoke execute on function record_billing(text, text, timestamptz, int, jsonb, text, timestamptz, boolean, timestamptz) from public;
--> statement-breakpoint
grant execute on function record_billing(text, text, timestamptz, int, jsonb, text, timestamptz, boolean, timestamptz) to app_rw;
