import { useLabels } from './borrowed.ts'
import type { Words } from './words.ts'

/** What is said about answers, and when something fails; words.ts has what the panel says anyway. */
export const english = {
  you: 'You asked',
  searching: 'Reading the documentation…',
  stopped: 'Stopped.',
  sources: 'Sources',
  source: 'Source {n}',
  open: 'Open the page',
  newTab: '(opens in a new tab)',
  copy: 'Copy',
  copied: 'Copied',
  codeIn: 'Code, {language}',
  code: 'Code',
  table: 'Table',
  done: 'Done',
  undone: 'To do',
  helpful: 'Was this helpful?',
  yes: 'Yes, helpful',
  no: 'No, not helpful',
  thanks: 'Thank you for telling us.',
  why: 'What was wrong?',
  reasonWrong: 'Incorrect',
  reasonMissing: 'Something is missing',
  reasonOutdated: 'Out of date',
  reasonUnclear: 'Hard to follow',
  comment: 'Anything else? (optional)',
  submit: 'Send feedback',
  unsent: 'That could not be sent. Please try again.',
  none: 'There are no earlier conversations.',
  remove: 'Delete',
  removeAll: 'Delete all conversations',
  sure: 'They are deleted here and on the server. This cannot be undone.',
  keep: 'Keep them',
  person: 'Talk to a person',
  resume: 'Get the rest',
  offline: 'You are offline. Your question is kept: try again once you are connected.',
  refused:
    'This site is not set up to use this assistant. If you look after it, add {origin} to the allowed domains of the project.',
  sandboxed:
    'This page runs in a sandboxed frame and so has no address of its own. Its frame needs the word allow-same-origin.',
  setup:
    'This assistant is not set up correctly here ({code}). If you look after this site, check the key in its script tag.',
  dropped: 'The connection broke off. What has arrived is kept.',
  busy: 'Too many questions at once. You can ask again {wait}.',
  quota:
    'The questions for this site are used up for now. You can ask again {wait}; until then, look in the documentation.',
  unread: 'That question is too long or cannot be read. Change it and ask again.',
  unavailable: 'The assistant is having trouble. Please try again in a moment.',
  soon: 'in a moment',
  complete: 'Answer complete. Sources: {n}.',
}

export type AnswerWords = Words & typeof english

export function useWords(): AnswerWords {
  return useLabels(english)
}
