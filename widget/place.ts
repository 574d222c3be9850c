import type { WidgetOptions } from './options.ts'
import type { Dress } from './stage.ts'

/** Shows what is given and leaves the rest as it is. Whatever is no colour is no accent: it may come from a form. */
export function dressPanel(host: HTMLElement, dress: Dress, look: Partial<WidgetOptions>): void {
  const { theme, accent } = look
  if (theme) host.setAttribute('theme', theme)
  dress(CSS.supports('color', accent ?? '') ? look : { ...look, accent: undefined })
}

/** Puts the widget where its mode belongs: an inline one into its target, any other beside `<body>`. */
export function place(options: WidgetOptions, host: HTMLElement, launcher: HTMLElement): void {
  const { mode, target, trigger } = options
  const inside = typeof target === 'string' ? document.querySelector(target) : target
  const parent = mode === 'inline' ? inside : document.documentElement
  host.setAttribute('mode', mode ?? 'bubble')
  if (parent !== host.parentNode) parent?.append(host)
  if (trigger || mode === 'modal' || mode === 'inline') launcher.remove()
  // Only where it was taken away: moved, it would lose the focus, and a press that is under way.
  else if (!launcher.parentNode) host.shadowRoot?.prepend(launcher)
}

/** A style sheet goes into the shadow root as an object, which no `style-src` forbids. */
export function adoptSheet({ shadowRoot }: HTMLElement, css: string): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  shadowRoot?.adoptedStyleSheets.push(sheet)
}
