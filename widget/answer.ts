import css from './answer.css?inline'
import { borrow } from './borrowed.ts'
import { SourceCard } from './citation.tsx'
import { type Conversation, createConversation, type Parts } from './conversation.ts'
import { History } from './history.tsx'
import type { Kit } from './kit.ts'
import { LiveRegion } from './live-region.tsx'
import { Message } from './message.tsx'
import { Notice } from './notice.tsx'

/** The second half of the panel: asking, reading the stream, drawing answers and their sources. */
export interface AnswerPart {
  css: string
  Message: typeof Message
  History: typeof History
  Notice: typeof Notice
  SourceCard: typeof SourceCard
  LiveRegion: typeof LiveRegion
  converse(parts: Parts): Conversation
}

export function start(kit: Kit): AnswerPart {
  borrow(kit)
  return { css, Message, History, Notice, SourceCard, LiveRegion, converse: createConversation }
}
