const PATHS = {
  close: 'M6 6l12 12M18 6L6 18',
  past: 'M12 7v5l3 2M4 12a8 8 0 1 0 3-6.2L4 8m0-4v4h4',
  fresh: 'M12 5v14M5 12h14',
  send: 'M12 19V5M6 11l6-6 6 6',
  stop: 'M8.5 8.5h7v7h-7zM11 9v6m2-6v6',
  out: 'M8 16L17 7M9.5 7H17v7.5',
  up: 'M7 11v9H4v-9zm0 0l4-8a2.5 2.5 0 0 1 2.5 2.5V9h5a2 2 0 0 1 2 2.3l-1 7a2 2 0 0 1-2 1.7H7',
  next: 'M9 6l6 6-6 6',
  book: 'M12 7c-2-2-5-2-8-2v13c3 0 6 0 8 2 2-2 5-2 8-2V5c-3 0-6 0-8 2zm0 0v13',
  alert: 'M12 8v5m0 3.5v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z',
}

/** Always beside words or inside a labelled button, so it says nothing itself. */
export function Icon({ name, flip }: { name: keyof typeof PATHS; flip?: boolean }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" class={flip ? 'flip' : undefined}>
      <path d={PATHS[name]} />
    </svg>
  )
}
