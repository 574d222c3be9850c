import { createContext } from 'preact'
import { useContext, useLayoutEffect, useState } from 'preact/hooks'
import type { Citation } from '#shared/wire.ts'
import type { Conversation } from './conversation.ts'
import type { Memory } from './memory.ts'
import type { WidgetOptions } from './options.ts'
import type { Emit } from './stage.ts'
import type { State, Store } from './store.ts'
import { english, type Words } from './words.ts'

/** What every part of the panel may use. */
export interface WidgetContext {
  /** As the page last said; a change draws everything again. */
  options: WidgetOptions
  store: Store
  memory: Memory
  emit: Emit
  close(): void
  loadConfig(): void
  /** Does something with the conversation; fetches the part of the panel that can, if need be. */
  act(action?: (conversation: Conversation) => void): void
}

export const Widget = createContext<WidgetContext | null>(null)

/** The sources of the answer that is being drawn. */
export const Citations = createContext<readonly Citation[]>([])

export function useWidget(): WidgetContext {
  return useContext(Widget) as WidgetContext
}

/** One part of the state; the component is drawn again when that part changes. */
export function useStore<Part>(pick: (state: State) => Part): Part {
  const { store } = useWidget()
  const part = pick(store.get())
  const [, redraw] = useState(part)
  useLayoutEffect(() => store.subscribe(() => redraw(() => pick(store.get()))), [])
  return part
}

/** The words, with those that the page's language, the project or the page itself put in their place. `more` are other parts' own. */
export function useLabels<More extends Record<string, string>>(more?: More): Words & More {
  return { ...english, ...(more as More), ...useStore((state) => state.words) }
}
