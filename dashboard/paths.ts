/** Addresses of the dashboard's own pages; shared/dashboard-paths.ts lists their patterns. */
export const paths = {
  home: '/',
  signIn: '/sign-in',
  signUp: '/sign-up',
  reset: '/reset',
  team: '/team',
  audit: '/audit',
  billing: '/billing',
  security: '/security',
  organization: '/organization',
}

export function projectPaths(project: string) {
  const at = `/projects/${project}`
  return {
    start: at,
    knowledge: `${at}/knowledge`,
    playground: `${at}/playground`,
    conversations: `${at}/conversations`,
    conversation: (thread: string) => `${at}/conversations/${thread}`,
    domains: `${at}/domains`,
    keys: `${at}/keys`,
    webhooks: `${at}/webhooks`,
    slack: `${at}/slack`,
    appearance: `${at}/appearance`,
    settings: `${at}/settings`,
  }
}

/** The project that an address is about, or null. */
export function projectOf(path: string): string | null {
  return /^\/projects\/([^/]+)/.exec(path)?.[1] ?? null
}

/** The sign-in page that leads back to `here` afterwards. */
export function signInFor(here: string): string {
  return here === paths.home ? paths.signIn : `${paths.signIn}?next=${encodeURIComponent(here)}`
}

/** Where to go after signing in: a page of ours, never another site's. */
export function safeNext(next: string | undefined): string {
  const isOurs = next !== undefined && /^\/(?![/\\])/.test(next) && !/[\p{Cc}\\]/u.test(next)
  return isOurs && !next.startsWith(paths.signIn) ? next : paths.home
}
