import type { IdentityReason } from './identity.ts'

/** What a refusal tells whoever builds the integration. What the token says is not repeated. */
export const IDENTITY_SENTENCES: Readonly<Record<IdentityReason, string>> = {
  token_missing: 'This project asks for a token that says who the visitor is.',
  token_too_long: 'A token has at most 4096 characters.',
  token_malformed: 'Not a signed token (JWS in compact form with a JSON object inside).',
  member_repeated: 'A name occurs twice in the header or in the claims.',
  type_wrong: 'The header `typ` must be JWT, or absent.',
  critical_unknown: 'The header `crit` is not accepted.',
  key_in_token: 'A token may not bring or point to its own key.',
  key_unknown: 'No key of the project is registered under the `kid` of this token.',
  algorithm_wrong: 'The header `alg` is not the algorithm that the key is registered for.',
  signature_wrong: 'The signature does not match.',
  subject_missing: 'The claim `sub` must be a string of 1 to 200 characters.',
  audience_wrong: 'The claim `aud` must be the id of this project, and nothing else.',
  expiry_missing: 'The claim `exp` must be a time in seconds.',
  expired: 'The token has expired.',
  expiry_too_far: 'The claim `exp` may be at most 24 hours after now and after `iat`.',
  issued_in_future: 'The claim `iat` is not a time in the past.',
  not_yet_valid: 'The claim `nbf` is not a time in the past.',
}
