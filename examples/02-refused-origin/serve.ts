/**
 * Serves this folder's page from an origin that is not on the project's list, and fills in what the API says to it.
 *
 *     PERNOEX_API=http://127.0.0.1:8787 PERNOEX_KEY=pnx_pk_live_… node serve.ts [PORT]
 */
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

const { PERNOEX_API: api, PERNOEX_KEY: key } = process.env
if (!api || !key) {
  console.error('Usage: PERNOEX_API=http://127.0.0.1:8787 PERNOEX_KEY=pnx_pk_live_… node serve.ts [PORT]')
  process.exit(1)
}

/** The page's own code may not read this answer, since it names no origin to the browser; a program may. */
async function askAs(origin: string): Promise<string> {
  const response = await fetch(`${api}/v1/config?key=${encodeURIComponent(key ?? '')}`, { headers: { Origin: origin } })
  return JSON.stringify(await response.json(), null, 2)
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

async function page(origin: string, nonce: string): Promise<string> {
  const template = await readFile(new URL('index.html', import.meta.url), 'utf8')
  const answer = await askAs(origin).catch(() => 'The API cannot be reached.')
  const values: Record<string, string> = {
    EDGE: api ?? '',
    KEY: key ?? '',
    ORIGIN: origin,
    NONCE: nonce,
    ANSWER: answer,
  }
  return template.replace(/%([A-Z]+)%/g, (whole, name: string) => escapeHtml(values[name] ?? whole))
}

const server = createServer(async (request, response) => {
  const { port } = server.address() as AddressInfo
  if (request.url !== '/' || request.headers.host !== `localhost:${port}`) {
    response.writeHead(404).end()
    return
  }
  const nonce = crypto.randomUUID()
  const policy = `default-src 'none'; script-src ${api}; connect-src ${api}; style-src 'nonce-${nonce}'; img-src data:`
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy })
  response.end(await page(`http://localhost:${port}`, nonce))
})

server.listen(Number(process.argv[2] ?? 0), 'localhost', () => {
  console.log(`http://localhost:${(server.address() as AddressInfo).port}/`)
})
