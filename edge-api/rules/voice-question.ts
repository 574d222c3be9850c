import { MAX_QUESTION_LENGTH } from '#shared/limits.ts'
import { isCleanText, type Members, membersOf } from './json-body.ts'
import type { Spoken } from './spoken.ts'
import { SPOKEN_SENTENCES } from './spoken.ts'

/** What a voice agent asks the project in the middle of a call. */
export interface VoiceQuestions {
  /** Whose way of asking, and of being answered. */
  shape: 'vapi' | 'retell' | 'plain'
  /** Null where it does not say. */
  callId: string | null
  questions: VoiceQuestion[]
}

export interface VoiceQuestion {
  /** The platform's own for this question: the same when it tries again. */
  id: string | null
  /** Null where there is none that can be asked. */
  question: string | null
}

/** More in one message are told that there was no question. */
const MAX_QUESTIONS = 4

/**
 * Reads a signed body; null where it asks nothing, so that it is an event. `deliveryId`: the `webhook-id`, where there is one.
 * Vapi: https://docs.vapi.ai/tools/custom-tools. Retell: https://docs.retellai.com/build/single-multi-prompt/custom-function.
 * Everybody else: `{question, callId?, toolCallId?}`.
 */
export function readVoiceQuestions(body: Members, deliveryId: string | null): VoiceQuestions | null {
  const message = membersOf(body.message)
  if (message?.type === 'tool-calls') return readVapi(message)
  const args = membersOf(body.args)
  if (typeof body.name === 'string' && args !== null) {
    // It gives a function's call no id of its own: in one call, the same question is the same.
    return {
      ...{ shape: 'retell', callId: nameOf(membersOf(body.call)?.call_id) },
      questions: [{ id: null, question: questionOf(args.question) }],
    }
  }
  if (!('question' in body)) return null
  const id = nameOf(body.toolCallId) ?? deliveryId
  const callId = nameOf(body.callId) ?? nameOf(body.conversation_id)
  return { shape: 'plain', callId, questions: [{ id, question: questionOf(body.question) }] }
}

function readVapi(message: Members): VoiceQuestions {
  const list: unknown[] = Array.isArray(message.toolCallList) ? message.toolCallList : []
  const questions = list.slice(0, 20).map((item, index) => {
    const call = membersOf(item)
    const given = argumentsOf(call) ?? argumentsOf(membersOf(call?.function))
    return { id: nameOf(call?.id), question: index < MAX_QUESTIONS ? questionOf(given?.question) : null }
  })
  return { shape: 'vapi', callId: nameOf(membersOf(message.call)?.id), questions }
}

/** As an object, or as the text of one, as the models' own interfaces write it. */
function argumentsOf(call: Members | null): Members | null {
  const given = call?.arguments ?? call?.parameters
  if (typeof given !== 'string') return membersOf(given)
  try {
    return membersOf(JSON.parse(given))
  } catch {
    return null
  }
}

function questionOf(value: unknown): string | null {
  const question = typeof value === 'string' && isCleanText(value) ? value.trim() : ''
  return question !== '' && question.length <= MAX_QUESTION_LENGTH ? question : null
}

function nameOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 255 ? value : null
}

/** The reply that the platform expects, with `answers` in the order of the questions. */
export function voiceReply({ shape, questions }: VoiceQuestions, answers: Spoken[]): object {
  const answerOf = (index: number) => answers[index] ?? { answer: SPOKEN_SENTENCES.noQuestion, sources: [] }
  if (shape === 'vapi')
    return { results: questions.map(({ id }, index) => ({ toolCallId: id ?? '', result: answerOf(index).answer })) }
  const { answer, sources } = answerOf(0)
  return shape === 'retell' ? { result: answer } : { answer, sources }
}
