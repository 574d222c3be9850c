import type { Context } from 'hono'
import { type IdKind, parseId } from '#shared/ids.ts'
import type { RuleReason } from '#shared/origin-rule.ts'
import type { Verdict } from '#shared/verdict.ts'
import type { AccountPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { type Page, type PageRequest, readPage } from '../rules/page.ts'
import { type SettingsReason, settingsProblem } from '../rules/settings.ts'
import type { Guarded } from './context.ts'

/** The refusal of a change, with its reason and the sentence for it. */
export function refuseSetting(c: Context<Guarded>, reason: SettingsReason | RuleReason): Response {
  const { code, detail } = settingsProblem(reason)
  return problem(c, code, { reason, errors: [{ path: '', message: detail }] })
}

/** `?cursor=&limit=` as typed. */
export function pageRequestOf(c: Context<Guarded>): PageRequest {
  const limit = c.req.query('limit')
  return { cursor: c.req.query('cursor'), limit: limit === undefined ? undefined : Number(limit) }
}

export function pageOf(c: Context<Guarded>, kind: IdKind): { value: Page } | { refusal: Response } {
  const page = readPage(pageRequestOf(c), (text) => parseId(kind, text) !== null)
  return page.ok ? { value: page.value } : { refusal: refuseSetting(c, page.reason) }
}

/** Answers with the value of a change, once the audit log has it; or with why it was refused. */
export async function answerChange<Value>(
  c: Context<Guarded>,
  db: AccountPorts['db'],
  verdict: Verdict<Value, SettingsReason | RuleReason>,
  act: (value: Value) => Parameters<AccountPorts['db']['addAudit']>[1],
  answer: (value: Value) => Response,
): Promise<Response> {
  if (!verdict.ok) return refuseSetting(c, verdict.reason)
  await db.addAudit(c.get('actor'), act(verdict.value))
  return answer(verdict.value)
}
