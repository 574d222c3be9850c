-- Whose account a provider's subject is.
create policy system on user_identities for select to app_system using (true);
--> statement-breakpoint
grant select (issuer, subject, user_id) on user_identities to app_system;
--> statement-breakpoint
create function system_identity(
  wanted_issuer text, wanted_subject text,
  out user_id uuid, out email text, out name text, out second_factor boolean, out organization_id uuid
) returns setof record language sql stable security definer set search_path = pg_catalog, public as $$
  select u.id, u.email, u.name, u.totp_enabled_at is not null,
    (select m.organization_id from public.memberships m where m.user_id = u.id
     order by m.last_used_at desc, m.organization_id limit 1)
  from public.user_identities i join public.users u on u.id = i.user_id
  where i.issuer = wanted_issuer and i.subject = wanted_subject
$$;
--> statement-breakpoint
-- Whether the session's person has a password, for whoever holds the session's token.
create function system_has_password(wanted_hash bytea) returns boolean
language sql stable security definer set search_path = pg_catalog, public as $$
  select coalesce((select u.password_hash is not null from public.sessions s join public.users u on u.id = s.user_id
    where s.token_hash = wanted_hash), false)
$$;
--> statement-breakpoint
revoke execute on function system_identity(text, text), system_has_password(bytea) from public;
--> statement-breakpoint
grant execute on function system_identity(text, text), system_has_password(bytea) to app_rw;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
alter function system_identity(text, text) owner to app_system;
--> statement-breakpoint
alter function system_has_password(bytea) owner to app_system;
--> statement-breakpoint
revoke create on schema public from app_system;
