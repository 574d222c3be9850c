ALTER TABLE "memberships" ADD COLUMN "last_used_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
update memberships set last_used_at = created_at;
--> statement-breakpoint
-- An organization keeps an owner, whatever statement takes one away. Those that do take turns, so that of two owners who
-- leave at once the second finds that it is the last.
create function system_keep_owner() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('owner of ' || old.organization_id, 0));
  if exists (select from public.organizations o where o.id = old.organization_id)
    and not exists (select from public.memberships m where m.organization_id = old.organization_id and m.role = 'owner') then
    raise exception 'an organization keeps an owner' using errcode = '23514', constraint = 'memberships_owner';
  end if;
  return null;
end
$$;
--> statement-breakpoint
create trigger memberships_owner after update of role, user_id, organization_id or delete on memberships
  for each row when (old.role = 'owner') execute function system_keep_owner();
--> statement-breakpoint
-- A session ends with the role that it was opened in: the new one begins with a session of its own.
create function system_end_sessions() returns trigger language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  delete from public.sessions s where s.organization_id = old.organization_id and s.user_id = old.user_id;
  return null;
end
$$;
--> statement-breakpoint
create trigger memberships_sessions after update of role on memberships
  for each row when (old.role is distinct from new.role) execute function system_end_sessions();
--> statement-breakpoint
-- Where somebody belongs is theirs to know.
create policy own on memberships for select to app_rw using (user_id = (select setting_uuid('app.user_id')));
--> statement-breakpoint
create policy own on organizations for select to app_rw using (
  exists (select from memberships m where m.organization_id = organizations.id and m.user_id = (select setting_uuid('app.user_id')))
);
--> statement-breakpoint
-- An organization assigns people to its own projects.
create policy assigning on project_members to app_rw
  using (exists (select from projects p where p.project_id = project_members.project_id
    and p.organization_id = (select setting_uuid('app.organization_id'))))
  with check (exists (select from projects p where p.project_id = project_members.project_id
    and p.organization_id = (select setting_uuid('app.organization_id'))));
--> statement-breakpoint
create policy system on invitations for select to app_system using (true);
--> statement-breakpoint
grant select (id, organization_id, email, role, project_ids, token_hash, invited_by, expires_at) on invitations to app_system;
--> statement-breakpoint
-- For whoever holds the link.
create function system_invitation(
  wanted_hash bytea,
  out organization_id uuid, out organization_name text, out email text, out role text, out invited_by text, out expires_at timestamptz
) returns setof record language sql stable security definer set search_path = pg_catalog, public as $$
  select o.id, o.name, i.email, i.role, u.email, i.expires_at
  from public.invitations i
  join public.organizations o on o.id = i.organization_id
  left join public.users u on u.id = i.invited_by
  where i.token_hash = wanted_hash and i.expires_at > now()
$$;
--> statement-breakpoint
revoke execute on function system_keep_owner(), system_end_sessions(), system_invitation(bytea) from public;
--> statement-breakpoint
grant execute on function system_invitation(bytea) to app_rw;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
-- Signing in leads to where the person worked last. What app_system owns, only app_system replaces.
set local role app_system;
--> statement-breakpoint
create or replace function system_credentials(
  wanted_email text,
  out user_id uuid, out name text, out password_hash text, out email_verified boolean, out second_factor boolean,
  out organization_id uuid
) returns setof record language sql stable security definer set search_path = pg_catalog, public as $$
  select u.id, u.name, u.password_hash, u.email_verified_at is not null, u.totp_enabled_at is not null,
    (select m.organization_id from public.memberships m where m.user_id = u.id
     order by m.last_used_at desc, m.organization_id limit 1)
  from public.users u where u.email = wanted_email
$$;
--> statement-breakpoint
reset role;
--> statement-breakpoint
alter function system_keep_owner() owner to app_system;
--> statement-breakpoint
alter function system_end_sessions() owner to app_system;
--> statement-breakpoint
alter function system_invitation(bytea) owner to app_system;
--> statement-breakpoint
revoke create on schema public from app_system;
