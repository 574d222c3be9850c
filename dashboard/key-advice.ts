import type { AnswerOf } from './calls.ts'

export type ListedKey = AnswerOf<'GET /api/projects/:project/keys'>['items'][number]

const DAY_MS = 24 * 60 * 60 * 1000
/** How long nothing may have been seen of a key until we call revoking it safe: a week has every day of it once. */
const QUIET_MS = 7 * DAY_MS

export type Advice =
  /** Pages or servers rely on it. */
  | 'in_use'
  /** Not used lately, but not for long enough. */
  | 'slowing'
  /** Watched for too short a time to tell. */
  | 'too_early'
  | 'safe'
  /** It opens nothing any more. */
  | 'ended'

/** Whether a key can be revoked without anybody noticing, by what was seen of it. */
export function adviceOn(
  { state, lastUsedAt, watchedSince }: Pick<ListedKey, 'state' | 'lastUsedAt' | 'watchedSince'>,
  nowMs: number,
): Advice {
  if (state === 'revoked' || state === 'expired') return 'ended'
  if (lastUsedAt !== null) {
    const quietMs = nowMs - Date.parse(lastUsedAt)
    return quietMs >= QUIET_MS ? 'safe' : quietMs >= DAY_MS ? 'slowing' : 'in_use'
  }
  return nowMs - Date.parse(watchedSince) >= QUIET_MS ? 'safe' : 'too_early'
}
