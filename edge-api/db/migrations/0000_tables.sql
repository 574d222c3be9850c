CREATE TABLE "search_corpus" (
	"project_id" uuid NOT NULL,
	"passage_count" integer DEFAULT 0 NOT NULL,
	"total_length" bigint DEFAULT 0 NOT NULL,
	"next_number" integer DEFAULT 1 NOT NULL,
	CONSTRAINT "search_corpus_project_id_pk" PRIMARY KEY("project_id")
);
--> statement-breakpoint
CREATE TABLE "search_documents" (
	"project_id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"first_number" integer NOT NULL,
	"passage_count" integer NOT NULL,
	"total_length" integer NOT NULL,
	"terms" text[] NOT NULL,
	"words" text[] NOT NULL,
	CONSTRAINT "search_documents_project_id_document_id_pk" PRIMARY KEY("project_id","document_id"),
	CONSTRAINT "search_documents_number_key" UNIQUE("project_id","first_number")
);
--> statement-breakpoint
CREATE TABLE "search_postings" (
	"project_id" uuid NOT NULL,
	"term" text NOT NULL,
	"number" integer NOT NULL,
	"weight" real NOT NULL,
	"length" integer NOT NULL,
	CONSTRAINT "search_postings_project_id_term_number_pk" PRIMARY KEY("project_id","term","number")
);
--> statement-breakpoint
CREATE TABLE "search_spellings" (
	"project_id" uuid NOT NULL,
	"variant" text NOT NULL,
	"word" text NOT NULL,
	"omitted" smallint NOT NULL,
	CONSTRAINT "search_spellings_project_id_variant_word_pk" PRIMARY KEY("project_id","variant","word")
);
--> statement-breakpoint
CREATE TABLE "search_terms" (
	"project_id" uuid NOT NULL,
	"term" text NOT NULL,
	"passage_count" integer NOT NULL,
	CONSTRAINT "search_terms_project_id_term_pk" PRIMARY KEY("project_id","term")
);
--> statement-breakpoint
CREATE TABLE "search_words" (
	"project_id" uuid NOT NULL,
	"word" text NOT NULL,
	"term" text NOT NULL,
	"document_count" integer NOT NULL,
	CONSTRAINT "search_words_project_id_word_pk" PRIMARY KEY("project_id","word")
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"project_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"channel" text NOT NULL,
	"origin" text,
	"locale" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "conversations_project_id_id_pk" PRIMARY KEY("project_id","id")
);
--> statement-breakpoint
CREATE TABLE "documents" (
	"project_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"path" text NOT NULL,
	"title" text NOT NULL,
	"content" text,
	"fingerprint" text NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"passage_count" integer DEFAULT 0 NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "documents_project_id_id_pk" PRIMARY KEY("project_id","id"),
	CONSTRAINT "documents_path_key" UNIQUE("project_id","source_id","path"),
	CONSTRAINT "documents_state" CHECK (("documents"."state" = 'ready' and "documents"."reason" is null) or ("documents"."state" = 'failed' and "documents"."reason" is not null))
);
--> statement-breakpoint
CREATE TABLE "feedback" (
	"project_id" uuid NOT NULL,
	"answer_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"helpful" boolean NOT NULL,
	"reasons" text[] NOT NULL,
	"comment" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "feedback_project_id_answer_id_pk" PRIMARY KEY("project_id","answer_id")
);
--> statement-breakpoint
CREATE TABLE "job_items" (
	"project_id" uuid NOT NULL,
	"job_id" uuid NOT NULL,
	"path" text NOT NULL,
	"document_id" uuid NOT NULL,
	"state" text NOT NULL,
	"content" text,
	"fingerprint" text NOT NULL,
	"passage_count" integer DEFAULT 0 NOT NULL,
	"reason" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "job_items_project_id_job_id_path_pk" PRIMARY KEY("project_id","job_id","path"),
	CONSTRAINT "job_items_state" CHECK ("job_items"."state" in ('staged', 'done', 'failed'))
);
--> statement-breakpoint
CREATE TABLE "jobs" (
	"project_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"state" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "jobs_project_id_id_pk" PRIMARY KEY("project_id","id"),
	CONSTRAINT "jobs_state" CHECK ("jobs"."state" in ('staging', 'running', 'done'))
);
--> statement-breakpoint
CREATE TABLE "keys" (
	"project_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"environment" text NOT NULL,
	"body" text,
	"secret_hash" "bytea",
	"scopes" text[] NOT NULL,
	"label" text NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"replaced_by" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "keys_project_id_id_pk" PRIMARY KEY("project_id","id"),
	CONSTRAINT "keys_body_key" UNIQUE("project_id","body"),
	CONSTRAINT "keys_secret_key" UNIQUE("project_id","secret_hash"),
	CONSTRAINT "keys_kind" CHECK ("keys"."kind" in ('public', 'secret') and "keys"."environment" in ('live', 'test')),
	CONSTRAINT "keys_shape" CHECK (("keys"."kind" = 'public') = ("keys"."body" is not null) and ("keys"."kind" = 'secret') = ("keys"."secret_hash" is not null))
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"organization_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memberships_organization_id_user_id_pk" PRIMARY KEY("organization_id","user_id"),
	CONSTRAINT "memberships_role" CHECK ("memberships"."role" in ('owner', 'admin', 'member'))
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"project_id" uuid NOT NULL,
	"conversation_id" uuid NOT NULL,
	"position" bigint GENERATED ALWAYS AS IDENTITY (sequence name "messages_position_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"role" text NOT NULL,
	"markdown" text NOT NULL,
	"page_url" text,
	"answer_id" uuid NOT NULL,
	"request_id" uuid,
	"outcome" text,
	"citations" jsonb,
	"passage_ids" uuid[],
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "messages_project_id_conversation_id_position_pk" PRIMARY KEY("project_id","conversation_id","position"),
	CONSTRAINT "messages_answer_key" UNIQUE("project_id","answer_id","role"),
	CONSTRAINT "messages_request_key" UNIQUE("project_id","request_id"),
	CONSTRAINT "messages_role" CHECK ("messages"."role" in ('visitor', 'assistant'))
);
--> statement-breakpoint
CREATE TABLE "organizations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "origin_rules" (
	"project_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"rule" text NOT NULL,
	"expires_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "origin_rules_project_id_id_pk" PRIMARY KEY("project_id","id"),
	CONSTRAINT "origin_rules_rule_key" UNIQUE("project_id","rule")
);
--> statement-breakpoint
CREATE TABLE "passages" (
	"project_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"document_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"title" text NOT NULL,
	"headings" jsonb NOT NULL,
	"anchor" text,
	"url" text NOT NULL,
	"start_offset" integer NOT NULL,
	"end_offset" integer NOT NULL,
	"blocks" jsonb NOT NULL,
	"text" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "passages_project_id_id_pk" PRIMARY KEY("project_id","id"),
	CONSTRAINT "passages_ordinal_key" UNIQUE("project_id","document_id","ordinal")
);
--> statement-breakpoint
CREATE TABLE "policy_outbox" (
	"project_id" uuid NOT NULL,
	"epoch" bigint NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "policy_outbox_project_id_epoch_pk" PRIMARY KEY("project_id","epoch")
);
--> statement-breakpoint
CREATE TABLE "projects" (
	"project_id" uuid PRIMARY KEY NOT NULL,
	"organization_id" uuid NOT NULL,
	"name" text NOT NULL,
	"language" text DEFAULT 'en' NOT NULL,
	"widget" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"limits" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"policy_epoch" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"project_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"site_url" text,
	"site_style" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sources_project_id_id_pk" PRIMARY KEY("project_id","id"),
	CONSTRAINT "sources_name_key" UNIQUE("project_id","name")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" uuid PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"password_hash" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "users_email_key" UNIQUE("email"),
	CONSTRAINT "users_email_lower" CHECK ("users"."email" = lower("users"."email"))
);
--> statement-breakpoint
ALTER TABLE "search_corpus" ADD CONSTRAINT "search_corpus_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "search_documents" ADD CONSTRAINT "search_documents_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "search_terms" ADD CONSTRAINT "search_terms_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "search_words" ADD CONSTRAINT "search_words_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "documents" ADD CONSTRAINT "documents_project_id_source_id_sources_project_id_id_fk" FOREIGN KEY ("project_id","source_id") REFERENCES "public"."sources"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feedback" ADD CONSTRAINT "feedback_conversation_fk" FOREIGN KEY ("project_id","conversation_id") REFERENCES "public"."conversations"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "job_items" ADD CONSTRAINT "job_items_project_id_job_id_jobs_project_id_id_fk" FOREIGN KEY ("project_id","job_id") REFERENCES "public"."jobs"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_project_id_source_id_sources_project_id_id_fk" FOREIGN KEY ("project_id","source_id") REFERENCES "public"."sources"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "keys" ADD CONSTRAINT "keys_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "keys" ADD CONSTRAINT "keys_project_id_replaced_by_keys_project_id_id_fk" FOREIGN KEY ("project_id","replaced_by") REFERENCES "public"."keys"("project_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_conversation_fk" FOREIGN KEY ("project_id","conversation_id") REFERENCES "public"."conversations"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "origin_rules" ADD CONSTRAINT "origin_rules_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passages" ADD CONSTRAINT "passages_project_id_document_id_documents_project_id_id_fk" FOREIGN KEY ("project_id","document_id") REFERENCES "public"."documents"("project_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_outbox" ADD CONSTRAINT "policy_outbox_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "projects" ADD CONSTRAINT "projects_organization_id_organizations_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organizations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sources" ADD CONSTRAINT "sources_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feedback_conversation" ON "feedback" USING btree ("project_id","conversation_id");--> statement-breakpoint
CREATE INDEX "job_items_staged" ON "job_items" USING btree ("project_id","job_id","path") WHERE "job_items"."state" = 'staged';--> statement-breakpoint
CREATE UNIQUE INDEX "jobs_unfinished_key" ON "jobs" USING btree ("project_id","source_id") WHERE "jobs"."state" in ('staging', 'running');--> statement-breakpoint
CREATE INDEX "jobs_unfinished" ON "jobs" USING btree ("updated_at") WHERE "jobs"."state" in ('staging', 'running');--> statement-breakpoint
CREATE INDEX "memberships_user" ON "memberships" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "projects_organization" ON "projects" USING btree ("organization_id");