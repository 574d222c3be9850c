import type { Endpoint } from '../guard/context.ts'
import { answerHeaders } from '../headers.ts'
import type { CommonPorts } from '../ports.ts'

const YEAR_MS = 365 * 24 * 60 * 60 * 1000

const TEXT = { name: 'text', own: [['content-type', 'text/plain; charset=utf-8']] } as const

/** RFC 9116: where to report a hole. */
export function securityTxt(ports: CommonPorts): Endpoint {
  const { edgeHost, securityContact, local } = ports.settings
  const canonical = `${local ? 'http' : 'https'}://${edgeHost}/.well-known/security.txt`
  return () => {
    const expires = new Date(ports.nowMs() + YEAR_MS).toISOString().replace(/\.\d+Z$/, 'Z')
    const text = `Contact: ${securityContact}\nExpires: ${expires}\nPreferred-Languages: en\nCanonical: ${canonical}\n`
    return new Response(text, { headers: answerHeaders(TEXT) })
  }
}
