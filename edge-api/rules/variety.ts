/** Alike in Britain and America, though the rules below would tell otherwise. */
const SHARED =
  /^(?:adv|ar|bru|comprom|conc|cru|dev|disgu|enterpr|exerc|expert|franch|improv|likew|merchand|no|otherw|po|pra|prec|prem|prom|ra|rev|r|superv|surpr|telev|w)is/

const RULES: readonly [RegExp, string][] = [
  [/(?<=\p{L}{3})is(?=(?:e[ds]?|ing|ations?|ers?)$)/u, 'iz'],
  [/(?<=\p{L}{3})iz(?=(?:e[ds]?|ing|ations?|ers?)$)/u, 'is'],
  [/(?<=^(?:ana|para|cata)ly)s(?=e[ds]?$|ing$)/, 'z'],
  [/(?<=^(?:ana|para|cata)ly)z(?=e[ds]?$|ing$)/, 's'],
  [/(?<=^(?:behavi|col|fav|flav|hon|lab|neighb))our/, 'or'],
  [/(?<=^(?:behavi|col|fav|flav|hon|lab|neighb))or/, 'our'],
  [/(?<=^(?:cancel|label|model|signal|travel|channel|level))l(?=(?:ed|ing|er|ers)$)/, ''],
  [/(?<=^(?:cance|labe|mode|signa|trave|channe|leve)l)(?=(?:ed|ing|er|ers)$)/, 'l'],
  [/(?<=^(?:cent))re(?=s?$)/, 'er'],
  [/(?<=^(?:catal|dial))ogue/, 'og'],
  [/(?<=^(?:catal|dial))og(?=s?$)/, 'ogue'],
]

/** The word, in lower case, as it is spelt on the other side of the Atlantic; null where it is spelt alike. */
export function otherSpelling(word: string): string | null {
  if (SHARED.test(word)) return null
  const rule = RULES.find(([from]) => from.test(word))
  return rule === undefined ? null : word.replace(...rule)
}
