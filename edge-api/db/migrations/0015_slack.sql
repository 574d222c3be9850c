CREATE TABLE "slack_answers" (
	"project_id" uuid NOT NULL,
	"endpoint" text NOT NULL,
	"event_id" text NOT NULL,
	"taken_until" timestamp with time zone,
	"placeholder_ts" text,
	"answer_id" uuid,
	CONSTRAINT "slack_answers_project_id_endpoint_event_id_pk" PRIMARY KEY("project_id","endpoint","event_id")
);
--> statement-breakpoint
CREATE TABLE "slack_workspaces" (
	"project_id" uuid NOT NULL,
	"team_id" text NOT NULL,
	"team_name" text NOT NULL,
	"bot_user_id" text NOT NULL,
	"sealed_token" "bytea" NOT NULL,
	"scopes" text[] NOT NULL,
	"installed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "slack_workspaces_project_id_team_id_pk" PRIMARY KEY("project_id","team_id"),
	CONSTRAINT "slack_workspaces_team_key" UNIQUE("team_id"),
	CONSTRAINT "slack_workspaces_team" CHECK ("slack_workspaces"."team_id" ~ '^[A-Z][A-Z0-9]{1,30}$')
);
--> statement-breakpoint
ALTER TABLE "slack_answers" ADD CONSTRAINT "slack_answers_delivery_fk" FOREIGN KEY ("project_id","endpoint","event_id") REFERENCES "public"."webhook_deliveries"("project_id","endpoint","event_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "slack_workspaces" ADD CONSTRAINT "slack_workspaces_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
select protect_tenant_table('slack_workspaces'), protect_tenant_table('slack_answers');
--> statement-breakpoint

-- One more question that may be asked before a project is known: which one answers in a workspace.
create policy system on slack_workspaces for select to app_system using (true);
--> statement-breakpoint
grant select (project_id, team_id) on slack_workspaces to app_system;
--> statement-breakpoint
create function system_project_of_slack_team(wanted text) returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as $$
  select project_id from public.slack_workspaces where team_id = wanted
$$;
--> statement-breakpoint
revoke execute on function system_project_of_slack_team(text) from public;
--> statement-breakpoint
grant execute on function system_project_of_slack_team(text) to app_rw;
--> statement-breakpoint
grant create on schema public to app_system;
--> statement-breakpoint
alter function system_project_of_slack_team(text) owner to app_system;
--> statement-breakpoint
revoke create on schema public from app_system;
