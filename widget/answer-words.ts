import { useLabels } from './borrowed.ts'

/** What is said about answers; words.ts has the rest. */
export const english = {
  you: 'You asked',
  searching: 'Reading the documentation…',
  stopped: 'Stopped.',
  close: 'Close',
  retry: 'Try again',
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
  complete: 'Answer complete. Sources: {n}.',
}

export type AnswerWords = typeof english

export function useWords(): AnswerWords {
  return useLabels(english)
}
