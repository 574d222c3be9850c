/** What a page says when it places the widget; the script tag's `data-*` attributes carry the same names. */
export interface WidgetOptions {
  /** Public key, `pnx_pk_…`. */
  key: string
  /** Origin of the edge host, without a trailing slash. */
  api: string
  position?: 'bottom-right' | 'bottom-left' | undefined
  theme?: 'light' | 'dark' | 'auto' | undefined
  /** Any CSS colour; text on it is chosen by contrast. */
  accent?: string | undefined
  /** The launcher's words. */
  label?: string | undefined
}

/** Events never carry what the visitor wrote. */
export interface WidgetEvents {
  open: undefined
  close: undefined
  ask: { requestId: string }
  answer: { requestId: string; answerId: string; outcome: 'answered' | 'abstained' }
  citation: { n: number; url: string }
  feedback: { answerId: string; rating: 'up' | 'down' }
  error: { code: string }
}

export type WidgetEvent = keyof WidgetEvents

/** The object that `init` returns, and `window.Pernoex` for the script tag. */
export interface WidgetHandle {
  open(): void
  close(): void
  /** Opens the panel and asks. */
  ask(question: string): void
  /** Changes the look in place; the conversation stays. */
  update(options: Partial<Omit<WidgetOptions, 'key' | 'api'>>): void
  /** A token, signed by the customer's server, that says who the visitor is; null forgets it. */
  identify(token: string | null): void
  /** Returns the function that stops listening; nothing when the panel has not been loaded yet. */
  on<Name extends WidgetEvent>(event: Name, listener: (detail: WidgetEvents[Name]) => void): (() => void) | undefined
  /** Takes everything away again: nodes, listeners, timers, running requests. */
  destroy(): void
}

/** Fetches one of our own module files from where the loader came from, and checks it. */
export type FetchModule = (file: string, integrity: string) => Promise<unknown>
