import { toHex, utf8 } from '#shared/bytes.ts'
import { hmacSha256 } from '#shared/digest.ts'
import { idFromBytes, newId, type ProjectId } from '#shared/ids.ts'
import { openSealed } from '#shared/seal.ts'
import type { AccountPorts, SlackApp } from '../account-ports.ts'
import type { ProjectSlack, SlackDelivery, TakenEvent } from '../db/slack.ts'
import { DatabaseUnavailable, GateUnavailable, SlackRefused, SlackUnavailable } from '../errors.ts'
import type { AnswerRefusal, CommonPorts } from '../ports.ts'
import { loadLanguage } from '../rules/language.ts'
import { escapeSlack, slackAnswer } from '../rules/mrkdwn.ts'
import { readSlackEvent, type SlackQuestion } from '../rules/slack-event.ts'
import { MAX_ATTEMPTS, retryDelaySeconds, SLACK_ENDPOINT } from '../rules/webhook.ts'
import { type Asked, derivedRequestId, hashSecret, type PreparedAnswer, prepareAnswer, storeAnswer } from './answer.ts'
import { slackTokenPlace } from './connect-slack.ts'

export interface SlackAnswering extends Pick<CommonPorts, 'openProject' | 'gate' | 'log' | 'random'> {
  settings: Pick<CommonPorts['settings'], 'threadSecret' | 'sealingKeys'>
  openSettings: AccountPorts['openSettings']
  open: AccountPorts['slack']['open']
  app: SlackApp
}

export type SlackOrNone = Pick<AccountPorts['slack'], 'app' | 'projectOf'>

export type SlackOutcome = { done: true } | { done: false; retryAfterSeconds: number; error: unknown }

interface Turn {
  projectId: ProjectId
  eventId: string
  taken: TakenEvent
  rows: ProjectSlack
}

const BUSY_SECONDS = 15

/**
 * Gives one of Slack's events its effect. Each call to Slack is noted before and after, so that after a crash it may be made twice
 * and never not at all; what is kept of the question is kept once. What fails is tried again, and after `MAX_ATTEMPTS` put aside
 * with the reason, to be replayed by hand. Rejects with DatabaseUnavailable, and then the queue has to bring it again.
 */
export async function answerInSlack(
  projectId: ProjectId,
  event: SlackDelivery,
  ports: SlackAnswering,
): Promise<SlackOutcome> {
  const rows = ports.open(projectId)
  const { eventId } = event
  const taken = await rows.takeEvent(event)
  if (taken === 'over') return { done: true }
  if (taken === 'busy') return { done: false, retryAfterSeconds: BUSY_SECONDS, error: 'another consumer has it' }
  try {
    await act({ projectId, eventId, taken, rows }, ports)
    return { done: true }
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error
    return settle(rows, eventId, taken.attempts, error)
  }
}

async function settle(rows: ProjectSlack, eventId: string, attempts: number, error: unknown): Promise<SlackOutcome> {
  if (error instanceof SlackRefused) {
    await rows.endEvent(eventId, 'dead', refusalInWords(error.code))
    return { done: true }
  }
  const ours = 'It failed on our side.'
  const why = error instanceof SlackUnavailable || error instanceof GateUnavailable ? error.message : ours
  if (attempts >= MAX_ATTEMPTS) {
    await rows.endEvent(eventId, 'dead', `${attempts} attempts failed. ${why}`)
    return { done: true }
  }
  await rows.postponeEvent(eventId, `Attempt ${attempts} failed. ${why} It is tried again.`)
  const asked = error instanceof SlackUnavailable ? error.retryAfterSeconds : null
  return { done: false, retryAfterSeconds: asked ?? retryDelaySeconds(attempts), error }
}

function refusalInWords(code: string): string {
  if (code === 'not_in_channel' || code === 'channel_not_found')
    return `The app is not in that channel: invite it there. (${code})`
  if (code === 'token_revoked' || code === 'account_inactive' || code === 'invalid_auth')
    return `Slack does not accept the app’s token any more: connect the workspace again. (${code})`
  return `Slack refused it: ${code}.`
}

async function act(turn: Turn, ports: SlackAnswering): Promise<void> {
  const { eventId, taken, rows } = turn
  const event = readSlackEvent(taken.body)
  if (event?.kind === 'end') {
    const ended = await rows.endWorkspace(event.teamId, event.atMs)
    return rows.endEvent(eventId, 'done', ended ? null : 'It was disconnected before, or connected again since.')
  }
  if (event?.kind !== 'question') return rows.endEvent(eventId, 'ignored', 'It asks nothing of the app.')
  const token = await openToken(turn, event.teamId, ports)
  if (token === null) return rows.endEvent(eventId, 'ignored', 'The workspace is not connected any more.')
  const ts = taken.placeholderTs ?? (await post(turn, event, token, ports))
  const text = await wordsFor(turn, event, ports)
  try {
    await ports.app.update(token, { channel: event.channel, ts, text: withQuestion(event, text) })
  } catch (error) {
    if (!(error instanceof SlackRefused) || error.code !== 'message_not_found') throw error
    // Somebody has deleted it meanwhile; what was asked is still answered.
    await rows.notePlaceholder(eventId, null)
    await ports.app.post(token, { ...event, text: withQuestion(event, text) })
  }
  await rows.endEvent(eventId, 'done', null)
}

