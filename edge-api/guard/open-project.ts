import type { Ports } from '../ports.ts'
import type { Step } from './context.ts'

/** The first step that may touch a database, and the database it hands over already belongs to one project. */
export function openProject(ports: Ports): Step {
  return (c, next) => {
    c.set('db', ports.openProject(c.get('caller').projectId))
    return next()
  }
}
