import css from './launcher.css?inline'
import type { WidgetHandle, WidgetOptions } from './options.ts'
import type { Dress, FetchPart, MountPanel, Panel } from './stage.ts'

/** Put in by the build: the panel's content-hashed file and its Subresource Integrity value. */
declare const PANEL_FILE: string
declare const PANEL_INTEGRITY: string

type Invoke = (...values: unknown[]) => unknown

/** The launcher's words, by the page's language; `label` replaces them. */
const LABELS: Record<string, string> = { de: 'Frag die Doku', ar: 'اسأل' }

/**
 * Shows the launcher and fetches the panel on the first sign of interest; what is called before it is there waits for it.
 * The host stands beside `<body>`, where routers that replace the body leave it alone. Plain DOM in a shadow root: this
 * much must not need a framework.
 */
export function startWidget(options: WidgetOptions, fetchPart: FetchPart): WidgetHandle {
  const { mode, trigger, preload } = options
  const page = document.documentElement
  const host = document.createElement('pernoex-stage')
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  const launcher = document.createElement('button')
  const { promise, resolve } = Promise.withResolvers<Panel>()
  const emit = (event: string, detail?: unknown) => host.dispatchEvent(new CustomEvent(event, { detail }))
  let loading = false

  const load = async () => {
    if (loading) return
    loading = true
    launcher.ariaBusy = 'true'
    try {
      const mount = (await fetchPart(PANEL_FILE, PANEL_INTEGRITY)) as MountPanel
      resolve(mount(options, host, launcher, emit, dress, fetchPart))
    } catch (reason) {
      loading = false
      launcher.textContent = 'Try again'
      emit('error', { code: 'blocked' })
      console.error('Pernoex is blocked: CSP, ad blocker?', reason)
    }
    launcher.ariaBusy = null
  }
  const dress: Dress = ({ position, accent, label }) => {
    if (position) host.setAttribute('position', position)
    if (accent) host.style.setProperty('--pernoex-accent', accent)
    if (label) launcher.textContent = label
  }

  const handle = {
    on(event, listener) {
      const off = new AbortController()
      host.addEventListener(event, (heard) => (listener as Invoke)((heard as CustomEvent).detail), off)
      return () => off.abort()
    },
  } as WidgetHandle
  for (const method of ['open', 'close', 'ask', 'update', 'identify', 'destroy'] as const)
    handle[method] = (...values: unknown[]) => {
      promise.then((panel) => (panel[method] as Invoke)(...values))
      if (method === 'open' || method === 'ask') load()
      if (method === 'update') dress(Object.assign(options, values[0]))
      if (method === 'destroy') host.remove()
    }

  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]
  launcher.part = 'launcher'
  launcher.textContent = LABELS[page.lang.slice(0, 2)] ?? 'Ask the docs'
  // A touch enters before it presses.
  launcher.onpointerenter = launcher.onfocus = load
  launcher.onclick = handle.open
  dress(options)
  page.append(host)
  // Without a launcher there is no sign of interest that could be seen from here.
  const bare = trigger || mode === 'inline' || mode === 'modal'
  if (!bare) root.append(launcher)
  if (bare || preload) (self.requestIdleCallback ?? setTimeout)(load)
  return handle
}
