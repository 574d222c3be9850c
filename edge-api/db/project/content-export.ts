import { sql } from 'drizzle-orm'
import { idFromUuid } from '#shared/ids.ts'
import type { Scope } from '../scope.ts'

/** A project's content for its owner to take away, in the order of the ids; each call is one round trip. */
export interface ContentExport {
  /** Uuid of the last one of before; null for the first. */
  exportDocuments(after: string | null, limit: number): Promise<Exported[]>
  exportConversations(after: string | null, limit: number): Promise<Exported[]>
}

export interface Exported {
  /** To go on after. */
  uuid: string
  /** As it is written down. */
  json: string
}

export function exportRows({ db, projectId, run }: Scope): ContentExport {
  const all = async (query: ReturnType<typeof sql>, kind: 'document' | 'thread') => {
    const [{ rows }] = await run([db.execute<{ id: string; item: Record<string, unknown> }>(query)])
    return rows.map(({ id, item }) => ({ uuid: id, json: JSON.stringify({ id: idFromUuid(kind, id), ...item }) }))
  }
  return {
    exportDocuments: (after, limit) =>
      all(
        sql`select d.id, jsonb_build_object('path', d.path, 'title', d.title, 'state', d.state, 'reason', d.reason,
            'updatedAt', d.updated_at, 'content', d.content) as item
          from documents d where d.project_id = ${projectId}::uuid and (${after}::uuid is null or d.id > ${after}::uuid)
          order by d.id limit ${limit}`,
        'document',
      ),
    exportConversations: (after, limit) =>
      all(
        sql`select c.id, jsonb_build_object('channel', c.channel, 'origin', c.origin, 'locale', c.locale, 'createdAt', c.created_at,
            'messages', coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('role', m.role, 'markdown', m.markdown,
                'pageUrl', m.page_url, 'outcome', m.outcome, 'citations', m.citations, 'at', m.created_at)) order by m.position)
              from messages m where m.project_id = c.project_id and m.conversation_id = c.id), '[]'),
            'feedback', coalesce((select jsonb_agg(jsonb_build_object('helpful', f.helpful, 'reasons', f.reasons, 'comment', f.comment,
                'at', f.created_at) order by f.created_at)
              from feedback f where f.project_id = c.project_id and f.conversation_id = c.id), '[]')) as item
          from conversations c where c.project_id = ${projectId}::uuid and (${after}::uuid is null or c.id > ${after}::uuid)
          order by c.id limit ${limit}`,
        'thread',
      ),
  }
}
