import { describe, expect, test } from 'vitest'
import {
  ACTIONS,
  type Action,
  can,
  needsRecentProof,
  PERMISSIONS,
  parseRole,
  ROLES,
  seesProject,
} from '#shared/roles.ts'

describe('who may do what', () => {
  test('an owner may do everything', () => {
    expect(ACTIONS.filter((action) => !can('owner', action))).toEqual([])
  })

  test('an admin may do everything in projects and nothing to organization, billing or team', () => {
    const refused: Action[] = [
      'organization.manage',
      'organization.export',
      'organization.delete',
      'billing.read',
      'billing.manage',
      'members.manage',
      'invitations.manage',
    ]
    expect(ACTIONS.filter((action) => !can('admin', action))).toEqual(refused)
    expect(refused.some((action) => PERMISSIONS[action].within === 'project')).toBe(false)
  })

  test('a member reads conversations and content, asks, and changes nothing', () => {
    expect(ACTIONS.filter((action) => can('member', action))).toEqual([
      'organization.read',
      'project.read',
      'knowledge.read',
      'conversations.read',
      'playground.ask',
    ])
  })

  test('whoever may do something, a higher role may too', () => {
    for (const action of ACTIONS) {
      if (can('member', action)) expect(can('admin', action), action).toBe(true)
      if (can('admin', action)) expect(can('owner', action), action).toBe(true)
    }
  })

  test('a role or an action that nobody knows may nothing', () => {
    const unknown = (text: string) => text as never
    for (const action of ACTIONS)
      for (const role of ['', 'Owner', 'root']) expect(can(unknown(role), action)).toBe(false)
    for (const action of ['', 'toString', '__proto__', 'keys']) expect(can('owner', unknown(action))).toBe(false)
    expect(seesProject(unknown('root'), true)).toBe(false)
  })
})

test('a member sees the projects that are assigned, the others see all', () => {
  expect(ROLES.map((role) => [seesProject(role, true), seesProject(role, false)])).toEqual([
    [true, true],
    [true, true],
    [true, false],
  ])
})

test('keys, members, billing and what cannot be undone ask for a recent proof', () => {
  expect(ACTIONS.filter(needsRecentProof)).toEqual([
    'organization.export',
    'organization.delete',
    'billing.manage',
    'members.manage',
    'invitations.manage',
    'project.delete',
    'keys.manage',
    'webhooks.manage',
  ])
})

test('a role is parsed exactly', () => {
  expect(ROLES.map(parseRole)).toEqual([...ROLES])
  for (const text of ['', 'Owner', 'owner ', 'constructor']) expect(parseRole(text)).toBeNull()
})
