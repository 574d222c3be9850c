CREATE TABLE "webhook_deliveries" (
	"project_id" uuid NOT NULL,
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"endpoint" text NOT NULL,
	"event_id" text NOT NULL,
	"type" text NOT NULL,
	"state" text NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"reason" text,
	"body" "bytea",
	"paths" text[],
	"occurred_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_deliveries_project_id_endpoint_event_id_pk" PRIMARY KEY("project_id","endpoint","event_id"),
	CONSTRAINT "webhook_deliveries_id_key" UNIQUE("project_id","id"),
	CONSTRAINT "webhook_deliveries_state" CHECK ("webhook_deliveries"."state" in ('waiting', 'done', 'ignored', 'dead')),
	CONSTRAINT "webhook_deliveries_body" CHECK (("webhook_deliveries"."state" in ('done', 'ignored')) = ("webhook_deliveries"."body" is null))
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"project_id" uuid NOT NULL,
	"id" text NOT NULL,
	"kind" text NOT NULL,
	"provider" text NOT NULL,
	"label" text NOT NULL,
	"sealed_secret" "bytea" NOT NULL,
	"replaced_secret" "bytea",
	"replaced_expires_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_endpoints_project_id_id_pk" PRIMARY KEY("project_id","id"),
	CONSTRAINT "webhook_endpoints_id" CHECK ("webhook_endpoints"."id" ~ '^whe_[0-9A-Za-z]{48}$'),
	CONSTRAINT "webhook_endpoints_kind" CHECK ("webhook_endpoints"."kind" in ('in', 'voice')),
	CONSTRAINT "webhook_endpoints_provider" CHECK ("webhook_endpoints"."provider" in ('standard', 'elevenlabs', 'retell', 'vapi')),
	CONSTRAINT "webhook_endpoints_replaced" CHECK (("webhook_endpoints"."replaced_secret" is null) = ("webhook_endpoints"."replaced_expires_at" is null))
);
--> statement-breakpoint
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_recent" ON "webhook_deliveries" USING btree ("project_id","received_at","id");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_waiting" ON "webhook_deliveries" USING btree ("updated_at") WHERE "webhook_deliveries"."state" = 'waiting';
--> statement-breakpoint
select protect_tenant_table('webhook_endpoints'), protect_tenant_table('webhook_deliveries');
--> statement-breakpoint

-- The first statement of every batch that gives an event its effect: takes the event for this transaction, or stops it,
-- because it has taken effect already (PX002) or a later one has, that was about the same documents (PX003).
create function claim_webhook_delivery(wanted_endpoint text, wanted_event text, about text[]) returns void
language plpgsql set search_path = pg_catalog, public as $$
declare
  project uuid := nullif(current_setting('app.project_id', true), '')::uuid;
  happened timestamptz;
begin
  -- The events of one endpoint take turns, so that each sees what the others have done.
  perform pg_advisory_xact_lock(hashtextextended(project::text || wanted_endpoint, 0));
  update public.webhook_deliveries
    set state = 'done', body = null, reason = null, paths = about, updated_at = now()
    where project_id = project and endpoint = wanted_endpoint and event_id = wanted_event and state = 'waiting'
    returning occurred_at into happened;
  if not found then
    raise exception 'the event has taken effect already' using errcode = 'PX002';
  end if;
  perform from public.webhook_deliveries
    where project_id = project and endpoint = wanted_endpoint and state = 'done' and event_id <> wanted_event
      and occurred_at > happened and paths && about;
  if found then
    raise exception 'a later event was about the same documents' using errcode = 'PX003';
  end if;
end
$$;
--> statement-breakpoint
revoke execute on function claim_webhook_delivery(text, text, text[]) from public;
--> statement-breakpoint
grant execute on function claim_webhook_delivery(text, text, text[]) to app_rw;
--> statement-breakpoint

-- One more question that may be asked before a project is known: which deliveries wait and nobody has touched for a while.
create policy system on webhook_deliveries for select to app_system using (true);
--> statement-breakpoint
grant select (project_id, endpoint, event_id, state, updated_at) on webhook_deliveries to app_system;
--> statement-breakpoint
create function system_waiting_deliveries(max_rows int, out project_id uuid, out endpoint text, out event_id text)
returns setof record language sql stable security definer set search_path = pg_catalog, public as $$
  select project_id, endpoint, event_id from public.webhook_deliveries
  where state = 'waiting' and updated_at < now() - interval '10 minutes' order by updated_at limit max_rows
$$;
--> statement-breakpoint
revoke execute on function system_waiting_deliveries(int) from public;
--> statement-breakpoint
grant execute on function system_waiting_deliveries(int) to app_rw;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
alter function system_waiting_deliveries(int) owner to app_system;
--> statement-breakpoint
revoke create on schema public from app_system;
