/** Strokes on a grid of 24, drawn for this dashboard. */
const PATHS = {
  add: 'M12 5v14M5 12h14',
  alert:
    'M12 8.5v4.5M12 16.5v.01M10.6 4.2 2.9 17.5A1.6 1.6 0 0 0 4.3 20h15.4a1.6 1.6 0 0 0 1.4-2.5L13.4 4.2a1.6 1.6 0 0 0-2.8 0Z',
  audit: 'M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01',
  brush: 'M4 20c3 0 4-1 4-3a2.5 2.5 0 1 1 3.5 2.3C10 20.6 7 21 4 20ZM11.5 15.5 20 5.5a1.4 1.4 0 0 0-2-2L9 13',
  chat: 'M5 5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-4 3.5V17H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2Z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  chevron: 'm6 9 6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  copy: 'M9 9h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1ZM16 6V5a1 1 0 0 0-1-1H6a1 1 0 0 0-1 1v9a1 1 0 0 0 1 1h1',
  devices: 'M4 5h12a1 1 0 0 1 1 1v9H3V6a1 1 0 0 1 1-1ZM2 18h14M18 10h3a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1',
  doc: 'M7 3h7l5 5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1ZM14 3v5h5M9.5 13h6M9.5 16.5h4',
  folder: 'M4 6a1 1 0 0 1 1-1h4.5l2 2.5H19a1 1 0 0 1 1 1V18a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1Z',
  gear: 'M12 15.2a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4ZM12 2.8v2.7M12 18.5v2.7M2.8 12h2.7M18.5 12h2.7M5.5 5.5l1.9 1.9M16.6 16.6l1.9 1.9M18.5 5.5l-1.9 1.9M7.4 16.6l-1.9 1.9',
  globe:
    'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM3 12h18M12 3c2.5 2.5 3.8 5.5 3.8 9s-1.3 6.5-3.8 9c-2.5-2.5-3.8-5.5-3.8-9S9.5 5.5 12 3Z',
  key: 'M8 20a5 5 0 1 0 0-10 5 5 0 0 0 0 10ZM11.8 11.7 20 3.5M16 7.5l3 3M13.5 10l2 2',
  menu: 'M4 7h16M4 12h16M4 17h16',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z',
  play: 'M4 6.5h16M4 12h9M4 17.5h6M17 13.5v7M13.5 17h7',
  rocket:
    'M12 15.5 8.5 12c1-4.5 4-8 10.5-8.5.5 6.5-4 9.5-7 12ZM8.5 12H5l2.5-3.5H11M12 15.5V19l3.5-2.5V13M5 16c-1 1-1.3 3-1.3 4.3C5 20.3 7 20 8 19',
  shield: 'M12 3 5 5.5V11c0 4.5 2.8 7.8 7 10 4.2-2.2 7-5.5 7-10V5.5ZM9 11.8l2.2 2.2 4-4.5',
  signOut: 'M10 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h4M15 8l4 4-4 4M19 12H9',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4',
  team: 'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 19.5c.5-3.5 3-5.5 6.5-5.5s6 2 6.5 5.5M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.5c2 .8 3.2 2.5 3.5 5',
  trash:
    'M4 6.5h16M9.5 6V4.5a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1V6M6.5 6.5l.8 13a1 1 0 0 0 1 .9h7.4a1 1 0 0 0 1-.9l.8-13M10.5 10.5v6M13.5 10.5v6',
  upload: 'M12 15.5V4M7.5 8 12 3.5 16.5 8M4 15.5V19a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-3.5',
  wait: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7.5V12l3 2',
  webhook: 'M9 9a4 4 0 1 1 6 3.4L17.5 17M11.5 8.5 8 15M6 13.2A4 4 0 1 0 10 17h7M17.5 17a.5.5 0 1 0 0 .01',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}

export function Logo() {
  return (
    <span class="logo">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="8" />
        <path d="M9 9h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-6.5L12 26v-4H9a2 2 0 0 1-2-2v-9a2 2 0 0 1 2-2Z" />
        <path class="lines" d="M11.5 14h9M11.5 17.5h5.5" />
      </svg>
      Pernoex
    </span>
  )
}
