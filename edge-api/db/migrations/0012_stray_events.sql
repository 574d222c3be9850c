-- An event that was put aside, because nobody was its customer or its price was of no plan, takes effect when it is sent again and
-- can: it is let go first, by the transaction of its effect.
create policy system_forget on billing_events for delete to app_system using (organization_id is null);
--> statement-breakpoint
create policy system_find on billing_events for select to app_system using (organization_id is null);
--> statement-breakpoint
grant select (event_id, organization_id), delete on billing_events to app_system;
--> statement-breakpoint
create function system_let_stray_event_go(wanted text) returns void
language sql security definer set search_path = pg_catalog, public as $$
  delete from public.billing_events where event_id = wanted and organization_id is null
$$;
--> statement-breakpoint
revoke execute on function system_let_stray_event_go(text) from public;
--> statement-breakpoint
grant execute on function system_let_stray_event_go(text) to app_rw;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
alter function system_let_stray_event_go(text) owner to app_system;
--> statement-breakpoint
revoke create on schema public from app_system;
--> statement-breakpoint
create or replace function record_billing(
  event text, event_type text, happened timestamptz, known_revision int,
  new_facts jsonb, new_plan text, new_until timestamptz, is_unclear boolean
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
