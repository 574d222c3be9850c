import { useLocation } from 'preact-iso/router'
import type { Action } from '#shared/roles.ts'
import { paths, projectOf, projectPaths } from '../paths.ts'
import { projects } from '../projects-state.ts'
import { may } from '../session-state.ts'
import { Icon, type IconName } from '../ui/icon.tsx'

interface Entry {
  href: string
  icon: IconName
  words: string
  /** Hidden from roles that may not do this. */
  needs?: Action
}

/** Of one project, when the address is about one, and of the organization. */
export function Navigation() {
  const { path } = useLocation()
  const project = projectOf(path)
  const name = projects.value?.find(({ id }) => id === project)?.name
  return (
    <>
      {project !== null && <Group title={name ?? 'Project'} entries={projectEntries(project)} path={path} />}
      <Group title="Organization" entries={ORGANIZATION} path={path} />
    </>
  )
}

function projectEntries(project: string): Entry[] {
  const at = projectPaths(project)
  return [
    { href: at.start, icon: 'rocket', words: 'Get started' },
    { href: at.knowledge, icon: 'doc', words: 'Knowledge', needs: 'knowledge.read' },
    { href: at.playground, icon: 'play', words: 'Playground', needs: 'playground.ask' },
    { href: at.conversations, icon: 'chat', words: 'Conversations', needs: 'conversations.read' },
    { href: at.domains, icon: 'globe', words: 'Domains', needs: 'settings.read' },
    { href: at.keys, icon: 'key', words: 'Keys', needs: 'settings.read' },
    { href: at.webhooks, icon: 'webhook', words: 'Webhooks', needs: 'webhooks.read' },
    { href: at.slack, icon: 'hash', words: 'Slack', needs: 'webhooks.read' },
    { href: at.appearance, icon: 'brush', words: 'Appearance', needs: 'settings.read' },
    { href: at.settings, icon: 'gear', words: 'Settings', needs: 'settings.read' },
  ]
}

const ORGANIZATION: Entry[] = [
  { href: paths.home, icon: 'folder', words: 'Projects' },
  { href: paths.team, icon: 'team', words: 'Team', needs: 'members.read' },
  { href: paths.billing, icon: 'card', words: 'Billing', needs: 'billing.read' },
  { href: paths.audit, icon: 'audit', words: 'Audit log', needs: 'audit.read' },
  { href: paths.organization, icon: 'gear', words: 'Organization' },
  { href: paths.security, icon: 'shield', words: 'Your security' },
]

function Group({ title, entries, path }: { title: string; entries: Entry[]; path: string }) {
  const shown = entries.filter(({ needs }) => needs === undefined || may(needs))
  return (
    <div class="nav-group">
      <h2>{title}</h2>
      <ul>
        {shown.map(({ href, icon, words }) => (
          <li key={href}>
            <a href={href} aria-current={href === path ? 'page' : undefined}>
              <Icon name={icon} />
              {words}
            </a>
          </li>
        ))}
      </ul>
    </div>
  )
}
