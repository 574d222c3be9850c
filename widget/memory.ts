import type { Thread } from '#shared/wire.ts'
import type { WidgetOptions } from './options.ts'

/** A conversation that this browser has had. */
export interface Past extends Thread {
  /** The first question. */
  title: string
  /** Milliseconds since the epoch. */
  atMs: number
}

/** Where the conversations' ids and secrets are kept; nowhere but in the page's own life when storage is blocked. */
export interface Memory {
  /** The conversation that this tab is in. */
  read(): Past | undefined
  write(thread: Past | undefined): void
  /** Newest first. */
  past(): Past[]
  forget(id: string): void
}

const MOST_PAST = 20

type Shelf = 'localStorage' | 'sessionStorage'

/** The current conversation belongs to the tab; the earlier ones to the visitor, unless the page asks for less. */
export function createMemory({ key, history }: WidgetOptions): Memory {
  const slot = `pernoex:${key}`
  const kept: Record<string, unknown> = {}
  const load = (shelf: Shelf, name: string): unknown => {
    try {
      return JSON.parse(window[shelf].getItem(name) ?? 'null')
    } catch {
      // Blocked storage or a foreign value: the page's own life is memory enough.
      return kept[name]
    }
  }
  const save = (shelf: Shelf, name: string, value: unknown) => {
    kept[name] = value
    if (history === 'off') return
    try {
      window[shelf].setItem(name, JSON.stringify(value))
    } catch {
      // As above.
    }
  }
  const shelf = history === 'tab' ? 'sessionStorage' : 'localStorage'
  const past = () => {
    const list = history === 'off' ? kept[`${slot}:past`] : load(shelf, `${slot}:past`)
    return Array.isArray(list) ? list.filter(isPast) : []
  }
  const shelve = (list: Past[]) => save(shelf, `${slot}:past`, list.slice(0, MOST_PAST))
  return {
    read: () => {
      const thread = history === 'off' ? kept[slot] : load('sessionStorage', slot)
      return isPast(thread) ? thread : undefined
    },
    write: (thread) => {
      save('sessionStorage', slot, thread ?? null)
      if (thread) shelve([thread, ...past().filter(({ id }) => id !== thread.id)])
    },
    past,
    forget: (gone) => shelve(past().filter(({ id }) => id !== gone)),
  }
}

function isPast(value: unknown): value is Past {
  const { id, secret } = (value ?? {}) as Partial<Past>
  return typeof id === 'string' && typeof secret === 'string'
}
