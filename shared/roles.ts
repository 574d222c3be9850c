/** What somebody is in an organization. Read with every request, never remembered in a session. */
export const ROLES = ['owner', 'admin', 'member'] as const
export type Role = (typeof ROLES)[number]

interface Permission {
  roles: readonly Role[]
  /** `project`: done inside one project, so a member must be assigned to it. */
  within: 'organization' | 'project'
  /** Only after a recent proof of who is there (edge-api/rules/session.ts). */
  recentProof?: true
}

const OWNER = ['owner'] as const
const ADMIN = ['owner', 'admin'] as const
const EVERYBODY = ROLES

/** Who may do what: the dashboard hides what this refuses, the server refuses it anyway. */
export const PERMISSIONS = {
  'organization.read': { roles: EVERYBODY, within: 'organization' },
  'organization.manage': { roles: OWNER, within: 'organization' },
  'organization.export': { roles: OWNER, within: 'organization', recentProof: true },
  'organization.delete': { roles: OWNER, within: 'organization', recentProof: true },
  'billing.read': { roles: OWNER, within: 'organization' },
  'billing.manage': { roles: OWNER, within: 'organization', recentProof: true },
  'members.read': { roles: ADMIN, within: 'organization' },
  'members.manage': { roles: OWNER, within: 'organization', recentProof: true },
  'invitations.manage': { roles: OWNER, within: 'organization', recentProof: true },
  'audit.read': { roles: ADMIN, within: 'organization' },
  'project.create': { roles: ADMIN, within: 'organization' },
  'project.read': { roles: EVERYBODY, within: 'project' },
  'project.export': { roles: ADMIN, within: 'project' },
  'project.delete': { roles: ADMIN, within: 'project', recentProof: true },
  'settings.read': { roles: ADMIN, within: 'project' },
  'settings.write': { roles: ADMIN, within: 'project' },
  'origins.manage': { roles: ADMIN, within: 'project' },
  'keys.manage': { roles: ADMIN, within: 'project', recentProof: true },
  'webhooks.read': { roles: ADMIN, within: 'project' },
  'webhooks.manage': { roles: ADMIN, within: 'project', recentProof: true },
  'knowledge.read': { roles: EVERYBODY, within: 'project' },
  'knowledge.write': { roles: ADMIN, within: 'project' },
  'conversations.read': { roles: EVERYBODY, within: 'project' },
  'conversations.delete': { roles: ADMIN, within: 'project' },
  'playground.ask': { roles: EVERYBODY, within: 'project' },
} as const satisfies Record<string, Permission>

export type Action = keyof typeof PERMISSIONS
export const ACTIONS = Object.keys(PERMISSIONS) as Action[]

/** Whether the role may do it at all; inside a project, `seesProject` decides as well. */
export function can(role: Role, action: Action): boolean {
  // A role or an action that nobody wrote here may arrive from storage or from a newer dashboard: it may nothing.
  if (!Object.hasOwn(PERMISSIONS, action)) return false
  const roles: readonly Role[] = PERMISSIONS[action].roles
  return roles.includes(role)
}

/** Owners and admins see every project of the organization, members the ones they are assigned to. */
export function seesProject(role: Role, assigned: boolean): boolean {
  return role === 'owner' || role === 'admin' || (role === 'member' && assigned)
}

export function needsRecentProof(action: Action): boolean {
  return 'recentProof' in PERMISSIONS[action]
}

/** The role that the text names, or null. */
export function parseRole(text: string): Role | null {
  return ROLES.find((role) => role === text) ?? null
}
