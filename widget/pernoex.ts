import { h, render } from 'preact'
import type { AnswerPart } from './answer.ts'
import { connect } from './connection.ts'
import type { Conversation } from './conversation.ts'
import { Failure } from './failure.ts'
import { focusedElement, keepFocus } from './focus.ts'
import { type Kit, kit } from './kit.ts'
import { createMemory } from './memory.ts'
import css from './panel.css?inline'
import { Panel } from './panel.tsx'
import { adoptSheet, dressPanel, place } from './place.ts'
import type { MountPanel, Panel as PanelHandle } from './stage.ts'
import { createStore } from './store.ts'
import { Widget, type WidgetContext } from './widget.ts'

/** Put in by the build: content-hashed files and their Subresource Integrity values. */
declare const ANSWER_FILE: string
declare const ANSWER_INTEGRITY: string
/** By language. */
declare const WORDS: Record<string, [file: string, integrity: string]>

export const mount: MountPanel = (options, host, launcher, emit, dress, fetchPart) => {
  const store = createStore()
  const connection = connect(options.api, options.key)
  const memory = createMemory(options)
  const quit = new AbortController()
  const box = document.createElement('div')
  let spoken = {}
  let token: string | undefined
  let comeFrom: HTMLElement | null = null
  let conversation: Promise<Conversation> | undefined

  /** For the page's code, and for whoever looks into the console because the widget does not answer. */
  const report = ({ message }: Failure) => {
    emit('error', { code: message })
    console.warn(`Pernoex: ${message} on ${location.origin}, see ${options.api}/docs`)
  }

  const converse = () => {
    conversation ??= fetchPart(ANSWER_FILE, ANSWER_INTEGRITY).then((start) => {
      const part = (start as (kit: Kit) => AnswerPart)(kit)
      adoptSheet(host, part.css)
      store.set({ part, failure: null })
      return part.converse({ connection, store, memory, emit, report, options, identity: () => token })
    })
    return conversation
  }
  const act: WidgetContext['act'] = (action) => {
    if (quit.signal.aborted) return
    converse().then(action, () => {
      conversation = undefined
      // Only worth a word when the visitor is waiting for something.
      if (action) store.set({ failure: new Failure('unreachable') })
    })
  }

  const mixWords = () => store.set({ words: { ...spoken, ...store.get().config?.widget.labels, ...options.words } })
  /** The widget's own words in the page's language; English where there are none, or they cannot be had. */
  const speak = async () => {
    const { lang, dir } = document.documentElement
    const language = (options.locale ?? lang).slice(0, 2)
    const part = WORDS[language]
    spoken = part ? ((await fetchPart(...part).catch(() => 0)) as object) : {}
    host.lang = part ? language : 'en'
    host.dir = language === 'ar' ? 'rtl' : dir || getComputedStyle(document.documentElement).direction
    mixWords()
  }

  const loadConfig = async () => {
    store.set({ failure: null })
    try {
      const config = await (await connection.send('config')).json()
      // What the page itself says goes before what the dashboard says.
      dressPanel(host, dress, { ...config.widget, ...options })
      store.set({ config })
      mixWords()
      if (!config.capabilities.includes('threads')) memory.write(undefined)
      else if (memory.read()) act(({ restore }) => restore())
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure('unreachable')
      report(failure)
      // The other half knows how to say it; where it cannot be had either, the panel says so itself.
      await converse().catch(() => {
        conversation = undefined
      })
      store.set({ failure })
    }
  }

  const show = (open: boolean) => {
    if (quit.signal.aborted) return
    store.set({ open })
    host.toggleAttribute('open', open)
    emit(open ? 'open' : 'close')
    if (open && !store.get().config) loadConfig()
  }
  const arrange = () => {
    if (quit.signal.aborted) return
    // A framework that draws the whole document again brings another root element.
    watch.observe(document.documentElement, { childList: true })
    place(options, host, launcher)
    if (options.mode === 'inline' && host.isConnected && !store.get().open) show(true)
  }

  const handle: PanelHandle = {
    async open() {
      await speaking
      if (store.get().open) return box.querySelector('textarea')?.focus()
      comeFrom = focusedElement()
      show(true)
    },
    close() {
      if (!store.get().open || options.mode === 'inline') return
      show(false)
      const back = comeFrom?.isConnected && comeFrom !== host ? comeFrom : launcher
      back.focus()
    },
    ask(question) {
      handle.open()
      if (question.trim()) act(({ ask }) => ask(question.trim()))
    },
    update(change) {
      dressPanel(host, dress, change)
      if ('locale' in change) speak()
      mixWords()
      arrange()
    },
    identify: (next) => {
      token = next ?? undefined
    },
    destroy() {
      conversation?.then(({ stop }) => stop())
      quit.abort()
      watch.disconnect()
      render(null, box)
      // Taken away before the panel was there, it has been put back by building it.
      host.remove()
    },
  }
  const press = (event: Event) => {
    if (!options.trigger || !(event.target as Element).closest(options.trigger)) return
    event.preventDefault()
    handle.open()
  }

  adoptSheet(host, css)
  dressPanel(host, dress, options)
  // What is typed here is not a keyboard shortcut of the page.
  for (const type of ['keydown', 'keypress', 'keyup']) box.addEventListener(type, (event) => event.stopPropagation())
  keepFocus(box)
  box.style.display = 'contents'
  host.shadowRoot?.append(box)
  const speaking = speak()
  const context = { options, store, memory, emit, close: handle.close, loadConfig, act }
  render(h(Widget.Provider, { value: context }, h(Panel, null)), box)
  const watch = new MutationObserver(arrange)
  watch.observe(document, { childList: true })
  arrange()
  addEventListener('DOMContentLoaded', arrange, quit)
  addEventListener('click', press, quit)
  return handle
}
