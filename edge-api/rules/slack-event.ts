import { MAX_QUESTION_LENGTH } from '#shared/limits.ts'
import { isCleanText, type Members, membersOf, parseJsonBody } from './json-body.ts'

/** What one of Slack's requests asks for, once its signature has held: https://docs.slack.dev/apis/events-api */
export type SlackEvent =
  | { kind: 'handshake'; challenge: string }
  | SlackQuestion
  | SlackEnd
  /** What we have no business with: what bots say, ourselves among them, edits, and events that nobody asked for. */
  | { kind: 'nothing'; why: string }

export interface SlackQuestion {
  kind: 'question'
  teamId: string
  channel: string
  /** The thread to answer in; null: a slash command has none, and its answer begins one. */
  threadTs: string | null
  /** The message stands in a thread that was there before it. */
  goesOn: boolean
  user: string
  /** As plain text. Empty where only a greeting was typed. */
  text: string
}

/** The workspace has taken the app or its token away. */
export interface SlackEnd {
  kind: 'end'
  teamId: string
  /** When, in milliseconds; null where Slack does not say. */
  atMs: number | null
}

/** The content type is not signed, so the bytes say themselves what they are. Null: neither an event nor a command. */
export function readSlackEvent(body: Uint8Array): SlackEvent | null {
  const parsed = parseJsonBody(body)
  const envelope = parsed.ok ? membersOf(parsed.value) : null
  return envelope === null ? readCommand(new URLSearchParams(new TextDecoder().decode(body))) : readEnvelope(envelope)
}

function readEnvelope(envelope: Members): SlackEvent | null {
  if (envelope.type === 'url_verification') {
    const { challenge } = envelope
    return typeof challenge === 'string' && challenge.length <= 500 ? { kind: 'handshake', challenge } : null
  }
  const event = membersOf(envelope.event)
  const teamId = idOf(envelope.team_id)
  if (envelope.type !== 'event_callback' || event === null || teamId === null) return nothing('It is no event.')
  if (event.type === 'app_uninstalled') return { kind: 'end', teamId, atMs: timeOf(envelope) }
  if (event.type === 'tokens_revoked') {
    const bots = membersOf(event.tokens)?.bot
    const isOurs = Array.isArray(bots) && bots.length > 0
    return isOurs ? { kind: 'end', teamId, atMs: timeOf(envelope) } : nothing('Only tokens of people were revoked.')
  }
  return readMessage(event, teamId, botsOf(envelope))
}

function readMessage(event: Members, teamId: string, bots: Set<unknown>): SlackEvent {
  const isDirect = event.type === 'message' && event.channel_type === 'im'
  if (event.type !== 'app_mention' && !isDirect) return nothing('It is not said to the app.')
  // Edits, joins and the like have a subtype; an answer to what a bot says could go on for ever.
  if (event.subtype !== undefined && event.subtype !== 'thread_broadcast') return nothing('It is no new message.')
  const [channel, user, ts] = [idOf(event.channel), idOf(event.user), stampOf(event.ts)]
  if (event.bot_id !== undefined || event.app_id !== undefined || bots.has(event.user)) return nothing('A bot said it.')
  if (channel === null || user === null || ts === null) return nothing('Nobody said it anywhere.')
  const thread = stampOf(event.thread_ts)
  const goesOn = thread !== null && thread !== ts
  const text = plainText(typeof event.text === 'string' ? event.text : '')
  return { kind: 'question', teamId, channel, threadTs: thread ?? ts, goesOn, user, text }
}

function readCommand(form: URLSearchParams): SlackEvent | null {
  if (!form.has('command')) return null
  const [teamId, channel, user] = ['team_id', 'channel_id', 'user_id'].map((name) => idOf(form.get(name)))
  if (!teamId || !channel || !user) return nothing('The command does not say whose it is.')
  const text = plainText(form.get('text') ?? '')
  return { kind: 'question', teamId, channel, threadTs: null, goesOn: false, user, text }
}

/** What somebody typed, without whom they spoke to and without Slack's marks: https://docs.slack.dev/messaging/formatting-message-text */
function plainText(text: string): string {
  const plain = text
    .replace(/<@[^>]*>/g, ' ')
    .replace(/<(?:[#!][^|>]*|[^|>]*)\|([^>]*)>/g, '$1')
    .replace(/<([^>]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_QUESTION_LENGTH)
  return isCleanText(plain) ? plain : plain.toWellFormed().replaceAll('\0', '')
}

/** Whom the app speaks as in the workspaces that the event goes to. */
function botsOf({ authorizations }: Members): Set<unknown> {
  const all = Array.isArray(authorizations) ? authorizations.map(membersOf) : []
  return new Set(all.filter((one) => one?.is_bot === true).map((one) => one?.user_id))
}

const nothing = (why: string): SlackEvent => ({ kind: 'nothing', why })

function idOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Z][A-Z0-9]{1,30}$/.test(value) ? value : null
}

/** A message's name within its channel: seconds and a number. */
function stampOf(value: unknown): string | null {
  return typeof value === 'string' && /^\d{1,12}\.\d{1,8}$/.test(value) ? value : null
}

function timeOf({ event_time: seconds }: Members): number | null {
  return typeof seconds === 'number' && Number.isSafeInteger(seconds) && seconds > 0 ? seconds * 1000 : null
}
