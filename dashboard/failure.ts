import type { Problem } from '#shared/wire.ts'

/** The server said no, and why. */
export class Refused extends Error {
  override name = 'Refused'
  readonly problem: Problem
  /** How long to wait before trying again; null where the server did not say. */
  readonly retryAfterSeconds: number | null

  constructor(problem: Problem, retryAfterSeconds: number | null = null) {
    super(problem.detail)
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** Nobody answered, or not in our language: a proxy's page, a cut connection. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

export function isRefusal(error: unknown, code: Problem['code']): error is Refused {
  return error instanceof Refused && error.problem.code === code
}

/** Where the problem's own sentence is for any conflict. */
const CONFLICTS: Record<string, string> = {
  already_member: 'This person is in the organization already.',
  subscribed: 'There is a subscription already: change its plan under “Invoices and payment”.',
  payment_not_configured: 'No plans are sold here.',
  not_a_customer: 'Nothing has been bought yet, so there are no invoices.',
  subscription_running: 'Cancel the subscription first, under Billing: it would go on being charged.',
  last_owner: 'An organization keeps an owner: give somebody else that role first.',
}

/** What went wrong, in one or two sentences for the person who asked for it. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Unreachable)
    return 'The server could not be reached. Check your connection and try again; nothing you typed is lost.'
  if (!(error instanceof Refused)) return 'Something went wrong on this page. Reload it and try again.'
  const { problem, retryAfterSeconds } = error
  if (problem.code === 'rate_limited') return `Too many attempts: try again ${inWords(retryAfterSeconds ?? 60)}.`
  if (problem.code === 'internal_error') return `${problem.detail} If it happens again, tell us ${problem.requestId}.`
  const known = CONFLICTS[problem.reason ?? '']
  if (known !== undefined) return known
  return unique((problem.errors ?? []).map(({ message }) => message)).join(' ') || problem.detail
}

/** The sentence for one field of a form; empty where it is not to blame. */
export function fieldError(error: unknown, field: string): string {
  if (!(error instanceof Refused)) return ''
  const own = (error.problem.errors ?? []).filter(({ path }) => path === field)
  return own.map(({ message }) => message).join(' ')
}

/** What none of the named fields shows: the sentence above the form. */
export function otherError(error: unknown, fields: readonly string[]): string {
  if (error === null || error === undefined) return ''
  return fields.some((field) => fieldError(error, field) !== '') ? '' : sentenceOf(error)
}

function inWords(seconds: number): string {
  if (seconds < 90) return `in ${seconds} seconds`
  return `in ${Math.ceil(seconds / 60)} minutes`
}

const unique = (texts: string[]): string[] => [...new Set(texts)]
