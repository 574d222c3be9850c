import css from './launcher.css?inline'
import type { WidgetOptions } from './options.ts'

/** The button, in a shadow root that the page's styles do not reach. Plain DOM: this much must not need a framework. */
export function drawLauncher({ position, accent, label }: WidgetOptions): [HTMLElement, HTMLButtonElement] {
  const host = document.createElement('pernoex-stage')
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]
  if (position) host.setAttribute('position', position)
  if (accent) host.style.setProperty('--accent', accent)

  const launcher = document.createElement('button')
  launcher.id = 'launcher'
  launcher.textContent = label || 'Ask the docs'
  root.append(launcher)
  return [host, launcher]
}
