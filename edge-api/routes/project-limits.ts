import * as z from 'zod'
import type { AppPorts } from '../account-ports.ts'
import { readLimits, setLimits } from '../flows/manage-limits.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { answerChange } from '../guard/settings-answer.ts'

export const limitsBody = z.object({ answersPerDay: z.number().nullable() })

/** `GET /api/projects/{id}/limits` */
export const getLimits: Endpoint = async (c) => c.json(await readLimits(c.get('management')))

/** `PUT /api/projects/{id}/limits`: holds from the very next answer on; null goes back to the default. */
export function putLimits({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const read = await readJson(c, limitsBody)
    if ('refusal' in read) return read.refusal
    return answerChange(
      c,
      accounts.db,
      await setLimits(c.get('management'), read.value),
      () => ({ action: 'limits.changed', target: c.get('projectId'), details: read.value }),
      (change) => c.json({ ...read.value, ...change }),
    )
  }
}
