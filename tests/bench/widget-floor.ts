import { build, type Rolldown } from 'vite'

/** A button in a shadow root, and a panel that is fetched on the click: the least that a lazily loaded widget can do. */
export const FLOOR_LOADER = `(() => {
  const host = document.createElement('pernoex-stage')
  const root = host.attachShadow({ mode: 'open' })
  const button = document.createElement('button')
  button.textContent = 'Ask'
  button.part = 'launcher'
  button.style.cssText = 'position:fixed;right:20px;bottom:20px'
  button.onclick = async () => (await ${'import'}('/floor-panel.js')).show(root)
  root.append(button)
  document.documentElement.append(host)
})()`

const PANEL = `
  import { h, render } from 'preact'
  import { useState } from 'preact/hooks'
  function Panel() {
    const [text, setText] = useState('')
    return h('section', { class: 'panel', style: 'position:fixed;right:20px;bottom:80px;width:400px;height:500px;background:#fff' },
      h('h2', null, 'Ask'), h('textarea', { value: text, onInput: (event) => setText(event.target.value) }), h('button', null, 'Send'))
  }
  export function show(root) {
    const box = document.createElement('div')
    root.append(box)
    render(h(Panel), box)
  }`

export async function floorPanel(): Promise<string> {
  const result = (await build({
    configFile: false,
    logLevel: 'warn',
    plugins: [
      {
        name: 'floor',
        enforce: 'pre',
        resolveId: (id) => (id.endsWith('floor-entry') ? 'floor-entry.js' : null),
        load: (id) => (id === 'floor-entry.js' ? PANEL : null),
      },
    ],
    build: {
      write: false,
      modulePreload: false,
      rolldownOptions: { input: 'floor-entry', preserveEntrySignatures: 'strict', output: { format: 'es' } },
    },
  })) as Rolldown.RolldownOutput
  return (result.output[0] as Rolldown.OutputChunk).code
}
