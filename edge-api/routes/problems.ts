import { utf8 } from '#shared/bytes.ts'
import { sha256 } from '#shared/digest.ts'
import { PROBLEMS } from '#shared/problems.ts'
import type { Endpoint } from '../guard/context.ts'

/** Where the `type` of every refusal leads. */
export const PROBLEMS_PATH = '/docs/problems'

const STYLE = `:root { color-scheme: light dark }
body { font: 1rem/1.6 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2rem 0 0; font-size: 1.1rem }
p { margin: .3rem 0 }
:target { outline: 2px solid; outline-offset: .4rem; border-radius: .2rem }`

/** Made when it is first asked for: no other request pays for it. */
let page: { body: string; headers: [string, string][] } | undefined

/** `GET /docs/problems`: each code with its status, its sentence and what to do about it. The same for everyone. */
export const readProblems: Endpoint = () => {
  page ??= { body: problemsPage(), headers: pageHeaders() }
  return new Response(page.body, { headers: page.headers })
}

function problemsPage(): string {
  const entries = Object.entries(PROBLEMS).map(
    ([code, { status, title, detail, remedy }]) =>
      `<section id="${code}"><h2>${title}</h2><p><code>${code}</code>, status ${status}</p><p>${detail}</p><p>${remedy}</p></section>`,
  )
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Problems</title><style>${STYLE}</style></head><body><main><h1>Problems</h1><p>What a refusal of this API means, by its code.</p>
${entries.join('\n')}
</main></body></html>
`
}

function pageHeaders(): [string, string][] {
  const styleHash = btoa(String.fromCharCode(...sha256(utf8(STYLE))))
  return [
    ['content-type', 'text/html; charset=utf-8'],
    [
      'content-security-policy',
      `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    ],
    ['cache-control', 'public, max-age=3600'],
    ['x-content-type-options', 'nosniff'],
    ['referrer-policy', 'no-referrer'],
    ['cross-origin-resource-policy', 'same-origin'],
  ]
}
