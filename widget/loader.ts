import type { WidgetHandle, WidgetOptions } from './options.ts'
import { init, script } from './tag.ts'

type QueuedCall = [keyof WidgetHandle, ...unknown[]] | ((handle: WidgetHandle) => void)
type Global = WidgetHandle & { init: typeof init; push(call: QueuedCall): void }

const page = window as unknown as {
  /** An array as long as only the page's own snippet has spoken. */
  Pernoex?: Global | QueuedCall[]
}

const earlier = page.Pernoex as Partial<Global> & QueuedCall[]
// A router that runs the page's scripts again finds the widget in place.
if (!earlier?.init) {
  const handle = init(script.dataset as unknown as WidgetOptions)
  const push = (call: QueuedCall) =>
    Array.isArray(call) ? (handle[call[0]] as (...values: unknown[]) => unknown)(...call.slice(1)) : call(handle)
  page.Pernoex = { ...handle, init, push }
  earlier?.forEach(push)
}
