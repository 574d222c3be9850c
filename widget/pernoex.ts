import { h, render } from 'preact'
import type { AnswerPart } from './answer.ts'
import { connect } from './connection.ts'
import type { Conversation, Emit } from './conversation.ts'
import { Failure } from './failure.ts'
import { focusedElement } from './focus.ts'
import { type Kit, kit } from './kit.ts'
import { createMemory } from './memory.ts'
import type { FetchModule, WidgetHandle, WidgetOptions } from './options.ts'
import css from './panel.css?inline'
import { Panel } from './panel.tsx'
import { createStore } from './store.ts'
import { adoptSheet, dress } from './theme.ts'
import { Widget, type WidgetContext } from './widget.ts'

/** Put in by the build: the second half's content-hashed file and its Subresource Integrity value. */
declare const ANSWER_FILE: string
declare const ANSWER_INTEGRITY: string

/** Builds the panel beside the launcher and gives back what a page can do with it. */
export function mount(options: WidgetOptions, host: HTMLElement, fetchModule: FetchModule): WidgetHandle {
  const root = host.shadowRoot as ShadowRoot
  const launcher = root.querySelector('button') as HTMLButtonElement
  const look: Partial<WidgetOptions> = { ...options }
  const store = createStore()
  const connection = connect(options.api, options.key)
  const memory = createMemory(options.key)
  const listeners = new Map<string, Set<unknown>>()
  const emit: Emit = (event, detail) => {
    for (const listener of listeners.get(event) ?? []) (listener as (detail: unknown) => void)(detail)
  }
  let token: string | undefined
  let comeFrom: HTMLElement | null = null
  let conversation: Promise<Conversation> | undefined

  const converse = () => {
    conversation ??= fetchModule(ANSWER_FILE, ANSWER_INTEGRITY).then((module) => {
      const part = (module as { start(kit: Kit): AnswerPart }).start(kit)
      adoptSheet(root, part.css)
      store.set({ part, failure: null })
      return part.converse({ connection, store, memory, emit, identity: () => token })
    })
    return conversation
  }
  const act: WidgetContext['act'] = (action) => {
    converse().then(action, () => {
      conversation = undefined
      // Only worth a word when the visitor is waiting for something.
      if (action) store.set({ failure: new Failure('unreachable') })
    })
  }

  const show = (open: boolean) => {
    store.set({ open })
    launcher.hidden = open
    launcher.ariaExpanded = String(open)
    emit(open ? 'open' : 'close', undefined)
  }
  const loadConfig = async () => {
    store.set({ failure: null })
    try {
      const config = await (await connection.send('config')).json()
      const { accent, position, theme } = config.widget
      // What the page itself says goes before what the dashboard says.
      dress(host, { accent, position, theme })
      dress(host, look)
      store.set({ config })
      if (memory.read()) act(({ restore }) => restore())
    } catch (error) {
      store.set({ failure: error instanceof Failure ? error : new Failure('unreachable') })
    }
  }

  const handle: WidgetHandle = {
    open() {
      if (store.get().open) return
      comeFrom = focusedElement()
      show(true)
      if (!store.get().config) loadConfig()
    },
    close() {
      if (!store.get().open) return
      show(false)
      const back = comeFrom?.isConnected && comeFrom !== host ? comeFrom : launcher
      back.focus()
    },
    ask(question) {
      handle.open()
      if (question.trim()) act(({ ask }) => ask(question.trim()))
    },
    update(change) {
      Object.assign(look, change)
      dress(host, change)
      if (change.label) launcher.textContent = change.label
    },
    identify: (next) => {
      token = next ?? undefined
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set.add(listener))
      return () => set.delete(listener)
    },
    destroy() {
      conversation?.then(({ stop }) => stop())
      listeners.clear()
      render(null, box)
      host.remove()
    },
  }

  adoptSheet(root, css)
  dress(host, look)
  host.dir = getComputedStyle(document.documentElement).direction
  const box = document.createElement('div')
  // What is typed here is not a keyboard shortcut of the page.
  for (const type of ['keydown', 'keypress', 'keyup']) box.addEventListener(type, (event) => event.stopPropagation())
  root.append(box)
  render(h(Widget.Provider, { value: { store, emit, close: handle.close, loadConfig, act } }, h(Panel, null)), box)
  return handle
}
