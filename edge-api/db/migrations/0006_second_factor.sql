-- What a session's second factor is judged by, for whoever holds the session's token. As app_system: the application itself
-- cannot read a second factor, its own person's neither.
create function system_second_factor(
  wanted_hash bytea,
  out user_id uuid, out sealed_secret bytea, out enabled boolean, out last_step bigint
) returns setof record language sql stable security definer set search_path = pg_catalog, public as $$
  select u.id, u.totp_secret, u.totp_enabled_at is not null, u.totp_last_step
  from public.sessions s join public.users u on u.id = s.user_id
  where s.token_hash = wanted_hash
$$;
--> statement-breakpoint
-- The step that the statement which accepts a code compares with.
grant select (totp_last_step) on users to app_rw;
--> statement-breakpoint
-- Counts an attempt before it is made, unless one of its subjects is held: then nothing is counted, and the answer is the
-- seconds until none of them is. Each subject is locked before it is judged, so that attempts at the same time are judged
-- one after the other. `counted`: whether this subject is to be counted, or only asked.
create function count_attempt(attempt jsonb, first_hold interval, longest_hold interval)
returns double precision language plpgsql set search_path = pg_catalog, public as $$
declare
  wait double precision;
begin
  insert into public.throttles (subject, failures)
    select a.subject, 0 from jsonb_to_recordset(attempt) as a(subject bytea, counted boolean) where a.counted order by 1
    on conflict (subject) do nothing;
  perform from public.throttles t
    where t.subject in (select a.subject from jsonb_to_recordset(attempt) as a(subject bytea)) order by t.subject for update;
  select max(extract(epoch from t.last_failed_at
      + least(longest_hold, first_hold * power(2, least(t.failures - a.free, 30))) - clock_timestamp()))
    into wait
    from jsonb_to_recordset(attempt) as a(subject bytea, free integer) join public.throttles t on t.subject = a.subject
    where t.failures >= a.free;
  if wait > 0 then
    -- No longer than that, also when the clock was set back.
    return least(wait, extract(epoch from longest_hold));
  end if;
  update public.throttles t
    set failures = case when t.last_failed_at < clock_timestamp() - make_interval(secs => a.forget) then 1 else t.failures + 1 end,
      last_failed_at = clock_timestamp()
    from jsonb_to_recordset(attempt) as a(subject bytea, counted boolean, forget integer)
    where a.counted and t.subject = a.subject;
  return 0;
end
$$;
--> statement-breakpoint
revoke execute on function system_second_factor(bytea),
  count_attempt(jsonb, interval, interval) from public;
--> statement-breakpoint
grant execute on function system_second_factor(bytea),
  count_attempt(jsonb, interval, interval) to app_rw;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
alter function system_second_factor(bytea) owner to app_system;
--> statement-breakpoint
revoke create on schema public from app_system;
