-- Who may see and write the account tables. Like a project's, these rows exist only for whom the setting names.

select protect_tenant_table('project_members');
--> statement-breakpoint

-- The sub-selects are evaluated once a statement; after a transaction that set them the settings read ''.
create function setting_uuid(setting text) returns uuid language sql stable set search_path = pg_catalog as $$
  select nullif(current_setting(setting, true), '')::uuid
$$;
--> statement-breakpoint
do $$
declare
  target text;
begin
  foreach target in array array[
    'sessions', 'email_tokens', 'backup_codes', 'user_identities', 'invitations', 'audit_entries', 'throttles'
  ] loop
    execute format('alter table %I enable row level security', target);
    execute format('alter table %I force row level security', target);
    execute format('create policy owner on %I to current_user using (true) with check (true)', target);
  end loop;
  -- A user's own rows.
  foreach target in array array['sessions', 'email_tokens', 'backup_codes', 'user_identities'] loop
    execute format($policy$
      create policy person on %I to app_rw
        using      (user_id = (select setting_uuid('app.user_id')))
        with check (user_id = (select setting_uuid('app.user_id')))
    $policy$, target);
    execute format('grant select, insert, update, delete on %I to app_rw', target);
  end loop;
  -- An organization's rows.
  foreach target in array array['memberships', 'invitations'] loop
    execute format($policy$
      create policy organization on %I to app_rw
        using      (organization_id = (select setting_uuid('app.organization_id')))
        with check (organization_id = (select setting_uuid('app.organization_id')))
    $policy$, target);
    execute format('grant select, insert, update, delete on %I to app_rw', target);
  end loop;
end
$$;
--> statement-breakpoint
create policy person on users to app_rw
  using      (id = (select setting_uuid('app.user_id')))
  with check (id = (select setting_uuid('app.user_id')));
--> statement-breakpoint
-- Whoever works together sees each other's name and address, and nothing else of each other: the columns are granted singly.
create policy colleagues on users for select to app_rw using (
  exists (select from memberships m where m.user_id = users.id and m.organization_id = (select setting_uuid('app.organization_id')))
);
--> statement-breakpoint
grant select (id, email, name, email_verified_at, totp_enabled_at, created_at), insert, update, delete on users to app_rw;
--> statement-breakpoint
create policy organization on organizations to app_rw
  using      (id = (select setting_uuid('app.organization_id')))
  with check (id = (select setting_uuid('app.organization_id')));
--> statement-breakpoint
grant select, insert, update, delete on organizations to app_rw;
--> statement-breakpoint
-- An organization lists its projects; everything inside one still asks for app.project_id.
create policy organization on projects for select to app_rw using (
  organization_id = (select setting_uuid('app.organization_id'))
);
--> statement-breakpoint
create policy organization on project_members for select to app_rw using (
  exists (select from projects p where p.project_id = project_members.project_id
    and p.organization_id = (select setting_uuid('app.organization_id')))
);
--> statement-breakpoint
-- Append-only: not even the application can change what was done.
create policy reading on audit_entries for select to app_rw using (organization_id = (select setting_uuid('app.organization_id')));
--> statement-breakpoint
create policy adding on audit_entries for insert to app_rw with check (organization_id = (select setting_uuid('app.organization_id')));
--> statement-breakpoint
grant select, insert on audit_entries to app_rw;
--> statement-breakpoint
-- Known only by a keyed hash, and about nobody in particular until one knows the key.
create policy anyone on throttles to app_rw using (true) with check (true);
--> statement-breakpoint
grant select, insert, update, delete on throttles to app_rw;
--> statement-breakpoint

