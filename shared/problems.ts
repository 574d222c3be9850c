import type { ProblemCode } from './wire.ts'

/** What is public about one reason to refuse a request. The sentences may change; code and status may not. */
export interface PublicProblem {
  status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503
  title: string
  /** The one sentence that leaves with a refusal; whatever else is known goes to the log. */
  detail: string
  /** What whoever meets it can do; for the page that the refusal's `type` names. */
  remedy: string
}

/** Every reason a request can be refused for. A code without a row does not compile. */
export const PROBLEMS: Readonly<Record<ProblemCode, PublicProblem>> = {
  origin_missing: {
    status: 403,
    title: 'Origin missing',
    detail: 'A public key is only accepted from a web page, which sends an Origin header.',
    remedy: 'From a program of your own, send a secret key as a Bearer token instead.',
  },
  origin_malformed: {
    status: 403,
    title: 'Origin malformed',
    detail: 'The Origin header is not one that a page on http or https sends.',
    remedy: 'Let the browser set the header. A proxy on the way must not rewrite or repeat it.',
  },
  origin_not_allowed: {
    status: 403,
    title: 'Origin not allowed',
    detail: 'This origin is not on the list of domains allowed for the project.',
    remedy:
      'Add the origin to the allowed domains. A secret key is refused with any Origin: keep it on your server. A page from the file system or in a sandboxed frame sends “null”, which no list can name.',
  },
  key_missing: {
    status: 401,
    title: 'Key missing',
    detail: 'Pass the public key as ?key=, or a secret key as a Bearer token.',
    remedy: 'A page passes its public key in the address, a server its secret key in the Authorization header.',
  },
  key_malformed: {
    status: 401,
    title: 'Key malformed',
    detail: 'This is not a key of ours: copy it again, whole.',
    remedy: 'The key’s checksum does not hold: a character is missing, added or changed.',
  },
  key_unknown: {
    status: 401,
    title: 'Key unknown',
    detail: 'No project knows this key.',
    remedy: 'The key was made by us, but its project does not have it: it was deleted, or a new one is seconds old.',
  },
  key_revoked: {
    status: 401,
    title: 'Key revoked',
    detail: 'This key has been revoked; use the key that replaced it.',
    remedy: 'Put the new key where the old one was.',
  },
  key_expired: {
    status: 401,
    title: 'Key expired',
    detail: 'This key has expired; use a new one.',
    remedy: 'Create a new key and put it where the old one was.',
  },
  scope_missing: {
    status: 403,
    title: 'Scope missing',
    detail: 'This key is not allowed to do that.',
    remedy: 'Use a key that carries the scope of this route.',
  },
  rate_limited: {
    status: 429,
    title: 'Rate limited',
    detail: 'Too many requests; try again after the time in Retry-After.',
    remedy: 'Wait as many seconds as Retry-After says, then send the same request again.',
  },
  quota_exceeded: {
    status: 429,
    title: 'Quota exceeded',
    detail: 'The answers that there are for now have been used up.',
    remedy:
      'Answers begin again when Retry-After ends: at midnight UTC, or where the month’s of the plan are used up, with the next one.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    detail: 'The request body is larger than this route accepts.',
    remedy: 'Send less: a question has at most 2,000 characters, a body at most 64 KiB.',
  },
  body_invalid: {
    status: 400,
    title: 'Body invalid',
    detail: 'The request is not of the shape that this route expects.',
    remedy: 'The field “errors” names each part that is wrong, and what it has to be.',
  },
  media_type_unsupported: {
    status: 415,
    title: 'Media type unsupported',
    detail: 'Send JSON as application/json or text/plain.',
    remedy: 'Set Content-Type to one of the two; the only charset is UTF-8.',
  },
  rule_invalid: {
    status: 422,
    title: 'Rule invalid',
    detail: 'This is not a rule for an allowed domain.',
    remedy: 'The field “reason” says what is wrong with it.',
  },
  conflict: {
    status: 409,
    title: 'Conflict',
    detail: 'The request contradicts an earlier one.',
    remedy: 'Use a new requestId for each new question; elsewhere the field “reason” says what is there already.',
  },
  plan_full: {
    status: 409,
    title: 'Plan full',
    detail: 'The plan has no room for more of these.',
    remedy:
      'Choose a larger plan, or take something away first: “reason” says of what, “errors” how many the plan holds.',
  },
  signature_missing: {
    status: 401,
    title: 'Signature missing',
    detail: 'The request is not signed.',
    remedy: 'Sign it with the secret of this webhook.',
  },
  signature_malformed: {
    status: 401,
    title: 'Signature malformed',
    detail: 'The signature is not of the expected form.',
    remedy: 'Write the signature header as the sender’s scheme prescribes.',
  },
  signature_wrong: {
    status: 401,
    title: 'Signature wrong',
    detail: 'The signature does not match the body.',
    remedy: 'Sign the bytes that are sent, with the current secret of this webhook.',
  },
  timestamp_outside_window: {
    status: 401,
    title: 'Timestamp outside window',
    detail: 'The request was signed too long ago or in the future.',
    remedy: 'Set the sender’s clock, and sign again whenever the request is repeated.',
  },
  session_missing: {
    status: 401,
    title: 'Session missing',
    detail: 'Sign in first.',
    remedy: 'Sign in again: the session has ended.',
  },
  credentials_wrong: {
    status: 401,
    title: 'Credentials wrong',
    detail: 'E-mail address and password do not belong together.',
    remedy: 'Check both, or set a new password through the link that is mailed to you.',
  },
  code_wrong: {
    status: 401,
    title: 'Code wrong',
    detail: 'This code is not right, or was used before.',
    remedy: 'Wait for the next code of the app and check the clock of the phone, or enter a backup code.',
  },
  email_unverified: {
    status: 403,
    title: 'E-mail address not confirmed',
    detail: 'Open the link in the mail that was sent when you signed up.',
    remedy: 'Ask for the mail again if it is gone or older than a day.',
  },
  proof_required: {
    status: 401,
    title: 'Proof required',
    detail: 'Enter your password, or a code of your second factor, once more for this.',
    remedy: 'Send it to POST /api/proof, then send the same request again within ten minutes.',
  },
  csrf_wrong: {
    status: 403,
    title: 'CSRF token wrong',
    detail: 'The page is out of date: reload it and try again.',
    remedy: 'Read a new token, and send it in X-CSRF-Token.',
  },
  role_insufficient: {
    status: 403,
    title: 'Role insufficient',
    detail: 'Your role does not allow that.',
    remedy: 'Ask an owner of the organization.',
  },
  address_differs: {
    status: 403,
    title: 'Address differs',
    detail: 'This invitation was sent to another address than the one you are signed in with.',
    remedy: 'Sign in with the address that was invited, or ask for an invitation to this one.',
  },
  second_factor_required: {
    status: 401,
    title: 'Second factor required',
    detail: 'Enter the code of your second factor.',
    remedy: 'Enter the current code, or one of the backup codes.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    detail: 'There is nothing here.',
    remedy: 'Check the address and the host. A conversation is found only with its own secret.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    detail: 'This address does not answer to that method; see the Allow header.',
    remedy: 'Use one of the methods in Allow.',
  },
  unavailable: {
    status: 503,
    title: 'Unavailable',
    detail: 'The service cannot answer at the moment; try again shortly.',
    remedy: 'Send the same request again after the seconds in Retry-After; the same requestId is counted once.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    detail: 'Something went wrong on our side.',
    remedy: 'Report it with its requestId, which finds it in the log.',
  },
}
