let loading: Promise<(text: string) => boolean> | null = null

/**
 * Whether a lower-case text is one of about 49,000 passwords that leaks show again and again (the list of zxcvbn-ts). Loaded
 * with the first password that is chosen: nothing else needs it.
 */
export function loadCommonPasswords(): Promise<(text: string) => boolean> {
  loading ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => {
    const known = new Set<string>(dictionary['passwords-common'])
    return (text) => known.has(text)
  })
  return loading
}
