/** What the panel says before the first question. A project's `labels` and a page's `words` replace any of it. */
export const english = {
  locale: 'en',
  launch: 'Ask the docs',
  title: 'Ask {name}',
  subtitle: 'Answers from the docs, with sources',
  greeting: 'What would you like to know?',
  close: 'Close',
  fresh: 'New conversation',
  history: 'Earlier conversations',
  thread: 'Conversation',
  question: 'Your question',
  placeholder: 'Ask a question…',
  send: 'Send',
  stop: 'Stop',
  retry: 'Try again',
  note: 'Answers can be incomplete. Check the sources.',
  unreachable: 'The assistant cannot be reached. Check your connection, or whether a blocker stops it, and try again.',
}

export type Words = typeof english

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
