/** How failures of one kind slow the next attempts down: the first hold, then twice as long with each failure more. */
export interface ThrottleRule {
  /** The failure that starts the first hold. */
  freeFailures: number
  /** Failures count no longer than this after the last of them. */
  forgetAfterSeconds: number
}

export const FIRST_HOLD_SECONDS = 60
export const LONGEST_HOLD_SECONDS = 900

/** One account, from anywhere: the fifth failure holds for a minute, then 2, 4, 8 and at most 15. */
export const ACCOUNT_RULE: ThrottleRule = { freeFailures: 5, forgetAfterSeconds: 24 * 60 * 60 }

/** One network (rules/network.ts), whichever accounts it tries: an office of people may mistype together. */
export const NETWORK_RULE: ThrottleRule = { freeFailures: 20, forgetAfterSeconds: 60 * 60 }

export interface Attempter {
  /** Whatever names the account that is tried, whether or not it exists. */
  account: string
  network: string
  /** A device on which this account has signed in before (rules/device.ts); null otherwise. */
  deviceId: string | null
}

export interface ThrottleKey {
  key: string
  rule: ThrottleRule
  /** A right password forgets the failures. Not those of a network: its own account would free whoever guesses there. */
  successResets: boolean
}

/**
 * What an attempt is counted on; it needs the consent of each. A known device is counted on its own alone, so that strangers
 * who keep an account or its network held do not keep out the person whom it belongs to.
 */
export function throttleKeys({ account, network, deviceId }: Attempter): ThrottleKey[] {
  if (deviceId !== null) return [{ key: `device ${deviceId} ${account}`, rule: ACCOUNT_RULE, successResets: true }]
  return [
    { key: `account ${account}`, rule: ACCOUNT_RULE, successResets: true },
    { key: `network ${network}`, rule: NETWORK_RULE, successResets: false },
  ]
}
