import { HasherBusy } from '../../errors.ts'

export interface TurnLimits {
  /** How many may be here at once: the one whose turn it is, and those who wait. */
  places: number
  waitMs: number
  nowMs(): number
}

/**
 * Lets work that blocks the whole isolate begin one at a time, each from the event loop, so that other requests are answered in
 * between. Rejects with `HasherBusy` when all places are taken, or when the turn comes too late.
 */
export function createTurns({ places, waitMs, nowMs }: TurnLimits): <Result>(work: () => Result) => Promise<Result> {
  // Moments instead of promises or a count: a request whose visitor leaves while it waits never gets here again to make room,
  // and nobody may wait for it.
  const sinceMs: number[] = []
  let lastEndMs = Number.NEGATIVE_INFINITY
  return async (work) => {
    const ownMs = nowMs()
    while (sinceMs[0] !== undefined && ownMs - sinceMs[0] >= waitMs) sinceMs.shift()
    if (sinceMs.length >= places) throw new HasherBusy('too many passwords at once')
    sinceMs.push(ownMs)
    try {
      // Timers that are due together run back to back: whoever comes right after another goes round the event loop again.
      for (let round = 0; round < places; round++) {
        await new Promise((resolve) => setTimeout(resolve, 1))
        if (nowMs() - lastEndMs >= 1) break
      }
      if (nowMs() - ownMs >= waitMs) throw new HasherBusy('waited too long')
      const result = work()
      lastEndMs = nowMs()
      return result
    } finally {
      const own = sinceMs.indexOf(ownMs)
      if (own >= 0) sinceMs.splice(own, 1)
    }
  }
}
