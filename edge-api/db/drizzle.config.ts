import { defineConfig } from 'drizzle-kit'

/**
 * `npx drizzle-kit generate --config edge-api/db/drizzle.config.ts --name what_changes` writes the next migration for
 * tables; roles, row-level security, grants and functions are written by hand (`--custom`), for drizzle-kit knows no FORCE.
 */
export default defineConfig({
  dialect: 'postgresql',
  schema: [
    './edge-api/db/schema.ts',
    './edge-api/db/schema-accounts.ts',
    './edge-api/db/schema-billing.ts',
    './edge-api/db/schema-visitors.ts',
    './edge-api/db/schema-conversations.ts',
    './edge-api/db/schema-webhooks.ts',
    './edge-api/db/schema-slack.ts',
    './edge-api/db/schema-search.ts',
  ],
  out: './edge-api/db/migrations',
})
