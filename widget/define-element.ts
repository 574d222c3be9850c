import type { WidgetEvents, WidgetHandle, WidgetOptions } from './options.ts'

/** Attribute → option. Values that are no text, such as `words`, are properties only. */
const ATTRIBUTES = {
  'public-key': 'key',
  api: 'api',
  mode: 'mode',
  trigger: 'trigger',
  preload: 'preload',
  position: 'position',
  theme: 'theme',
  accent: 'accent',
  label: 'label',
  locale: 'locale',
  images: 'images',
  history: 'history',
  handoff: 'handoff',
  'share-question': 'shareQuestion',
} as const satisfies Record<string, keyof WidgetOptions>

const EVENTS: (keyof WidgetEvents)[] = ['open', 'close', 'ask', 'answer', 'citation', 'feedback', 'error']

/** On a server there are no elements; the class is then only a name. */
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement

/** Defines `<pernoex-widget>`, once a page. */
export function defineElement(init: (options: WidgetOptions) => WidgetHandle): void {
  const { customElements } = globalThis
  if (customElements && !customElements.get('pernoex-widget'))
    customElements.define('pernoex-widget', elementClass(init))
}

function elementClass(init: (options: WidgetOptions) => WidgetHandle): CustomElementConstructor {
  return class PernoexElement extends Base {
    static observedAttributes = Object.keys(ATTRIBUTES)
    #handle: WidgetHandle | undefined
    /** An element that was there before its class hears of its attributes first, and only then that it is connected. */
    #placed = false
    #given: Partial<WidgetOptions> = {}
    /** Inside it, a router that compares children leaves the widget alone. */
    #root = this.attachShadow({ mode: 'open' })

    connectedCallback(): void {
      this.#placed = true
      for (const name of ['words', 'handoff'] as const) this.#upgrade(name)
      if (this.#handle) this.#handle.update(this.#options())
      else this.#start()
    }

    /** Without a key it waits: frameworks may set attributes only after they have inserted the element. */
    #start(): void {
      if (!this.hasAttribute('public-key')) return
      const handle = init({ ...this.#options(), target: this.#root as unknown as Element } as WidgetOptions)
      this.#handle = handle
      for (const event of EVENTS)
        handle.on(event, (detail) =>
          this.dispatchEvent(new CustomEvent(`pernoex-${event}`, { detail, bubbles: true, composed: true })),
        )
    }

    /** An element that is only moved is back at once, and keeps its conversation. */
    disconnectedCallback(): void {
      queueMicrotask(() => {
        if (this.isConnected) return
        this.#placed = false
        this.#stop()
      })
    }

    #stop(): void {
      this.#handle?.destroy()
      this.#handle = undefined
    }

    /** Another key, or another host, is another widget. */
    attributeChangedCallback(name: string, before: string | null, after: string | null): void {
      if (name !== 'public-key' && name !== 'api') this.#handle?.update(this.#options())
      else if (this.#placed && before !== after) {
        this.#stop()
        this.#start()
      }
    }

    get words(): WidgetOptions['words'] {
      return this.#given.words
    }
    set words(words: WidgetOptions['words']) {
      this.#give({ words })
    }
    get handoff(): WidgetOptions['handoff'] {
      return this.#given.handoff ?? this.getAttribute('handoff') ?? undefined
    }
    set handoff(handoff: WidgetOptions['handoff']) {
      this.#give({ handoff })
    }

    open(): void {
      this.#handle?.open()
    }
    close(): void {
      this.#handle?.close()
    }
    ask(question: string): void {
      this.#handle?.ask(question)
    }
    identify(token: string | null): void {
      this.#handle?.identify(token)
    }

    #give(given: Partial<WidgetOptions>): void {
      Object.assign(this.#given, given)
      this.#handle?.update(given)
    }

    /** What was set before the element was known stands on the object itself and hides the setter. */
    #upgrade(name: 'words' | 'handoff'): void {
      if (!Object.hasOwn(this, name)) return
      const value = Reflect.get(this, name)
      Reflect.deleteProperty(this, name)
      Reflect.set(this, name, value)
    }

    #options(): Partial<WidgetOptions> {
      const said = Object.entries(ATTRIBUTES)
        .filter(([attribute]) => this.hasAttribute(attribute))
        .map(([attribute, option]) => [option, this.getAttribute(attribute)])
      return { ...Object.fromEntries(said), ...this.#given }
    }
  }
}
