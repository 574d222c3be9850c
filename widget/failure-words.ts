import type { AnswerWords } from './answer-words.ts'
import { fill } from './borrowed.ts'
import type { Failure } from './failure.ts'

/** What went wrong and what to do about it. `retry` says whether asking again can help. */
export function sayFailure(
  words: AnswerWords,
  { kind, code: problem, retryAtMs }: Failure,
): { text: string; retry: boolean } {
  const code = problem ?? ''
  const say = (text: string, retry: boolean) => ({
    text: fill(text, { origin: location.origin, code, wait: sayWait(words, retryAtMs - Date.now()) }),
    retry,
  })
  if (kind === 'refused' || code.startsWith('origin_'))
    return say(globalThis.origin === 'null' ? words.sandboxed : words.refused, false)
  if (kind !== 'problem') return say(words[kind], true)
  if (code.startsWith('key_') || code.startsWith('scope_')) return say(words.setup, false)
  if (code.startsWith('rate_')) return say(words.busy, true)
  if (code.startsWith('quota_')) return say(words.quota, false)
  if (code.startsWith('body_')) return say(words.unread, false)
  return say(words.unavailable, true)
}

/** "in 40 seconds" */
function sayWait(words: AnswerWords, ms: number): string {
  if (ms <= 0) return words.soon
  const format = new Intl.RelativeTimeFormat(words.locale)
  const minutes = Math.ceil(ms / 60_000)
  if (minutes < 2) return format.format(Math.ceil(ms / 1000), 'second')
  if (minutes < 90) return format.format(minutes, 'minute')
  const hours = Math.ceil(minutes / 60)
  return hours < 48 ? format.format(hours, 'hour') : format.format(Math.ceil(hours / 24), 'day')
}
