import type { AnswerEvent, AskRequest, FeedbackRequest, Thread, ThreadView } from '#shared/wire.ts'
import { Failure } from './borrowed.ts'
import type { Connection } from './connection.ts'
import { readEvents } from './stream.ts'

/** A connection that is silent for so long is taken for broken. */
const SILENCE_LIMIT_MS = 30_000

export interface Client {
  /** Ends after `answer.done`; throws a `Failure`, or the abort's reason once `signal` fires. */
  ask(request: AskRequest, signal: AbortSignal): AsyncGenerator<AnswerEvent>
  rate(feedback: FeedbackRequest): Promise<void>
  thread(thread: Thread): Promise<ThreadView>
  /** Deletes it from the server; one that is gone already is no failure. */
  forget(thread: Thread): Promise<void>
}

export function createClient({ send, explain }: Connection): Client {
  const post = (path: string, body: object, init: RequestInit = {}) =>
    send(path, { ...init, method: 'POST', body: JSON.stringify(body) })
  const hold = ({ id, secret }: Thread, method: string) =>
    send(`threads/${encodeURIComponent(id)}`, { method, headers: { authorization: `Bearer ${secret}` } })

  return {
    rate: async (feedback) => void (await post('feedback', feedback)),
    thread: async (thread) => (await hold(thread, 'GET')).json(),
    forget: async (thread) => {
      await hold(thread, 'DELETE').catch((error) => {
        if (error.code !== 'not_found') throw error
      })
    },

    async *ask(question, signal) {
      const silence = new AbortController()
      const listen = () => setTimeout(() => silence.abort(), SILENCE_LIMIT_MS)
      let timer = listen()
      const heard = () => {
        clearTimeout(timer)
        timer = listen()
      }
      let started = false
      try {
        const response = await post('answers', question, {
          headers: { accept: 'text/event-stream' },
          signal: AbortSignal.any([signal, silence.signal]),
        })
        started = true
        for await (const { event, data } of readEvents(response.body as ReadableStream<Uint8Array>, heard)) {
          const parsed = { event, data: JSON.parse(data) } as AnswerEvent
          if (parsed.event === 'answer.error') throw new Failure('problem', parsed.data.problem.code)
          yield parsed
          if (parsed.event === 'answer.done') return
        }
        throw new Failure('dropped')
      } catch (error) {
        if (signal.aborted || error instanceof Failure) throw error
        throw started ? new Failure(navigator.onLine ? 'dropped' : 'offline') : await explain()
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
