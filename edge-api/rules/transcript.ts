import { utf8 } from '#shared/bytes.ts'
import { type Members, membersOf, parseJsonBody } from './json-body.ts'

/** A call that is over, as it was said. */
export interface Transcript {
  /** The platform's own. */
  callId: string
  /** In their order, nobody twice in a row. */
  turns: Turn[]
}

export interface Turn {
  role: 'visitor' | 'assistant'
  text: string
}

export type TranscriptReading =
  | { transcript: Transcript }
  /** Why it has no effect, for the project's owner; `dead` where something is wrong with it. */
  | { end: { state: 'ignored' | 'dead'; reason: string } }

const MAX_TURNS = 400
const MAX_TURN_LENGTH = 4000
/** What is beyond is left out: a transcript has to fit into a queue's message. */
const MAX_TRANSCRIPT_BYTES = 60_000

/** Where a platform puts what was said, and what it calls those who said it. */
interface Found {
  callId: unknown
  turns: unknown
  text: string
}

const VISITOR = new Set<unknown>(['user', 'visitor', 'customer'])
const ASSISTANT = new Set<unknown>(['agent', 'assistant', 'bot'])

/**
 * ElevenLabs `post_call_transcription`: https://elevenlabs.io/docs/eleven-agents/workflows/post-call-webhooks. Retell `call_ended`
 * and `call_analyzed`: https://docs.retellai.com/features/webhook. Vapi `end-of-call-report`:
 * https://docs.vapi.ai/server-url/end-of-call-report. Everybody else: `call.transcript` with `{callId, turns: [{role, text}]}`.
 */
export function readTranscript(body: Uint8Array): TranscriptReading {
  const parsed = parseJsonBody(body)
  const event = parsed.ok ? membersOf(parsed.value) : null
  if (event === null) return dead('The body is not a JSON object.')
  const found = find(event)
  if (found === null) return ignored('Only questions and transcripts of ended calls have an effect here.')
  const { callId, turns, text } = found
  if (typeof callId !== 'string' || callId === '' || callId.length > 255)
    return dead('The event does not say which call it is about.')
  if (turns === undefined || turns === null) return ignored('The event has no transcript.')
  if (!Array.isArray(turns)) return dead('Its transcript is not a list of turns.')
  const read: Turn[] = []
  for (const [index, item] of turns.entries()) {
    const turn = membersOf(item)
    const said = turn?.[text]
    if (turn === null || (said !== undefined && said !== null && typeof said !== 'string'))
      return dead(`Turn ${index + 1} of its transcript is not of the form that was expected.`)
    const role = VISITOR.has(turn.role) ? 'visitor' : ASSISTANT.has(turn.role) ? 'assistant' : null
    // Tools and instructions speak too; nobody heard them.
    if (role !== null && said) read.push({ role, text: clean(said) })
  }
  const kept = bounded(joined(read))
  return kept.length === 0 ? ignored('Nothing was said in the call.') : { transcript: { callId, turns: kept } }
}

function find(event: Members): Found | null {
  if (event.type === 'post_call_transcription') {
    const data = membersOf(event.data)
    return { callId: data?.conversation_id, turns: data?.transcript, text: 'message' }
  }
  if (event.event === 'call_ended' || event.event === 'call_analyzed') {
    const call = membersOf(event.call)
    return { callId: call?.call_id, turns: call?.transcript_object, text: 'content' }
  }
  const message = membersOf(event.message)
  if (message?.type === 'end-of-call-report') {
    const turns = membersOf(message.artifact)?.messages ?? message.messages
    return { callId: membersOf(message.call)?.id, turns, text: 'message' }
  }
  if (event.type !== SHORT_TYPE) return null
  const data = membersOf(event.data)
  return { callId: data?.callId, turns: data?.turns, text: 'text' }
}

const SHORT_TYPE = 'call.transcript'

/** The same transcript with nothing beside it, for a queue that takes no more: platforms send what each turn cost, too. */
export function shortened({ callId, turns }: Transcript): Uint8Array {
  const named = turns.map(({ role, text }) => ({ role, text }))
  return utf8(JSON.stringify({ type: SHORT_TYPE, data: { callId, turns: named } }))
}

function dead(reason: string): TranscriptReading {
  return { end: { state: 'dead', reason } }
}

function ignored(reason: string): TranscriptReading {
  return { end: { state: 'ignored', reason } }
}

function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
}

/** Platforms cut where somebody breathes. */
function joined(turns: Turn[]): Turn[] {
  const whole: Turn[] = []
  for (const { role, text } of turns) {
    const last = whole.at(-1)
    if (text === '') continue
    if (last?.role === role) last.text = `${last.text} ${text}`
    else whole.push({ role, text })
  }
  return whole
}

function bounded(turns: Turn[]): Turn[] {
  const kept: Turn[] = []
  let left = MAX_TRANSCRIPT_BYTES
  for (const { role, text } of turns.slice(0, MAX_TURNS)) {
    const short = text.length > MAX_TURN_LENGTH ? `${text.slice(0, MAX_TURN_LENGTH).toWellFormed()}…` : text
    left -= utf8(short).length
    if (left < 0) break
    kept.push({ role, text: short })
  }
  return kept
}
