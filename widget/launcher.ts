import css from './launcher.css?inline'
import type { Stage, WidgetOptions } from './options.ts'

const SVG = 'http://www.w3.org/2000/svg'

/** The button, in a shadow root that the page's styles do not reach. Plain DOM: this much must not need a framework. */
export function createStage(options: WidgetOptions, fetch: Stage['fetch']): Stage {
  const host = document.createElement('pernoex-stage')
  const root = host.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]

  const launcher = document.createElement('button')
  const words = document.createElement('span')
  launcher.type = 'button'
  launcher.className = 'launcher'
  launcher.setAttribute('aria-haspopup', 'dialog')
  launcher.setAttribute('aria-expanded', 'false')
  launcher.append(drawIcon(), words)
  root.append(launcher)

  const dress: Stage['dress'] = ({ position, theme, accent, label }) => {
    if (position) host.setAttribute('position', position)
    if (theme) host.setAttribute('theme', theme)
    if (accent) host.style.setProperty('--accent', accent)
    if (label) words.textContent = label
  }
  dress({ label: 'Ask the docs', ...options })
  return { host, root, launcher, dress, fetch }
}

function drawIcon(): SVGElement {
  const svg = document.createElementNS(SVG, 'svg')
  const path = document.createElementNS(SVG, 'path')
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  path.setAttribute('d', 'M21 11.5a8 8 0 0 1-11.7 7.1L4 20l1.5-4.8A8 8 0 1 1 21 11.5zM9.5 10h7M9.5 13.5h4')
  svg.append(path)
  return svg
}
