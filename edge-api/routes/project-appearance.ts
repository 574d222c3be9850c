import * as z from 'zod'
import type { WidgetConfig } from '#shared/wire.ts'
import type { AppPorts } from '../account-ports.ts'
import { readAppearance, setAppearance } from '../flows/manage-appearance.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { answerChange } from '../guard/settings-answer.ts'
import { isCleanText } from '../rules/json-body.ts'

const text = (max: number) => z.string().max(max, `At most ${max} characters.`).refine(isCleanText, 'Not valid text.')
const MAX_STARTERS = 6
const MAX_LABELS = 100

export const appearanceBody = z.strictObject({
  mode: z.enum(['bubble', 'side'], 'bubble or side.').optional(),
  theme: z.enum(['light', 'dark', 'auto'], 'light, dark or auto.').optional(),
  accent: z
    .string()
    .regex(/^#[0-9a-f]{6}$/i, 'A colour such as #3b5bdb.')
    .optional(),
  position: z.enum(['bottom-right', 'bottom-left'], 'bottom-right or bottom-left.').optional(),
  greeting: text(500).optional(),
  starters: z
    .array(text(200).refine((starter) => starter.trim() !== '', 'A starter is a question.'))
    .max(MAX_STARTERS, `At most ${MAX_STARTERS} starters.`)
    .optional(),
  labels: z
    .record(text(60), text(300))
    .refine((labels) => Object.keys(labels).length <= MAX_LABELS, `At most ${MAX_LABELS} labels.`)
    .optional(),
  images: z.boolean().optional(),
  handoff: text(500)
    .refine((address) => /^(?:mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/.test(address), 'A mailto: or https: address.')
    .optional(),
})

/** `GET /api/projects/{id}/widget` */
export const getAppearance: Endpoint = async (c) => c.json(await readAppearance(c.get('management')))

/** `PUT /api/projects/{id}/widget`: the whole of it; what is left out goes back to the default. */
export function putAppearance({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, appearanceBody)
    if ('refusal' in body) return body.refusal
    return answerChange(
      c,
      accounts.db,
      await setAppearance(c.get('management'), body.value as Partial<WidgetConfig>),
      () => ({ action: 'widget.changed', target: c.get('projectId') }),
      (change) => c.json(change),
    )
  }
}
