/**
 * Where the dashboard has a page, as patterns that both Hono and the dashboard's router read. The Worker answers these on the
 * app host, and nothing else, with the dashboard; dashboard/main.tsx gives each its page.
 */
export const DASHBOARD_PAGES = [
  '/',
  '/sign-in',
  '/sign-up',
  '/verify',
  '/reset',
  '/invitation',
  '/projects/:project',
  '/projects/:project/knowledge',
  '/projects/:project/playground',
  '/projects/:project/conversations',
  '/projects/:project/conversations/:thread',
  '/projects/:project/domains',
  '/projects/:project/keys',
  '/projects/:project/webhooks',
  '/projects/:project/slack',
  '/projects/:project/appearance',
  '/projects/:project/settings',
  '/billing',
  '/team',
  '/audit',
  '/security',
  '/organization',
] as const

export type DashboardPage = (typeof DASHBOARD_PAGES)[number]
