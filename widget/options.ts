/** The widget's public shapes. They stand alone: the npm package ships this file's declarations as they are. */

/** What a page says when it places the widget; the script tag's `data-*` attributes carry the same names. */
export interface WidgetOptions {
  /** Public key, `pnx_pk_…`. */
  key: string
  /** Origin of the edge host, without a trailing slash. */
  api: string
  /**
   * `bubble`: a launcher and a panel above it · `side`: a launcher and a panel over the page's whole height ·
   * `modal`: a dialog in the middle, opened by `open()` or `trigger` · `inline`: a part of the page, inside `target`.
   */
  mode?: 'bubble' | 'side' | 'modal' | 'inline' | undefined
  /** Where an inline widget stands: an element, or a CSS selector. */
  target?: Element | string | undefined
  /** CSS selector of the page's own buttons that open the widget; with it there is no launcher. */
  trigger?: string | undefined
  /** `idle`: fetch the panel once the page has nothing else to do, rather than on the first sign of interest. */
  preload?: 'intent' | 'idle' | undefined
  position?: 'bottom-right' | 'bottom-left' | undefined
  theme?: 'light' | 'dark' | 'auto' | undefined
  /** Any CSS colour; text on it is chosen by contrast. */
  accent?: string | undefined
  /** The launcher's words. */
  label?: string | undefined
  /** Language of the widget's own words, `en`, `de` or `ar`; without it the page's `lang`. */
  locale?: string | undefined
  /** Replaces any of the widget's words, by name. */
  words?: Record<string, string> | undefined
  /** Whether answers may show images. They are fetched from where the documentation has them. */
  images?: boolean | 'true' | 'false' | undefined
  /** How long earlier conversations are kept in the visitor's browser. */
  history?: 'visitor' | 'tab' | 'off' | undefined
  /** Where a visitor finds a person: a `mailto:` or `https:` address, or a function of yours. */
  handoff?: string | ((transcript: Transcript) => void) | undefined
  /** Lets the event `ask` carry the question's text. */
  shareQuestion?: boolean | 'true' | 'false' | undefined
}

/** What may be changed later. */
export type WidgetChange = Partial<Omit<WidgetOptions, 'key' | 'api'>>

/** The conversation so far, as a visitor hands it to a person. */
export interface Transcript {
  /** Names the conversation in the dashboard; without its secret it opens nothing. */
  threadId: string | undefined
  page: string
  turns: { question: string; answer: string; sources: string[] }[]
  /** The same in words. */
  text: string
}

/** Events never carry what the visitor wrote, unless the page asked for it with `shareQuestion`. */
export interface WidgetEvents {
  open: undefined
  close: undefined
  ask: { requestId: string; question?: string }
  answer: { requestId: string; answerId: string; outcome: 'answered' | 'abstained' }
  citation: { n: number; url: string }
  feedback: { answerId: string; rating: 'up' | 'down' }
  /** `code` is one of the API's, or `offline`, `refused`, `unreachable`, `dropped` or `blocked` (the panel did not load). */
  error: { code: string }
}

export type WidgetEvent = keyof WidgetEvents

/** The object that `init` returns, and `window.Pernoex` for the script tag. */
export interface WidgetHandle {
  open(): void
  close(): void
  /** Opens the panel and asks. */
  ask(question: string): void
  /** Changes look, words and place; the conversation stays. */
  update(change: WidgetChange): void
  /** A token, signed by the customer's server, that says who the visitor is; null forgets it. */
  identify(token: string | null): void
  /** Returns the function that stops listening. */
  on<Name extends WidgetEvent>(event: Name, listener: (detail: WidgetEvents[Name]) => void): () => void
  /** Takes everything away again: nodes, listeners, timers, running requests. */
  destroy(): void
}
