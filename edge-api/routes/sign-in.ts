import type { Context } from 'hono'
import * as z from 'zod'
import type { AppPorts } from '../account-ports.ts'
import { problem } from '../errors.ts'
import { changePassword, requestReset, resendVerification, resetPassword, signUp } from '../flows/passwords.ts'
import { proveAgain } from '../flows/second-factor.ts'
import { hashToken, signIn } from '../flows/sign-in.ts'
import { refuseField, refuseLink, tooManyAttempts } from '../guard/account-answer.ts'
import { askingOf, browserOf, keepSession } from '../guard/browser.ts'
import type { Endpoint, Guarded } from '../guard/context.ts'
import { readJson } from '../guard/read-json.ts'
import { PASSWORD_SENTENCES, type PasswordReason } from '../rules/password.ts'
import { isEmail, isName, NAME_SENTENCE, normaliseEmail } from '../rules/person.ts'

const email = z.string().transform(normaliseEmail).refine(isEmail, 'Not an e-mail address.')
const name = z.string().trim().refine(isName, NAME_SENTENCE)
/** Judged by rules/password.ts; here only what no rule should have to read. */
const password = z.string().max(1000, 'At most 1000 characters.')
const token = z.string().regex(/^[\w-]{43}$/, 'Open the whole link of the mail.')

export const signUpBody = z.object({ email, password, name })
export const signInBody = z.object({ email, password })
export const emailBody = z.object({ email })
export const tokenBody = z.object({ token })
export const resetBody = z.object({ token, password })
export const proofBody = z.union([
  z.object({ password }),
  z.object({ code: z.string().max(20, 'At most 20 characters.') }),
])
export const changeBody = z.object({ current: password, next: password })

/** `POST /api/sign-up`: 202 whether or not the address has an account; the mail tells its owner. */
export function postSignUp(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, signUpBody)
    if ('refusal' in body) return body.refusal
    const verdict = await signUp(ports, body.value, browserOf(c))
    if (!verdict.ok) return refusePassword(c, 'password', verdict.reason)
    c.executionCtx.waitUntil(verdict.value.after)
    return c.json({}, 202)
  }
}

/** `POST /api/verification`: the mail once more. 202 whatever there is to send. */
export function postVerification(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, emailBody)
    if ('refusal' in body) return body.refusal
    c.executionCtx.waitUntil(resendVerification(ports, body.value.email))
    return c.json({}, 202)
  }
}

/** `POST /api/verification/confirm`: the link of that mail. */
export function confirmVerification({ accounts }: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, tokenBody)
    if ('refusal' in body) return body.refusal
    return (await accounts.db.verifyEmail(hashToken(body.value.token))) ? c.body(null, 204) : refuseLink(c)
  }
}

/** `POST /api/sign-in`: a session in the cookie, or one that waits for its second factor. */
export function postSignIn(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, signInBody)
    if ('refusal' in body) return body.refusal
    const verdict = await signIn(ports, body.value, browserOf(c))
    if ('retryAfterSeconds' in verdict) return tooManyAttempts(c, verdict.retryAfterSeconds)
    if (!verdict.ok) return problem(c, verdict.reason)
    keepSession(c, verdict.value)
    return c.json({ secondFactor: verdict.value.secondFactor })
  }
}

/** `POST /api/password/reset`: a link by mail. 202 whatever there is to send. */
export function postReset(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, emailBody)
    if ('refusal' in body) return body.refusal
    c.executionCtx.waitUntil(requestReset(ports, body.value.email))
    return c.json({}, 202)
  }
}

/** `POST /api/password/reset/confirm`: sets the password, ends every session, signs nobody in. */
export function confirmReset(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, resetBody)
    if ('refusal' in body) return body.refusal
    const verdict = await resetPassword(ports, body.value)
    if (verdict.ok) return c.body(null, 204)
    return verdict.reason === 'link_invalid' ? refuseLink(c) : refusePassword(c, 'password', verdict.reason)
  }
}

/** `PUT /api/password`: ends every other session; this one goes on under a new cookie. */
export function putPassword(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, changeBody)
    if ('refusal' in body) return body.refusal
    const verdict = await changePassword(ports, c.get('actor'), body.value, browserOf(c))
    if ('retryAfterSeconds' in verdict) return tooManyAttempts(c, verdict.retryAfterSeconds)
    if (!verdict.ok)
      return verdict.reason === 'credentials_wrong'
        ? problem(c, 'credentials_wrong')
        : refusePassword(c, 'next', verdict.reason)
    keepSession(c, verdict.value)
    return c.body(null, 204)
  }
}

/** `POST /api/proof {password}|{code}`: once more, for ten minutes in which what is dangerous may be done. */
export function postProof(ports: AppPorts): Endpoint {
  return async (c) => {
    const body = await readJson(c, proofBody)
    if ('refusal' in body) return body.refusal
    const verdict = await proveAgain(ports, askingOf(c), body.value)
    if ('retryAfterSeconds' in verdict) return tooManyAttempts(c, verdict.retryAfterSeconds)
    if (!verdict.ok) return problem(c, verdict.reason)
    keepSession(c, verdict.value)
    return c.body(null, 204)
  }
}

function refusePassword(c: Context<Guarded>, path: string, reason: PasswordReason): Response {
  return refuseField(c, path, reason, PASSWORD_SENTENCES[reason])
}
