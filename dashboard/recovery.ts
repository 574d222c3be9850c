import { signal } from '@preact/signals'

/** What the person has to give before a call can go on: who they are, or their password once more. */
export type Demand = 'session' | 'proof'

interface Open {
  demand: Demand
  settle: (given: boolean) => void
  outcome: Promise<boolean>
}

/** The dialog to show, if any. */
export const open = signal<Open | null>(null)

/** Somebody has closed the dialog without signing in: what pages load by themselves does not ask again. */
export let isDeclined = false

/** Resolves when the dialog is over: true when they have given it. However many calls wait, there is one dialog. */
export function demand(what: Demand): Promise<boolean> {
  const current = open.value
  if (current?.demand === what) return current.outcome
  if (current !== null) return current.outcome.then((given) => given && demand(what))
  let settle: Open['settle'] = () => {}
  const outcome = new Promise<boolean>((resolve) => {
    settle = (given) => {
      open.value = null
      isDeclined = !given
      resolve(given)
    }
  })
  open.value = { demand: what, settle, outcome }
  return outcome
}
