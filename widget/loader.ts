import { drawLauncher } from './launcher.ts'
import type { FetchModule, WidgetHandle, WidgetOptions } from './options.ts'

/** Put in by the build: the panel's content-hashed file and its Subresource Integrity value. */
declare const PANEL_FILE: string
declare const PANEL_INTEGRITY: string

type Method = keyof WidgetHandle
type Call = [Method, ...unknown[]]
type QueuedCall = Call | ((handle: WidgetHandle) => void)
type Invoke = (...values: unknown[]) => unknown
type Global = WidgetHandle & { init(options: WidgetOptions): WidgetHandle; push(call: QueuedCall): void }
type PanelModule = { mount(options: WidgetOptions, host: HTMLElement, fetch: FetchModule): WidgetHandle }
type Policy = { createScriptURL(url: string): string }

const page = window as unknown as {
  /** An array as long as only the page's own snippet has spoken. */
  Pernoex?: Global | QueuedCall[]
  trustedTypes?: { createPolicy(name: string, rules: Policy): Policy }
}
const METHODS = 'open close ask update identify on destroy'.split(' ') as Method[]
const script = document.currentScript as HTMLScriptElement
const home = new URL(script.src).origin

/** Admits our own address only; a page with a `trusted-types` list adds this one name to it. */
const rules: Policy = { createScriptURL: (url) => (url.startsWith(`${home}/`) ? url : '') }

let policy: Policy | undefined
let failures = 0

/**
 * `import()` cannot carry an integrity value, but it finds the module that a script element with one has already fetched
 * and checked, under the same address. A module that failed stays failed for its address: the next attempt has another.
 */
async function fetchModule(file: string, integrity: string): Promise<unknown> {
  const url = `${home}/${file}#${failures}`
  try {
    policy ??= page.trustedTypes?.createPolicy('pernoex', rules) ?? rules
    const src = policy.createScriptURL(url)
    await new Promise((onload, onerror) => {
      const element = document.createElement('script')
      const { nonce } = script
      Object.assign(element, { type: 'module', crossOrigin: '', integrity, nonce, onload, onerror, src })
      document.head.append(element)
    })
    return await import(/* @vite-ignore */ url)
  } catch (reason) {
    failures++
    console.error('Pernoex is blocked', reason)
    throw reason
  }
}

function init(options: WidgetOptions): WidgetHandle {
  const [host, launcher] = drawLauncher(options)
  const handle = {} as Record<Method, Invoke>
  let loading = false
  let panel: WidgetHandle | undefined
  let waiting: Call[] = []
  let gone = false

  const load = async () => {
    if (loading) return
    loading = true
    try {
      const module = (await fetchModule(PANEL_FILE, PANEL_INTEGRITY)) as PanelModule
      panel = module.mount(options, host, fetchModule)
      for (const [method, ...values] of waiting) (panel[method] as Invoke)(...values)
    } catch {
      loading = false
      waiting = []
      launcher.textContent = 'Could not load. Try again'
    }
    launcher.ariaBusy = null
  }

  for (const method of METHODS)
    handle[method] = (...values) => {
      if (panel) return (panel[method] as Invoke)(...values)
      waiting.push([method, ...values])
      if (method === 'destroy') {
        gone = true
        host.remove()
      } else if (method === 'open' || method === 'ask') {
        launcher.ariaBusy = 'true'
        load()
      }
    }

  // A touch enters before it presses.
  launcher.onpointerenter = launcher.onfocus = load
  launcher.onclick = () => handle.open()
  const place = () => gone || document.body.append(host)
  if (document.body) place()
  else addEventListener('DOMContentLoaded', place)
  return handle as unknown as WidgetHandle
}

const earlier = page.Pernoex as Partial<Global> & QueuedCall[]
if (!earlier?.init) {
  const handle = init({ ...(script.dataset as unknown as WidgetOptions), api: home })
  const push = (call: QueuedCall) =>
    Array.isArray(call) ? (handle[call[0]] as Invoke)(...call.slice(1)) : call(handle)
  page.Pernoex = { ...handle, init, push }
  earlier?.forEach(push)
}
