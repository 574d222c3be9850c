import type { Citation, ConfigResponse, Outcome } from '#shared/wire.ts'
import type { AnswerPart } from './answer.ts'
import type { Block } from './blocks.ts'
import type { Failure } from './failure.ts'

export interface Turn {
  /** The `requestId`: asking again with it gives the same answer. */
  readonly id: string
  readonly question: string
  readonly status: 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed'
  /** What has arrived. */
  readonly markdown: string
  readonly blocks: readonly Block[]
  readonly citations: readonly Citation[]
  readonly answerId?: string | undefined
  readonly outcome?: Outcome | undefined
  readonly failure?: Failure | undefined
  readonly rating?: 'up' | 'down' | undefined
}

export interface State {
  readonly open: boolean
  /** The second half of the panel, once it has been fetched. */
  readonly part: AnswerPart | null
  readonly config: ConfigResponse | null
  /** Words that replace the built-in English ones. */
  readonly words: Readonly<Record<string, string>>
  /** Why the configuration could not be had; then nothing else will work either. */
  readonly failure: Failure | null
  readonly turns: readonly Turn[]
  /** The source card that is shown. */
  readonly source: Citation | null
  /** Whether the list of earlier conversations is shown in place of this one. */
  readonly history: boolean
}

export interface Store {
  get(): State
  set(change: Partial<State>): void
  /** Replaces one turn by a changed copy; other turns keep their identity, so nothing else is drawn again. */
  setTurn(id: string, change: Partial<Turn>): void
  subscribe(listener: () => void): () => void
}

const EMPTY: State = {
  open: false,
  part: null,
  config: null,
  words: {},
  failure: null,
  turns: [],
  source: null,
  history: false,
}

export function createStore(): Store {
  const listeners = new Set<() => void>()
  let state = EMPTY
  const set: Store['set'] = (change) => {
    state = { ...state, ...change }
    for (const listener of listeners) listener()
  }
  return {
    get: () => state,
    set,
    setTurn: (id, change) =>
      set({ turns: state.turns.map((turn) => (turn.id === id ? { ...turn, ...change } : turn)) }),
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
