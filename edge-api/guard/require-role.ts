import { type Action, can } from '#shared/roles.ts'
import { problem } from '../errors.ts'
import type { Check } from './context.ts'

/** May this person do that, here? A project that is not theirs is not there, whatever their role. */
export function requireRole(action: Action): Check {
  return (c) => {
    if (c.req.param('project') !== undefined && c.get('projectId') === null) return problem(c, 'not_found')
    return can(c.get('actor').role, action) ? null : problem(c, 'role_insufficient')
  }
}
