import type { WidgetHandle, WidgetOptions } from './options.ts'
import type { FetchPart } from './stage.ts'
import { startWidget } from './start.ts'

export type {
  Transcript,
  WidgetChange,
  WidgetEvent,
  WidgetEvents,
  WidgetHandle,
  WidgetOptions,
} from './options.ts'

/** The page's own bundler splits these off, serves them and vouches for them: no policy and no address of ours is needed. */
const parts: Record<string, () => Promise<unknown>> = {
  panel: async () => (await import('./pernoex.ts')).mount,
  answer: async () => (await import('./answer.ts')).start,
  de: async () => (await import('./words-de.ts')).words,
  ar: async () => (await import('./words-ar.ts')).words,
}
const fetchPart: FetchPart = async (name) => parts[name]?.()

/** Where there is no page, as in a server render, there is nothing to do. */
const nowhere: WidgetHandle = {
  open() {},
  close() {},
  ask() {},
  update() {},
  identify() {},
  on: () => () => {},
  destroy() {},
}

/** Places a widget on the page. Each call makes one of its own; `destroy` takes it away. */
export function init(options: WidgetOptions): WidgetHandle {
  return typeof document === 'undefined' ? nowhere : startWidget({ ...options }, fetchPart)
}
