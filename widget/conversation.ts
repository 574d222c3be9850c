import type { Citation, Thread, ThreadView } from '#shared/wire.ts'
import { createBlockStream, parseBlocks } from './blocks.ts'
import { Failure } from './borrowed.ts'
import { createClient } from './client.ts'
import type { Connection } from './connection.ts'
import type { Memory, Past } from './memory.ts'
import type { WidgetOptions } from './options.ts'
import type { Emit } from './stage.ts'
import type { Store, Turn } from './store.ts'

export interface Conversation {
  ask(question: string): void
  /** Asks the same again: the server gives the same answer and counts nothing when it had begun one. */
  retry(turn: Turn): void
  stop(): void
  rate(turn: Turn, rating: 'up' | 'down', reasons?: string[], comment?: string): Promise<void>
  /** Starts with an empty conversation; this one stays among the earlier ones. */
  clear(): void
  /** Brings back what this tab asked earlier. */
  restore(): Promise<void>
  /** Goes on with an earlier conversation. */
  reopen(thread: Past): Promise<void>
  /** Deletes conversations here and on the server; throws when the server could not be told about one. */
  forget(threads: Past[]): Promise<void>
}

export interface Parts {
  connection: Connection
  store: Store
  memory: Memory
  emit: Emit
  /** Tells the page about a failure. */
  report(failure: Failure): void
  options: WidgetOptions
  identity(): string | undefined
}

/** A dropped answer is taken up again by itself once; after that the visitor decides. */
const RESUME_AFTER_MS = 800

