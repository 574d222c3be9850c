import type { Citation, ConfigResponse, Outcome } from '#shared/wire.ts'
import type { AnswerPart } from './answer.ts'
import type { Block } from './blocks.ts'
import type { Failure } from './failure.ts'

export interface Turn {
  /** The `requestId`: asking again with it gives the same answer. */
  readonly id: string
  readonly question: string
  readonly status: 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed'
  readonly blocks: readonly Block[]
  readonly citations: readonly Citation[]
  /** Characters of Markdown that `blocks` were made from. */
  readonly received: number
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
  /** Why the configuration could not be had; then nothing else will work either. */
  readonly failure: Failure | null
  readonly turns: readonly Turn[]
  /** The source card that is shown. */
  readonly source: Citation | null
}

export interface Store {
  get(): State
  set(change: Partial<State>): void
  /** Replaces one turn by a changed copy; other turns keep their identity, so nothing else is drawn again. */
  setTurn(id: string, change: Partial<Turn>): void
  subscribe(listener: () => void): () => void
}

export function createStore(): Store {
  const listeners = new Set<() => void>()
  let state: State = { open: false, part: null, config: null, failure: null, turns: [], source: null }
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
