import { customType, timestamp, uuid } from 'drizzle-orm/pg-core'

/** First in every tenant table's keys. */
export const projectId = () => uuid('project_id').notNull()

export const bytea = customType<{ data: Uint8Array; driverData: string }>({
  dataType: () => 'bytea',
  toDriver: (bytes) => `\\x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`,
})

export const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'string' })
export const createdAt = () => time('created_at').notNull().defaultNow()
