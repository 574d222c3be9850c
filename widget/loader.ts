import { createStage } from './launcher.ts'
import type { Stage, WidgetHandle, WidgetOptions } from './options.ts'

/** Put in by the build: the panel's content-hashed file and its Subresource Integrity value. */
declare const PANEL_FILE: string
declare const PANEL_INTEGRITY: string

type Method = keyof WidgetHandle
type Call = ((handle: WidgetHandle) => void) | [Method, ...unknown[]]
type Global = WidgetHandle & { init(options: WidgetOptions): WidgetHandle; push(call: Call): void }
type Panel = { mount(options: WidgetOptions, stage: Stage): WidgetHandle }
type Policy = { createScriptURL(url: string): string }
type TrustedTypes = { createPolicy(name: string, rules: Policy): Policy }

const page = window as unknown as { Pernoex?: Global | Call[]; trustedTypes?: TrustedTypes }
const script = document.currentScript as HTMLScriptElement | null
const METHODS: Method[] = ['open', 'close', 'ask', 'update', 'identify', 'on', 'destroy']

const HOME = script ? new URL(script.src).origin : ''
/** Admits our own address only; a page with a `trusted-types` list adds this one name to it. */
const RULES: Policy = {
  createScriptURL: (url) => {
    if (url.startsWith(`${HOME}/`)) return url
    throw new TypeError('not an address of Pernoex')
  },
}

const fetched = new Map<string, Promise<unknown>>()
let policy: Policy | undefined
let failures = 0

/**
 * `import()` cannot carry an integrity value, but it finds the module that a script element with one has already fetched
 * and checked, under the same address.
 */
function fetchModule(file: string, integrity: string): Promise<unknown> {
  // A module that failed stays failed for its address, so another attempt needs another address.
  const url = `${HOME}/${file}${failures ? `?${failures}` : ''}`
  const result =
    fetched.get(file) ??
    new Promise((resolve, reject) => {
      policy ??= page.trustedTypes?.createPolicy('pernoex', RULES) ?? RULES
      const { nonce } = script as HTMLScriptElement
      const element = Object.assign(document.createElement('script'), {
        crossOrigin: '',
        integrity,
        nonce,
        type: 'module',
      })
      element.onload = () => import(/* @vite-ignore */ url).then(resolve, reject)
      element.onerror = reject
      element.src = policy.createScriptURL(url)
      document.head.append(element)
    }).catch((reason) => {
      failures++
      fetched.delete(file)
      console.error('Pernoex could not be loaded; does the content security policy allow it?', reason)
      throw reason
    })
  fetched.set(file, result)
  return result
}

function invoke(handle: WidgetHandle, method: Method, values: unknown[]): unknown {
  return (handle[method] as (...values: unknown[]) => unknown)(...values)
}

function init(options: WidgetOptions): WidgetHandle {
  const stage = createStage(options, fetchModule)
  const { host, launcher } = stage
  let panel: WidgetHandle | undefined
  let gone = false
  let waiting: { method: Method; values: unknown[]; result?: unknown }[] = []

  const load = () => {
    if (panel) return
    const rested = () => launcher.removeAttribute('aria-busy')
    fetchModule(PANEL_FILE, PANEL_INTEGRITY).then(
      (module) => {
        rested()
        if (panel || gone) return
        panel = (module as Panel).mount(options, stage)
        for (const call of waiting) call.result = invoke(panel, call.method, call.values)
      },
      () => {
        rested()
        waiting = waiting.filter(({ method }) => method === 'on')
        stage.dress({ label: 'Could not load. Try again' })
      },
    )
  }

  const handle = {} as Record<Method, (...values: unknown[]) => unknown>
  for (const method of METHODS)
    handle[method] = (...values) => {
      if (panel) return invoke(panel, method, values)
      if (method === 'destroy') {
        gone = true
        return host.remove()
      }
      const call = { method, values, result: undefined as unknown }
      waiting.push(call)
      if (method === 'open' || method === 'ask') {
        launcher.setAttribute('aria-busy', 'true')
        load()
      }
      // Only `on` has a result, the way to stop listening; before the panel is there that is to forget the call.
      return () => {
        waiting = waiting.filter((other) => other !== call)
        if (typeof call.result === 'function') call.result()
      }
    }

  for (const intent of ['pointerenter', 'focus', 'touchstart'])
    launcher.addEventListener(intent, load, { passive: true })
  launcher.addEventListener('click', () => handle.open())
  const place = () => gone || document.body.append(host)
  if (document.body) place()
  else document.addEventListener('DOMContentLoaded', place)
  return handle as unknown as WidgetHandle
}

function start({ dataset }: HTMLScriptElement): void {
  const earlier = page.Pernoex
  if (earlier && !Array.isArray(earlier)) return
  const { key, position, theme, accent, label } = dataset as Record<string, string> & Partial<WidgetOptions>
  if (!key) {
    console.error('Pernoex: the script tag needs data-key.')
    return
  }
  const handle = init({ key, api: HOME, position, theme, accent, label })
  const push = (call: Call) => {
    if (typeof call === 'function') call(handle)
    else invoke(handle, call[0], call.slice(1))
  }
  page.Pernoex = { ...handle, init, push }
  earlier?.forEach(push)
}

if (script) start(script)
