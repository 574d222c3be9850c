/** Why the way through another account ended at the sign-in page, as its address tells: `#problem=account_exists`. */
const SENTENCES: Record<string, string> = {
  account_exists:
    'This address has an account with a password. Sign in with it first, then link the other account under “Your security”.',
  address_missing: 'That account has no address that its provider vouches for. Sign up with your address instead.',
  identity_taken: 'That account opens another account here already.',
  provider_unavailable: 'The other service does not answer. Try again in a minute, or use your password.',
  sign_in_cancelled: 'Signing in was cancelled there. Nothing has changed.',
}

/** The sentence for the address's fragment; empty where it tells of no problem. */
export function signInProblem(hash: string): string {
  const reason = /^#problem=([a-z_]+)$/.exec(hash)?.[1]
  if (reason === undefined) return ''
  return SENTENCES[reason] ?? 'Signing in there did not work. Try again, or use your password.'
}
