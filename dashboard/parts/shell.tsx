import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useLocation } from 'preact-iso/router'
import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { paths } from '../paths.ts'
import { loadProjects, projects } from '../projects-state.ts'
import { session } from '../session-state.ts'
import { signOut } from '../sign-out.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Logo } from '../ui/icon.tsx'
import { Navigation } from './navigation.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

/** Around every page of somebody who has signed in: the way to all the others. */
export function Shell({ children }: { children: ComponentChildren }) {
  const { url } = useLocation()
  const [isOpen, setOpen] = useState(false)
  useEffect(() => setOpen(false), [url])
  useEffect(() => {
    // The names in the navigation; a page that needs the list says itself when it cannot be had.
    if (projects.value === null) loadProjects().catch(() => {})
  }, [])
  return (
    <div class="shell">
      <header class="side">
        <div class="side-top">
          <a href={paths.home} class="home">
            <Logo />
          </a>
          <Button
            look="quiet"
            icon={isOpen ? 'close' : 'menu'}
            iconOnly
            label={isOpen ? 'Close menu' : 'Menu'}
            expanded={isOpen}
            controls="menu"
            onClick={() => setOpen(!isOpen)}
          >
            Menu
          </Button>
        </div>
        <div id="menu" class={isOpen ? 'menu open' : 'menu'}>
          <nav aria-label="Dashboard">
            <Navigation />
          </nav>
          <Person />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}

function Person() {
  const leave = useAction(signOut)
  const { user, organization } = session.value ?? {}
  useEffect(() => {
    if (leave.error !== null) say(sentenceOf(leave.error))
  }, [leave.error])
  return (
    <div class="person">
      <p>
        <strong>{user?.name}</strong>
        <small>{organization?.name}</small>
      </p>
      <div class="actions spread">
        <ThemeSwitch />
        <Button look="quiet" icon="signOut" busy={leave.busy} onClick={leave.run}>
          Sign out
        </Button>
      </div>
    </div>
  )
}
