import * as z from 'zod'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import {
  beginSecondFactor,
  completeSignIn,
  confirmSecondFactor,
  removeSecondFactor,
  replaceBackupCodes,
} from '../flows/second-factor.ts'
import { tooManyAttempts } from '../guard/account-answer.ts'
import { askingOf, keepSession } from '../guard/browser.ts'
import type { Endpoint } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'

const code = z.string().max(20, 'At most 20 characters.')
export const codeBody = z.object({ code })
export const shownBody = z.union([codeBody, z.object({ backupCode: z.string().max(100, 'At most 100 characters.') })])

/** `GET /api/second-factor`: whether one is on, and how many backup codes are left. */
export function getSecondFactor({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const backupCodesLeft = await accounts.db.countBackupCodes(c.get('actor').userId)
    return c.json({ enabled: c.get('session').user.secondFactor, backupCodesLeft })
  }
}

/** `POST /api/second-factor`: the secret to be scanned or typed; nothing is asked for until a code of it was shown. */
export function postSecondFactor(ports: AppPorts): Endpoint {
  return async (c) => {
    const verdict = await beginSecondFactor(ports, c.get('actor'))
    return verdict.ok ? c.json(verdict.value) : problem(c, 'conflict', { reason: verdict.reason })
  }
}

/** `POST /api/second-factor/confirm {code}`: switches it on; the backup codes are shown this once. */
export function confirmCode(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, codeBody)
    if ('refusal' in body) return body.refusal
    const verdict = await confirmSecondFactor(ports, askingOf(c), body.value.code)
    if ('retryAfterSeconds' in verdict) return tooManyAttempts(c, verdict.retryAfterSeconds)
    if (!verdict.ok)
      return verdict.reason === 'code_wrong'
        ? problem(c, 'code_wrong')
        : problem(c, 'conflict', { reason: verdict.reason })
    keepSession(c, verdict.value.opened)
    return c.json({ backupCodes: verdict.value.backupCodes })
  }
}

/** `DELETE /api/second-factor`. */
export function deleteSecondFactor(ports: AppPorts): Endpoint {
  return async (c) => {
    const verdict = await removeSecondFactor(ports, askingOf(c))
    if (!verdict.ok) return problem(c, 'not_found')
    keepSession(c, verdict.value)
    return c.body(null, 204)
  }
}

/** `POST /api/second-factor/backup-codes`: ten new ones in place of those of before. */
export function postBackupCodes(ports: AppPorts): Endpoint {
  return async (c) => {
    const verdict = await replaceBackupCodes(ports, c.get('actor'))
    return verdict.ok ? c.json({ backupCodes: verdict.value }) : problem(c, 'not_found')
  }
}

/** `POST /api/sign-in/second-factor {code}|{backupCode}`: what a session that has shown its password only still needs. */
export function postSecondStep(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, shownBody)
    if ('refusal' in body) return body.refusal
    const verdict = await completeSignIn(ports, askingOf(c), body.value)
    if ('retryAfterSeconds' in verdict) return tooManyAttempts(c, verdict.retryAfterSeconds)
    if (!verdict.ok) return problem(c, verdict.reason)
    keepSession(c, verdict.value)
    return c.body(null, 204)
  }
}
