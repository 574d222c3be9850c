import type { Failure } from './failure.ts'

/** What the panel says before the first question, and when something fails. A project's `labels` replace any of it. */
export const english = {
  launch: 'Ask the docs',
  title: 'Ask {name}',
  subtitle: 'Answers from the docs, with sources',
  greeting: 'What would you like to know?',
  close: 'Close',
  fresh: 'New conversation',
  thread: 'Conversation',
  question: 'Your question',
  placeholder: 'Ask a question…',
  send: 'Send',
  stop: 'Stop',
  retry: 'Try again',
  resume: 'Get the rest',
  note: 'Answers can be incomplete. Check the sources.',
  offline: 'You are offline. Your question is kept: try again once you are connected.',
  refused:
    'This site is not set up to use this assistant. If you look after it, add {origin} to the allowed domains of the project.',
  setup:
    'This assistant is not set up correctly here ({code}). If you look after this site, check the key in its script tag.',
  unreachable: 'The assistant cannot be reached. Check your connection, or whether a blocker stops it, and try again.',
  dropped: 'The connection broke off. What has arrived is kept.',
  busy: 'Too many questions at once. You can ask again {wait}.',
  quota:
    'The questions for this site are used up for now. You can ask again {wait}; until then, look in the documentation.',
  unread: 'That question is too long or cannot be read. Change it and ask again.',
  unavailable: 'The assistant is having trouble. Please try again in a moment.',
  soon: 'in a moment',
}

export type Words = typeof english

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** What went wrong and what to do about it. `retry` says whether asking again can help. */
export function sayFailure(
  words: Words,
  { kind, code: problem, retryAtMs }: Failure,
): { text: string; retry: boolean } {
  const code = problem ?? ''
  const say = (text: string, retry: boolean) => ({
    text: fill(text, { origin: location.origin, code, wait: sayWait(words, retryAtMs - Date.now()) }),
    retry,
  })
  if (kind === 'refused' || code.startsWith('origin_')) return say(words.refused, false)
  if (kind !== 'problem') return say(words[kind], true)
  if (code.startsWith('key_') || code.startsWith('scope_')) return say(words.setup, false)
  if (code.startsWith('rate_')) return say(words.busy, true)
  if (code.startsWith('quota_')) return say(words.quota, false)
  if (code.startsWith('body_')) return say(words.unread, false)
  return say(words.unavailable, true)
}

/** "in 40 seconds" */
function sayWait(words: Words, ms: number): string {
  if (ms <= 0) return words.soon
  const format = new Intl.RelativeTimeFormat('en')
  const minutes = Math.ceil(ms / 60_000)
  if (minutes < 2) return format.format(Math.ceil(ms / 1000), 'second')
  return minutes < 90 ? format.format(minutes, 'minute') : format.format(Math.ceil(minutes / 60), 'hour')
}