async function openToken(
  { projectId, rows }: Turn,
  teamId: string,
  { settings }: SlackAnswering,
): Promise<string | null> {
  const sealed = await rows.readToken(teamId)
  if (sealed === null) return null
  const opened = await openSealed(settings.sealingKeys, slackTokenPlace(projectId, teamId), sealed)
  if (!opened.ok) throw new Error(`the token of ${teamId} cannot be opened: ${opened.reason}`)
  return new TextDecoder().decode(opened.value)
}

const PLACEHOLDER = 'Looking it up in the documentation …'

async function post({ eventId, rows }: Turn, event: SlackQuestion, token: string, { app }: SlackAnswering) {
  const ts = await app.post(token, { ...event, text: withQuestion(event, PLACEHOLDER) })
  await rows.notePlaceholder(eventId, ts)
  return ts
}

/** Nobody but who typed it sees a command: the answer says what was asked. */
function withQuestion({ threadTs, user, text }: SlackQuestion, words: string): string {
  return threadTs === null ? `<@${user}> asked: ${escapeSlack(text)}\n\n${words}` : words
}

async function wordsFor(turn: Turn, event: SlackQuestion, ports: SlackAnswering): Promise<string> {
  if (event.text === '') return 'Ask me something about the documentation, and I answer with my sources.'
  const asked = askedIn(turn, event, ports)
  const answerId = turn.taken.answerId ?? (await admit(turn, event, asked, ports))
  if (typeof answerId === 'object') return refusalWords(answerId)
  const { markdown, citations } = await answer({ ...asked, answerId }, event, ports)
  return slackAnswer(markdown, citations)
}

/** The gate counts a question once, whatever becomes of it then. */
async function admit(turn: Turn, event: SlackQuestion, asked: Asked, { gate }: SlackAnswering) {
  const { projectId, requestId, threadId } = asked
  const admission = await gate.admitAnswer({
    ...{ projectId, requestId, threadId, keyId: null, origin: null, identityKeyId: null },
    ...{
      signedFor: { endpoint: SLACK_ENDPOINT },
      network: event.teamId,
      visitor: `slack ${event.teamId} ${event.user}`,
    },
  })
  if (!admission.ok && admission.reason === 'unavailable') throw new GateUnavailable('The gate did not answer.')
  if (!admission.ok) return admission
  await turn.rows.noteAdmission(turn.eventId, admission.answerId)
  return admission.answerId
}

function refusalWords({ reason }: AnswerRefusal): string {
  if (reason === 'quota_exceeded')
    return 'No more questions can be answered for now: the answers of this project’s plan are used up.'
  if (reason === 'rate_limited') return 'That was a lot of questions at once. Please ask again in a minute.'
  return 'This question cannot be answered here.'
}

function askedIn({ projectId, eventId }: Turn, event: SlackQuestion, { settings, random }: SlackAnswering): Asked {
  const secret = utf8(settings.threadSecret)
  const place = `${projectId}\n${event.teamId}\n${event.channel}\n${event.threadTs ?? eventId}`
  return {
    requestId: derivedRequestId(settings.threadSecret, `slack question\n${projectId}\n${event.teamId}\n${eventId}`),
    ...{ projectId, channel: 'slack', origin: null, pageUrl: null, locale: null, visitorHash: null, thread: null },
    ...{ question: event.text, answerId: newId('answer', random) },
    // A thread of Slack's is one conversation, however many ask in it.
    threadId: idFromBytes('thread', hmacSha256(secret, utf8(`slack thread\n${place}`)).slice(0, 16)),
  }
}

async function answer(asked: Asked, event: SlackQuestion, ports: SlackAnswering): Promise<PreparedAnswer> {
  const { openProject, openSettings, settings } = ports
  const db = openProject(asked.projectId)
  const language = await loadLanguage((await openSettings(asked.projectId).readProject())?.language ?? 'en')
  const secret = toHex(hmacSha256(utf8(settings.threadSecret), utf8(`slack secret\n${asked.threadId}`)))
  const prepare = (thread: Asked['thread']) => prepareAnswer({ ...asked, thread }, db, language, settings.threadSecret)
  const before = event.goesOn ? await prepare({ id: asked.threadId, secret }) : null
  const prepared = before?.ok ? before : await prepare(null)
  if (!prepared.ok) throw new Error(`the question could not be answered: ${prepared.reason}`)
  const { unsaved } = prepared.value
  const own = unsaved === null ? null : { ...unsaved, threadSecretHash: hashSecret(secret) }
  await storeAnswer({ ...prepared.value, unsaved: own }, db)
  return prepared.value
}
