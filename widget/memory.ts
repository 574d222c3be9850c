import type { Thread } from '#shared/wire.ts'

/** Where a conversation's id and secret survive a page change: this tab only, and nowhere when storage is blocked. */
export interface Memory {
  read(): Thread | undefined
  write(thread: Thread | undefined): void
}

export function createMemory(key: string): Memory {
  const slot = `pernoex:${key}`
  let thread: Thread | undefined
  try {
    const stored = JSON.parse(sessionStorage.getItem(slot) ?? 'null')
    if (typeof stored?.id === 'string' && typeof stored.secret === 'string') thread = stored
  } catch {
    // Blocked storage or a foreign value: the page's own life is memory enough.
  }
  return {
    read: () => thread,
    write: (next) => {
      thread = next
      try {
        if (next) sessionStorage.setItem(slot, JSON.stringify(next))
        else sessionStorage.removeItem(slot)
      } catch {
        // As above.
      }
    },
  }
}
