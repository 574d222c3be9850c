/**
 * The secret of a mailed link, which stands after its `#` and so never reaches a server's log. Taken once and removed from
 * the address bar and the history.
 */
export function takeLinkToken(): string | null {
  const token = location.hash.slice(1)
  if (token === '') return null
  history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
