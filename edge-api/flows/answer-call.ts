import { toBase62, utf8 } from '#shared/bytes.ts'
import { hmacSha256, sha256 } from '#shared/digest.ts'
import type { EndpointId } from '#shared/endpoint-id.ts'
import { idFromBytes, type ProjectId, type ThreadId } from '#shared/ids.ts'
import type { AnswerRefusal, Ports } from '../ports.ts'
import { loadLanguage } from '../rules/language.ts'
import { SPOKEN_SENTENCES, type Spoken, spokenAnswer } from '../rules/spoken.ts'
import type { VoiceQuestion, VoiceQuestions } from '../rules/voice-question.ts'
import { derivedRequestId, prepareAnswer, storeAnswer } from './answer.ts'

/** A silence that a caller bears; the platforms themselves wait for ten seconds and more. */
export const VOICE_DEADLINE_MS = 4000

export interface Calling extends Pick<Ports, 'gate' | 'openProject' | 'log'> {
  threadSecret: string
  /** Whose endpoint it came to. */
  projectId: ProjectId
  endpoint: EndpointId
  /** BCP 47 tag of the project. */
  language: string
  sleep(ms: number): Promise<void>
  /** Lets an answer that comes too late be finished, for the platform's next try. */
  waitUntil(work: Promise<unknown>): void
}

/**
 * The answers to a voice agent's questions, each within the deadline: what goes wrong is said, never thrown. All that is asked in one
 * call is one conversation; a question that comes again with its id gets the answer that it got, and spends nothing.
 */
export async function answerCall({ callId, questions }: VoiceQuestions, calling: Calling): Promise<Spoken[]> {
  const late = calling.sleep(VOICE_DEADLINE_MS).then(() => say('late'))
  return Promise.all(
    questions.map((question) => {
      const answering = answerOne(question, callId, calling)
      calling.waitUntil(answering)
      return Promise.race([answering, late])
    }),
  )
}

function say(what: keyof typeof SPOKEN_SENTENCES): Spoken {
  return { answer: SPOKEN_SENTENCES[what], sources: [] }
}

async function answerOne({ id, question }: VoiceQuestion, callId: string | null, calling: Calling): Promise<Spoken> {
  if (question === null) return say('noQuestion')
  try {
    return await ask(question, id ?? (callId === null ? null : question), callId, calling)
  } catch (error) {
    const { projectId, endpoint } = calling
    calling.log.error('voice_failed', { projectId, endpoint, error })
    return say('failed')
  }
}

async function ask(question: string, id: string | null, callId: string | null, calling: Calling): Promise<Spoken> {
  const { projectId, endpoint, threadSecret, gate, openProject } = calling
  const requestId =
    id === null ? null : derivedRequestId(threadSecret, `voice question\n${endpoint}\n${callId ?? ''}\n${id}`)
  const thread = callId === null ? null : threadOf(calling, callId)
  const admission = await gate.admitAnswer({
    ...{ projectId, keyId: null, signedFor: { endpoint }, origin: null, network: '', identityKeyId: null },
    ...{ requestId, threadId: thread?.id ?? null, visitor: thread === null ? null : `call ${thread.id}` },
  })
  if (!admission.ok) return refused(admission)
  const { answerId, threadId } = admission
  const prepared = await prepareAnswer(
    {
      ...{ projectId, answerId, threadId, requestId, question, thread, channel: 'voice' },
      ...{ origin: null, pageUrl: null, locale: null, visitorHash: null },
    },
    openProject(projectId),
    await loadLanguage(calling.language),
    threadSecret,
  )
  if (!prepared.ok) return say('failed')
  await storeAnswer(prepared.value, openProject(projectId))
  return spokenAnswer(prepared.value)
}

function refused({ reason }: AnswerRefusal): Spoken {
  if (reason === 'rate_limited') return say('tooMany')
  return say(reason === 'quota_exceeded' ? 'usedUp' : 'failed')
}

function threadOf({ endpoint, threadSecret }: Calling, callId: string) {
  const place = utf8(`voice call\n${endpoint}\n${callId}`)
  const id: ThreadId = idFromBytes('thread', sha256(place).slice(0, 16))
  return { id, secret: toBase62(hmacSha256(utf8(threadSecret), place), 43), begins: true }
}
