/** The value of a JavaScript string literal or a template without holes; null for anything that would have to be run. */
export function stringLiteral(source: string): string | null {
  const [, quote, body] = /^\s*(["'`])([\s\S]*)\1\s*$/.exec(source) ?? []
  if (quote === undefined || body === undefined || (quote === '`' && body.includes('${'))) return null
  const plain = body.replace(
    /\\(?:n|t|([\s\S]))/g,
    (whole, character?: string) => character ?? (whole === '\\n' ? '\n' : '\t'),
  )
  return new RegExp(`(?<!\\\\)${quote}`).test(body) ? null : plain
}
