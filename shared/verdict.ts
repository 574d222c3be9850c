/**
 * The one result shape of every pure decision: a value that was admitted, or the closed reason why not.
 * Only the edge turns a reason into an HTTP answer.
 */
export type Verdict<Value, Reason extends string> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: Reason }

export function allow<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value }
}

export function deny<Reason extends string>(reason: Reason): { readonly ok: false; readonly reason: Reason } {
  return { ok: false, reason }
}
