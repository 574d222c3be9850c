import './style/main.css'
import { type ComponentType, render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import lazy, { ErrorBoundary } from 'preact-iso/lazy'
import { LocationProvider, Route, Router, useLocation } from 'preact-iso/router'
import type { DashboardPage } from '#shared/dashboard-paths.ts'
import { loadSession } from './api.ts'
import { sentenceOf } from './failure.ts'
import { focusPage } from './focus-page.ts'
import { useAction } from './loaded.ts'
import { RecoveryDialogs } from './parts/recovery-dialogs.tsx'
import { Shell } from './parts/shell.tsx'
import { ToastRegion } from './parts/toast-region.tsx'
import { signInFor } from './paths.ts'
import { reloadOnce } from './reload-once.ts'
import { session } from './session-state.ts'
import { showTheme } from './theme.ts'
import { Button } from './ui/button.tsx'
import { Notice } from './ui/notice.tsx'

interface PageEntry {
  page: ComponentType
  /** Shown before sign-in. */
  outside?: true
}

/** The Worker answers exactly these addresses with the dashboard. Each page is a file that is loaded when it is opened. */
const PAGES: Record<DashboardPage, PageEntry> = {
  '/sign-in': { outside: true, page: lazy(async () => (await import('./pages/sign-in.tsx')).SignIn) },
  '/sign-up': { outside: true, page: lazy(async () => (await import('./pages/sign-up.tsx')).SignUp) },
  '/verify': { outside: true, page: lazy(async () => (await import('./pages/verify.tsx')).Verify) },
  '/reset': { outside: true, page: lazy(async () => (await import('./pages/reset.tsx')).Reset) },
  '/invitation': { outside: true, page: lazy(async () => (await import('./pages/invitation.tsx')).Invitation) },
  '/': { page: lazy(async () => (await import('./pages/projects.tsx')).Projects) },
  '/projects/:project': { page: lazy(async () => (await import('./pages/get-started.tsx')).GetStarted) },
  '/projects/:project/knowledge': { page: lazy(async () => (await import('./pages/knowledge.tsx')).Knowledge) },
  '/projects/:project/playground': { page: lazy(async () => (await import('./pages/playground.tsx')).Playground) },
  '/projects/:project/conversations': {
    page: lazy(async () => (await import('./pages/conversations.tsx')).Conversations),
  },
  '/projects/:project/conversations/:thread': {
    page: lazy(async () => (await import('./pages/conversation.tsx')).Conversation),
  },
  '/projects/:project/webhooks': { page: lazy(async () => (await import('./pages/webhooks.tsx')).Webhooks) },
  '/projects/:project/slack': { page: lazy(async () => (await import('./pages/slack.tsx')).Slack) },
  '/projects/:project/appearance': { page: lazy(async () => (await import('./pages/appearance.tsx')).Appearance) },
  '/projects/:project/settings': {
    page: lazy(async () => (await import('./pages/project-settings.tsx')).ProjectSettings),
  },
  '/projects/:project/domains': { page: lazy(async () => (await import('./pages/domains.tsx')).Domains) },
  '/projects/:project/keys': { page: lazy(async () => (await import('./pages/keys.tsx')).Keys) },
  '/organization': { page: lazy(async () => (await import('./pages/organization.tsx')).Organization) },
  '/billing': { page: lazy(async () => (await import('./pages/billing.tsx')).Billing) },
  '/team': { page: lazy(async () => (await import('./pages/team.tsx')).Team) },
  '/audit': { page: lazy(async () => (await import('./pages/audit.tsx')).Audit) },
  '/security': { page: lazy(async () => (await import('./pages/security.tsx')).Security) },
}
const NotFound = lazy(async () => (await import('./pages/not-found.tsx')).NotFound)

function App() {
  const [crash, setCrash] = useState(false)
  const onError = () => {
    reloadOnce()
    setCrash(true)
  }
  return (
    <LocationProvider>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <ErrorBoundary onError={onError}>{crash ? <Crash /> : <Place />}</ErrorBoundary>
      <RecoveryDialogs />
      <ToastRegion />
    </LocationProvider>
  )
}

function Crash() {
  return (
    <main id="main" class="alone">
      <Notice kind="error" title="This page could not be shown">
        It may have been updated meanwhile.
      </Notice>
      <Button look="primary" onClick={() => location.reload()}>
        Reload
      </Button>
    </main>
  )
}

function Place() {
  const { path } = useLocation()
  const isOutside = Object.entries(PAGES).some(([known, { outside }]) => outside && known === path)
  return isOutside ? <Routes outside /> : <Inside />
}

/** Asks who this is, once, and sends strangers to the sign-in page, which sends them back here. */
function Inside() {
  const { url, route } = useLocation()
  const load = useAction(loadSession)
  const isKnown = session.value?.user != null
  useEffect(() => {
    if (session.value === null) load.run()
  }, [load.run])
  useEffect(() => {
    if (session.value !== null && !isKnown) route(signInFor(url), true)
  }, [session.value, isKnown])
  if (load.error !== null)
    return (
      <main id="main" class="alone">
        <Notice kind="error">{sentenceOf(load.error)}</Notice>
        <Button onClick={load.run}>Try again</Button>
      </main>
    )
  return isKnown ? (
    <Shell>
      <Routes />
    </Shell>
  ) : null
}

function Routes({ outside = false }: { outside?: boolean }) {
  const [isFirst, setFirst] = useState(true)
  const arrive = () => {
    focusPage(isFirst)
    setFirst(false)
  }
  return (
    <Router onLoadEnd={arrive} onRouteChange={arrive}>
      {Object.entries(PAGES)
        .filter(([, entry]) => outside === (entry.outside ?? false))
        .map(([path, { page }]) => (
          <Route key={path} path={path} component={page} />
        ))}
      <Route default component={NotFound} />
    </Router>
  )
}

showTheme()
render(<App />, document.getElementById('app') as HTMLElement)
