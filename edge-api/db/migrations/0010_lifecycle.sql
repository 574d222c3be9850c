-- An organization that is given up takes its projects with it.
create policy giving_up on projects for delete to app_rw using (organization_id = (select setting_uuid('app.organization_id')));
--> statement-breakpoint
create policy system_sweep on invitations for delete to app_system using (true);
--> statement-breakpoint
grant delete on invitations to app_system;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
-- What app_system owns, only app_system replaces. Forgets who has not failed for a day, and what has run out.
set local role app_system;
--> statement-breakpoint
create or replace function system_sweep_accounts() returns void
language sql security definer set search_path = pg_catalog, public as $$
  delete from public.throttles where last_failed_at < now() - interval '1 day';
  delete from public.email_tokens where expires_at < now();
  delete from public.invitations where expires_at < now();
  delete from public.sessions where last_seen_at < now() - interval '7 days' or created_at < now() - interval '30 days'
    or (pending and created_at < now() - interval '15 minutes');
$$;
--> statement-breakpoint
reset role;
--> statement-breakpoint
revoke create on schema public from app_system;
