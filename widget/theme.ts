import type { WidgetOptions } from './options.ts'

/** A style sheet goes into the shadow root as an object, which no `style-src` forbids. */
export function adoptSheet(root: ShadowRoot, css: string): void {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet]
}

/** Shows what is given and leaves the rest as it is. Whatever is no plain colour is no accent: it may come from a form. */
export function dress(host: HTMLElement, { position, theme, accent }: Partial<WidgetOptions>): void {
  if (position) host.setAttribute('position', position)
  if (theme) host.setAttribute('theme', theme)
  if (accent && CSS.supports('color', accent) && !accent.includes('var(')) host.style.setProperty('--accent', accent)
}