-- What precedes a user: one row each, by something only its holder knows, or by the address that is signing in. As
-- app_system, which may read these columns and nothing else.
create policy system on users for select to app_system using (true);
--> statement-breakpoint
grant select (id, email, name, password_hash, email_verified_at, totp_enabled_at, totp_last_step, totp_secret) on users to app_system;
--> statement-breakpoint
create policy system on memberships for select to app_system using (true);
--> statement-breakpoint
grant select on memberships to app_system;
--> statement-breakpoint
create policy system on organizations for select to app_system using (true);
--> statement-breakpoint
grant select (id, name) on organizations to app_system;
--> statement-breakpoint
create policy system on sessions for select to app_system using (true);
--> statement-breakpoint
grant select on sessions to app_system;
--> statement-breakpoint
create policy system on email_tokens for select to app_system using (true);
--> statement-breakpoint
grant select on email_tokens to app_system;
--> statement-breakpoint
create policy system on projects for select to app_system using (true);
--> statement-breakpoint
grant select (project_id, organization_id) on projects to app_system;
--> statement-breakpoint
create policy system on project_members for select to app_system using (true);
--> statement-breakpoint
grant select (project_id, user_id) on project_members to app_system;
--> statement-breakpoint
create function system_credentials(
  wanted_email text,
  out user_id uuid, out name text, out password_hash text, out email_verified boolean, out second_factor boolean,
  out organization_id uuid
) returns setof record language sql stable security definer set search_path = pg_catalog, public as $$
  select u.id, u.name, u.password_hash, u.email_verified_at is not null, u.totp_enabled_at is not null,
    (select m.organization_id from public.memberships m where m.user_id = u.id order by m.created_at, m.organization_id limit 1)
  from public.users u where u.email = wanted_email
$$;
--> statement-breakpoint
-- Who a session's token belongs to and what they may do, as it is now. `project_state`: whether the project asked for is
-- one of the organization's, and one that a member is assigned to; null where none was asked for.
create function system_session(
  wanted_hash bytea, wanted_project uuid,
  out session_id uuid, out user_id uuid, out email text, out name text, out organization_id uuid, out organization_name text,
  out role text, out pending boolean, out second_factor boolean, out created_at timestamptz, out last_seen_at timestamptz,
  out proved_at timestamptz, out project_known boolean
) returns setof record language sql stable security definer set search_path = pg_catalog, public as $$
  select s.id, u.id, u.email, u.name, o.id, o.name, m.role, s.pending, u.totp_enabled_at is not null,
    s.created_at, s.last_seen_at, s.proved_at,
    exists (select from public.projects p where p.project_id = wanted_project and p.organization_id = o.id
      and (m.role <> 'member' or exists (
        select from public.project_members pm where pm.project_id = p.project_id and pm.user_id = u.id)))
  from public.sessions s
  join public.users u on u.id = s.user_id
  join public.memberships m on m.organization_id = s.organization_id and m.user_id = s.user_id
  join public.organizations o on o.id = s.organization_id
  where s.token_hash = wanted_hash
$$;
--> statement-breakpoint
create function system_email_token(wanted_hash bytea, wanted_purpose text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select t.user_id from public.email_tokens t
  where t.token_hash = wanted_hash and t.purpose = wanted_purpose and t.expires_at > now()
$$;
--> statement-breakpoint
-- Forgets who has not failed for a day.
create function system_sweep_accounts() returns void
language sql security definer set search_path = pg_catalog, public as $$
  delete from public.throttles where last_failed_at < now() - interval '1 day';
  delete from public.email_tokens where expires_at < now();
  delete from public.sessions where last_seen_at < now() - interval '30 days' or created_at < now() - interval '30 days';
$$;
--> statement-breakpoint
create policy system_sweep on throttles for delete to app_system using (true);
--> statement-breakpoint
create policy system_read on throttles for select to app_system using (true);
--> statement-breakpoint
grant select (last_failed_at), delete on throttles to app_system;
--> statement-breakpoint
create policy system_sweep on email_tokens for delete to app_system using (true);
--> statement-breakpoint
grant delete on email_tokens to app_system;
--> statement-breakpoint
create policy system_sweep on sessions for delete to app_system using (true);
--> statement-breakpoint
grant delete on sessions to app_system;
--> statement-breakpoint
revoke execute on function setting_uuid(text), system_credentials(text), system_session(bytea, uuid),
  system_email_token(bytea, text), system_sweep_accounts() from public;
--> statement-breakpoint
grant execute on function setting_uuid(text), system_credentials(text), system_session(bytea, uuid),
  system_email_token(bytea, text), system_sweep_accounts() to app_rw;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
alter function system_credentials(text) owner to app_system;
--> statement-breakpoint
alter function system_session(bytea, uuid) owner to app_system;
--> statement-breakpoint
alter function system_email_token(bytea, text) owner to app_system;
--> statement-breakpoint
alter function system_sweep_accounts() owner to app_system;
--> statement-breakpoint
revoke create on schema public from app_system;
