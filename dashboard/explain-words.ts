import type { Explanation } from '#shared/explain-origin.ts'

/** Why an origin is admitted or refused, as a sentence about the list. */
export function explainSentence({ reason, rule }: Explanation, origin: string): string {
  const named = rule ?? ''
  switch (reason) {
    case 'admitted_by_rule':
      return `Admitted by the rule ${named}.`
    case 'admitted_by_test_key':
      return 'Admitted for test keys, as every localhost is.'
    case 'list_empty':
      return 'Refused: the list is empty, and an empty list admits nobody.'
    case 'rule_expired':
      return `Refused: the rule ${named} has run out. Add it again to let this origin in.`
    case 'scheme_differs':
      return `Refused: the rule ${named} is for https, and this is http.`
    case 'port_differs':
      return `Refused: the rule ${named} is for another port.`
    case 'apex_not_covered':
      return `Refused: ${named} covers subdomains only. Add ${named.replace('*.', '')} as well.`
    case 'subdomain_not_covered':
      return `Refused: the rule ${named} is for that very domain. Add this subdomain, or a rule that begins with *.`
    case 'host_differs':
      return 'Refused: no rule is about this domain.'
    case 'origin_missing':
      return 'Type an origin, such as https://docs.example.com.'
    case 'origin_null':
      return 'Refused: pages from the file system or in a sandboxed frame send “null”, which no rule can name.'
    case 'origin_malformed':
      return looksLikeAddress(origin)
        ? 'This is an address with a path. An origin ends after the host and port, such as https://docs.example.com.'
        : 'This is not an origin as browsers send it, such as https://docs.example.com.'
  }
}

/**
 * An origin out of what a person pastes: an address of a page, or a domain without its scheme. Null for what is neither.
 */
export function originOf(typed: string): string | null {
  const text = typed.trim()
  if (text === '' || text === 'null') return null
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`)
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : null
}

const looksLikeAddress = (text: string): boolean => /^https?:\/\/[^/]+\/./.test(text)
