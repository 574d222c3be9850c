CREATE TABLE "identity_keys" (
	"project_id" uuid NOT NULL,
	"id" uuid NOT NULL,
	"kid" text,
	"algorithm" text NOT NULL,
	"public_key" text,
	"sealed_secret" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "identity_keys_project_id_id_pk" PRIMARY KEY("project_id","id"),
	CONSTRAINT "identity_keys_kid_key" UNIQUE NULLS NOT DISTINCT("project_id","kid"),
	CONSTRAINT "identity_keys_algorithm" CHECK ("identity_keys"."algorithm" in ('EdDSA', 'ES256', 'RS256', 'HS256')),
	CONSTRAINT "identity_keys_shape" CHECK (("identity_keys"."algorithm" = 'HS256') = ("identity_keys"."sealed_secret" is not null) and ("identity_keys"."algorithm" <> 'HS256') = ("identity_keys"."public_key" is not null)),
	CONSTRAINT "identity_keys_public" CHECK ("identity_keys"."public_key" like '-----BEGIN PUBLIC KEY-----%')
);
--> statement-breakpoint
ALTER TABLE "conversations" ADD COLUMN "visitor_hash" "bytea";--> statement-breakpoint
ALTER TABLE "projects" ADD COLUMN "enforce_identity" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "identity_keys" ADD CONSTRAINT "identity_keys_project_id_projects_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."projects"("project_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
select protect_tenant_table('identity_keys');
