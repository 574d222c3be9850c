import { utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import { idFromBytes, newId, type Random } from '#shared/ids.ts'
import type { NewDelivery, ProjectDb, SpokenTurn } from '../project-db.ts'
import { readTranscript, type Turn } from '../rules/transcript.ts'
import type { EventEnd } from '../rules/webhook.ts'

/** A call that is over becomes a conversation, once, whichever and however many of its events tell of it. */
export async function receiveTranscript(
  event: NewDelivery,
  { db, random }: { db: ProjectDb; random: Random },
): Promise<EventEnd> {
  const read = readTranscript(event.body)
  if ('end' in read) return read.end
  const { callId, turns } = read.transcript
  const threadId = idFromBytes('thread', sha256(utf8(`voice transcript\n${event.endpoint}\n${callId}`)).slice(0, 16))
  // Nobody holds it: the conversation is for the project's people alone.
  const threadSecretHash = new Uint8Array(32)
  random(threadSecretHash)
  const { endpoint, eventId } = event
  await db.saveTranscript({ delivery: { endpoint, eventId }, threadId, threadSecretHash, turns: pair(turns, random) })
  return null
}

/** What the agent said to a question has the question's id, as an answer has. */
function pair(turns: Turn[], random: Random): SpokenTurn[] {
  let answerId = newId('answer', random)
  return turns.map(({ role, text }, index) => {
    if (role === 'visitor' || index === 0) answerId = newId('answer', random)
    return { role, answerId, markdown: role === 'visitor' ? text : asMarkdown(text) }
  })
}

/** Words are stored as Markdown that shows those words: a transcript makes no links. */
function asMarkdown(text: string): string {
  return text.replace(/[\\`*_[\]<>#|~&!]/g, '\\$&').replace(/^([-+]|\d+(?=[.)]))/, '\\$1')
}
