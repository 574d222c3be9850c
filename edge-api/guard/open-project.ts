import type { CommonPorts } from '../ports.ts'
import type { Check } from './context.ts'

/** The first step that may touch a database, and the database it hands over already belongs to one project. */
export function openProject(ports: CommonPorts): Check {
  return (c) => {
    c.set('db', ports.openProject(c.get('caller').projectId))
    return null
  }
}
