import type { Channel } from '#shared/channel.ts'
import type { AnswerId, DocumentId, PassageId, ProjectId, ThreadId } from '#shared/ids.ts'
import type { Outcome, ThreadMessage } from '#shared/wire.ts'
import type { Page, Placed } from '../rules/page.ts'
import type { SiteStyle } from '../rules/passage.ts'
import type { DatabaseAddress } from './connect.ts'
import { conversationRows } from './project/content-conversations.ts'
import { documentRows } from './project/content-documents.ts'
import { type ContentExport, exportRows } from './project/content-export.ts'
import { scopeTo } from './scope.ts'

/**
 * What a project holds, as its people look into it: a handle beside `ProjectDb`, in the project's own scope, that the
 * widget's routes do not get. Each method is one transaction in one round trip.
 */
export interface ProjectContent extends ContentExport {
  /** The latest processed first. */
  pageOfDocuments(page: Page, filter: DocumentFilter): Promise<Placed<ListedDocument>[]>
  countDocuments(): Promise<{ documents: number; failed: number; passages: number }>
  /** Where the source's pages are published; of a source that is not there yet, nowhere. */
  readSite(source: string): Promise<Site>
  /** With its passages in their order; null where there is none. */
  readDocument(id: DocumentId): Promise<(ListedDocument & { passages: DocumentPassage[] }) | null>
  /** It stops answering at once. */
  removeDocument(id: DocumentId): Promise<ListedDocument | null>

  /** The latest begun first. */
  pageOfConversations(page: Page, filter: ConversationFilter): Promise<Placed<ListedConversation>[]>
  readConversation(id: ThreadId): Promise<ReadConversation | null>
  /** For good, with its messages and ratings. */
  removeConversation(id: ThreadId): Promise<boolean>
}

export interface Site {
  siteUrl: string | null
  siteStyle: SiteStyle
}

export interface DocumentFilter {
  state?: 'ready' | 'failed' | undefined
  /** Part of a path or title, in either case. */
  text?: string | undefined
}

export interface ListedDocument {
  id: DocumentId
  source: string
  path: string
  title: string
  state: 'ready' | 'failed'
  /** Why it failed; null where it did not. */
  reason: string | null
  passageCount: number
  updatedAt: string
}

export interface DocumentPassage {
  id: PassageId
  headings: string[]
  url: string
  text: string
}

export interface ConversationFilter {
  /** Those with an answer so rated. */
  rating?: 'up' | 'down' | undefined
  /** Those with an answer of that outcome. */
  outcome?: Outcome | undefined
  channel?: Channel | undefined
  /** Part of a question, in either case. */
  text?: string | undefined
}

export interface ListedConversation {
  id: ThreadId
  channel: Channel
  /** Null where it was not held on a page. */
  origin: string | null
  locale: string | null
  /** Whether the customer's server named the visitor; whom, nobody can read. */
  identified: boolean
  createdAt: string
  /** The first question. */
  question: string
  questions: number
  abstained: number
  up: number
  down: number
}

export interface ConversationMessage extends ThreadMessage {
  /** Of a question: the page it was asked on. */
  pageUrl?: string
  /** Of an answer that was rated. */
  feedback?: { rating: 'up' | 'down'; reasons: string[]; comment: string | null }
}

export interface ReadConversation
  extends Pick<ListedConversation, 'id' | 'channel' | 'origin' | 'locale' | 'identified' | 'createdAt'> {
  messages: (ConversationMessage & { answerId: AnswerId })[]
}

export function createProjectContent(address: DatabaseAddress, projectId: ProjectId): ProjectContent {
  const scope = scopeTo(address, projectId)
  return { ...documentRows(scope), ...conversationRows(scope), ...exportRows(scope) }
}
