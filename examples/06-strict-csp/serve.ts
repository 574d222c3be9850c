/**
 * A page with the strictest policy that carries the widget: `PERNOEX_API=https://… PERNOEX_KEY=pnx_pk_… node serve.ts [PORT]`. Reads the pinned
 * file and its integrity value from the edge host's manifest once, at start.
 */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const { PERNOEX_API: api, PERNOEX_KEY: key } = process.env
if (!api || !key) {
  console.error('Usage: PERNOEX_API=http://127.0.0.1:8787 PERNOEX_KEY=pnx_pk_live_… node serve.ts [PORT]')
  process.exit(1)
}
const manifest = await fetch(`${api}/manifest.json`)
const { loader }: { loader: { file: string; integrity: string } } = JSON.parse(await manifest.text())
const template = await readFile(new URL('index.html', import.meta.url), 'utf8')

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    `connect-src ${api}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types pernoex',
  ].join('; ')

const server = createServer((_, response) => {
  const nonce = randomBytes(16).toString('base64')
  const values: Record<string, string> = {
    '%EDGE%': api,
    '%FILE%': loader.file,
    '%INTEGRITY%': loader.integrity,
    '%NONCE%': nonce,
    '%KEY%': key,
  }
  response.setHeader('Content-Security-Policy', policy(nonce))
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Content-Type', 'text/html; charset=utf-8')
  response.end(template.replace(/%[A-Z]+%/g, (name) => values[name] ?? name))
})
server.listen(Number(process.argv[2] ?? 0), 'localhost', () => {
  console.log(`http://localhost:${(server.address() as AddressInfo).port}/`)
})
