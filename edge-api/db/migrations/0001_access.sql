-- Who may do what. Runs as the schema's owner: neither superuser nor BYPASSRLS, but CREATEROLE.

-- Roles belong to the whole server, so another database of it may have made them already.
do $$
declare
  wanted text;
begin
  foreach wanted in array array['app_rw', 'app_system'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin', wanted);
    end if;
    -- From PostgreSQL 16 on, creating a role does not let its creator act as it.
    if current_setting('server_version_num')::int >= 160000 then
      execute format('grant %I to current_user with inherit false, set true', wanted);
    else
      execute format('grant %I to current_user', wanted);
    end if;
  end loop;
end
$$;
--> statement-breakpoint
revoke create on schema public from public;
--> statement-breakpoint
grant usage on schema public to app_rw, app_system;
--> statement-breakpoint

-- Makes a table one of a tenant's: its rows exist only for the project that app.project_id names. After a transaction
-- that set it the setting reads '', not null, hence the nullif; the sub-select is evaluated once a statement.
create function protect_tenant_table(target regclass) returns void language plpgsql set search_path = pg_catalog, public as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format($policy$
    create policy tenant on %s to app_rw
      using      (project_id = (select nullif(current_setting('app.project_id', true), '')::uuid))
      with check (project_id = (select nullif(current_setting('app.project_id', true), '')::uuid))
  $policy$, target);
  execute format('grant select, insert, update, delete on %s to app_rw', target);
end
$$;
--> statement-breakpoint
revoke execute on function protect_tenant_table(regclass) from public;
--> statement-breakpoint
select protect_tenant_table(name::regclass)
from unnest(array[
  'projects', 'keys', 'origin_rules', 'policy_outbox', 'sources', 'documents', 'passages', 'jobs', 'job_items',
  'conversations', 'messages', 'feedback',
  'search_corpus', 'search_documents', 'search_terms', 'search_postings', 'search_words', 'search_spellings'
]) as name;
--> statement-breakpoint

-- Account tables: closed to app_rw. The owner seeds them, and even the owner needs a policy under forced RLS.
do $$
declare
  target text;
begin
  foreach target in array array['organizations', 'users', 'memberships'] loop
    execute format('alter table %I enable row level security', target);
    execute format('alter table %I force row level security', target);
    execute format('create policy owner on %I to current_user using (true) with check (true)', target);
  end loop;
end
$$;
--> statement-breakpoint

-- What may be asked before a project is known: two questions, answered with ids only. They run as app_system, which
-- may read these columns of these tables across projects, and nothing else.
create policy system on jobs for select to app_system using (true);
--> statement-breakpoint
grant select (project_id, id, state, updated_at) on jobs to app_system;
--> statement-breakpoint
create policy system on policy_outbox for select to app_system using (true);
--> statement-breakpoint
grant select (project_id, created_at) on policy_outbox to app_system;
--> statement-breakpoint
create function system_unfinished_jobs(max_rows int, out project_id uuid, out job_id uuid) returns setof record
language sql stable security definer set search_path = pg_catalog, public as $$
  select project_id, id from public.jobs where state in ('staging', 'running') order by updated_at limit max_rows
$$;
--> statement-breakpoint
create function system_pending_policies(max_rows int) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select project_id from public.policy_outbox group by project_id order by min(created_at) limit max_rows
$$;
--> statement-breakpoint
revoke execute on function system_unfinished_jobs(int), system_pending_policies(int) from public;
--> statement-breakpoint
grant execute on function system_unfinished_jobs(int), system_pending_policies(int) to app_rw;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
alter function system_unfinished_jobs(int) owner to app_system;
--> statement-breakpoint
alter function system_pending_policies(int) owner to app_system;
--> statement-breakpoint
revoke create on schema public from app_system;
--> statement-breakpoint

-- The first statement of every batch that processes documents: takes the items for this transaction, or stops it when
-- one of them is not waiting any more in that version, because another consumer was quicker or the source has changed.
create function claim_job_items(wanted_job uuid, paths text[], fingerprints text[]) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare
  project uuid := nullif(current_setting('app.project_id', true), '')::uuid;
  claimed int;
begin
  -- Two consumers of one job take turns from here on, so the last of them sees that it is the last.
  perform from public.jobs where project_id = project and id = wanted_job for update;
  perform from public.job_items
    where project_id = project and job_id = wanted_job and state = 'staged'
      and (path, fingerprint) in (select * from unnest(paths, fingerprints))
    order by path for update;
  get diagnostics claimed = row_count;
  if claimed <> cardinality(paths) then
    raise exception 'job items are no longer staged' using errcode = 'PX001';
  end if;
end
$$;
--> statement-breakpoint
revoke execute on function claim_job_items(uuid, text[], text[]) from public;
--> statement-breakpoint
grant execute on function claim_job_items(uuid, text[], text[]) to app_rw;
