import { problem } from '../errors.ts'
import type { Settings } from '../ports.ts'
import { judgeSource } from '../rules/csrf.ts'
import type { Check } from './context.ts'

/** Did the dashboard itself send this, as JSON? Asked of whatever changes something; costs no I/O. */
export function requireSameOrigin({ appHost, local }: Pick<Settings, 'appHost' | 'local'>): Check {
  const appOrigin = `${local ? 'http' : 'https'}://${appHost}`
  return (c) => {
    const { headers, method, body } = c.req.raw
    const [secFetchSite, origin] = [headers.get('sec-fetch-site'), headers.get('origin')]
    const contentType = headers.get('content-type')
    const verdict = judgeSource({ method, secFetchSite, origin, contentType, hasBody: body !== null }, appOrigin)
    if (verdict.ok) return null
    return problem(c, verdict.reason.startsWith('body_') ? 'media_type_unsupported' : 'csrf_wrong')
  }
}
