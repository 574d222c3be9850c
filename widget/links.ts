/** The address when it may be followed from an answer, else null: nothing relative, no `javascript:`, no `data:`. */
export function safeUrl(text: string): string | null {
  try {
    const url = new URL(text)
    return /^(https?|mailto):$/.test(url.protocol) ? url.href : null
  } catch {
    return null
  }
}

/** Fewer characters than this are likely to match somewhere else on the page first. */
const SHORTEST_FRAGMENT = 24
const LONGEST_FRAGMENT_WORDS = 8

/**
 * The page at its heading, with a text fragment (WICG scroll-to-text) that marks the quote where that is safe: the first
 * line of the quote, whole words, long enough to be the only match. Browsers that do not find it fall back to the heading.
 */
export function deepLink(address: string, quote: string): string | null {
  const href = safeUrl(address)
  if (!href?.startsWith('http') || href.includes(':~:')) return href
  const line = quote.trim().split('\n', 1)[0] ?? ''
  const words = line.split(/\s+/).slice(0, LONGEST_FRAGMENT_WORDS).join(' ')
  if (words.length < SHORTEST_FRAGMENT) return href
  // A dash or comma has a meaning of its own inside a text directive.
  const text = encodeURIComponent(words).replace(/-/g, '%2D')
  return `${href}${href.includes('#') ? '' : '#'}:~:text=${text}`
}