export function createConversation({
  connection,
  store,
  memory,
  emit,
  report,
  options,
  identity,
}: Parts): Conversation {
  const client = createClient(connection)
  let running: AbortController | undefined

  async function run(turn: Turn, resumed = false): Promise<void> {
    const control = new AbortController()
    running?.abort()
    running = control
    const thread = memory.read()
    store.setTurn(turn.id, { status: turn.markdown ? 'streaming' : 'waiting', failure: undefined })
    try {
      await receive(turn, thread, control.signal)
    } catch (error) {
      if (control.signal.aborted) return
      const failure = error instanceof Failure ? error : new Failure('dropped')
      if (failure.code === 'not_found' && thread) {
        // The server no longer knows this conversation: the question opens a new one.
        memory.write(undefined)
        return run(turn, resumed)
      }
      if (failure.kind === 'dropped' && !resumed) {
        await pause(RESUME_AFTER_MS, control.signal)
        const latest = store.get().turns.find(({ id }) => id === turn.id)
        if (!control.signal.aborted && latest) return run(latest, true)
      }
      store.setTurn(turn.id, { status: 'failed', failure })
      report(failure)
    } finally {
      if (running === control) running = undefined
    }
  }

  /** A conversation is known by its first question. */
  function remember(thread: Thread): void {
    const known = memory.read()
    const title = store.get().turns[0]?.question.slice(0, 120) ?? ''
    memory.write(known?.id === thread.id ? known : { ...thread, title, atMs: Date.now() })
  }

  /** A repeated answer streams from its start: what is on the screen stays until the repetition has caught up with it. */
  async function receive(turn: Turn, thread: Past | undefined, signal: AbortSignal): Promise<void> {
    const stream = createBlockStream()
    const citations: Citation[] = []
    let markdown = ''
    let frame = 0
    const draw = () => {
      frame = 0
      if (signal.aborted || markdown.length < turn.markdown.length) return
      store.setTurn(turn.id, { status: 'streaming', blocks: stream.view(), citations: [...citations], markdown })
    }
    const request = {
      question: turn.question,
      requestId: turn.id,
      thread: thread && capability(thread),
      page: { url: location.origin + location.pathname, title: document.title.slice(0, 200) },
      locale: document.documentElement.lang || navigator.language,
      identity: identity(),
    }
    try {
      for await (const { event, data } of client.ask(request, signal)) {
        if (event === 'answer.started') remember(data.thread)
        else if (event === 'answer.citation') citations.push(data)
        else if (event === 'answer.delta') {
          markdown += data.markdown
          stream.push(data.markdown)
        } else if (event === 'answer.done') {
          const { answerId, outcome } = data
          const blocks = stream.end()
          store.setTurn(turn.id, { status: 'done', blocks, citations: data.citations, answerId, outcome, markdown })
          emit('answer', { requestId: turn.id, answerId, outcome })
        }
        if (event !== 'answer.done') frame ||= requestAnimationFrame(draw)
      }
    } catch (error) {
      // First the frame that waits: it would show a turn that has failed as one that streams.
      cancelAnimationFrame(frame)
      draw()
      throw error
    } finally {
      cancelAnimationFrame(frame)
    }
  }

  const conversation: Conversation = {
    ask(question) {
      conversation.stop()
      const id = crypto.randomUUID()
      const turn: Turn = { id, question, status: 'waiting', blocks: [], citations: [], markdown: '' }
      store.set({ turns: [...store.get().turns, turn], source: null, history: false })
      emit('ask', String(options.shareQuestion) === 'true' ? { requestId: id, question } : { requestId: id })
      run(turn)
    },
    retry: (turn) => void run(turn),
    stop() {
      running?.abort()
      for (const { id, status } of store.get().turns)
        if (status === 'waiting' || status === 'streaming') store.setTurn(id, { status: 'stopped' })
    },
    async rate(turn, rating, reasons, comment) {
      const thread = memory.read()
      if (!thread || !turn.answerId) return
      await client.rate({
        answerId: turn.answerId,
        thread: capability(thread),
        rating,
        reasons,
        comment: comment?.trim() || undefined,
      })
      store.setTurn(turn.id, { rating })
      emit('feedback', { answerId: turn.answerId, rating })
    },
    clear() {
      conversation.stop()
      memory.write(undefined)
      store.set({ turns: [], source: null, history: false })
    },
    async restore() {
      const thread = memory.read()
      if (!thread) return
      const view = await client.thread(thread).catch(() => null)
      if (!view) return memory.write(undefined)
      if (store.get().turns.length === 0) store.set({ turns: turnsOf(view) })
    },
    async reopen(thread) {
      conversation.clear()
      memory.write(thread)
      try {
        store.set({ turns: turnsOf(await client.thread(thread)), failure: null })
      } catch (error) {
        memory.write(undefined)
        if (error instanceof Failure && error.code === 'not_found') memory.forget(thread.id)
        store.set({ failure: error instanceof Failure ? error : new Failure('unreachable') })
      }
    },
    async forget(threads) {
      if (threads.some(({ id }) => id === memory.read()?.id)) {
        conversation.stop()
        memory.write(undefined)
        store.set({ turns: [], source: null })
      }
      for (const thread of threads) {
        await client.forget(thread)
        memory.forget(thread.id)
      }
    },
  }
  return conversation
}

function pause(ms: number, signal: AbortSignal): Promise<unknown> {
  return new Promise((wake) => {
    const timer = setTimeout(wake, ms)
    signal.onabort = () => wake(clearTimeout(timer))
  })
}

/** What the server asks for, without what only this browser keeps. */
const capability = ({ id, secret }: Thread): Thread => ({ id, secret })

/** A stored conversation alternates; an answer without a question before it is not shown. */
function turnsOf({ messages }: ThreadView): Turn[] {
  const turns: Turn[] = []
  messages.forEach(({ role, markdown, answerId, outcome, citations = [] }, index) => {
    const question = messages[index - 1]
    if (role !== 'assistant' || question?.role !== 'visitor') return
    const id = answerId ?? String(index)
    const blocks = parseBlocks(markdown)
    turns.push({ id, question: question.markdown, status: 'done', markdown, blocks, citations, answerId, outcome })
  })
  return turns
}
