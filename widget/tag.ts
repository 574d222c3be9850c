import type { WidgetHandle, WidgetOptions } from './options.ts'
import type { FetchPart } from './stage.ts'
import { startWidget } from './start.ts'

type Policy = { createScriptURL(url: string): string }
type PartScript = HTMLScriptElement & { offer?: unknown }

/** The script element that runs this. */
export const script = document.currentScript as HTMLScriptElement
const home = new URL(script.src).origin
const { trustedTypes } = window as unknown as {
  trustedTypes?: { createPolicy(name: string, rules: Policy): Policy }
}

/** Admits our own address only; a page with a `trusted-types` list adds this one name to it. */
const rules: Policy = { createScriptURL: (url) => (url.startsWith(`${home}/`) ? url : '') }
let policy: Policy | undefined

/** A script element can carry an integrity value, which `import()` cannot; the file leaves what it offers on its element. */
const fetchPart: FetchPart = async (file, integrity) => {
  policy ??= trustedTypes?.createPolicy('pernoex', rules) ?? rules
  const element: PartScript = document.createElement('script')
  element.src = policy.createScriptURL(`${home}/${file}`)
  await new Promise((onload, onerror) => {
    document.head.append(Object.assign(element, { crossOrigin: '', integrity, nonce: script.nonce, onload, onerror }))
  }).finally(() => element.remove())
  return element.offer
}

export const init = (options: Omit<WidgetOptions, 'api'>): WidgetHandle =>
  startWidget(Object.assign({ api: home }, options), fetchPart)
