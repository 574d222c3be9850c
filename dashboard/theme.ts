import { signal } from '@preact/signals'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const PLACE = 'pernoex-theme'

export const theme = signal<Theme>(remembered())

/** Light, dark, or as the system has it; remembered in this browser. */
export function setTheme(next: Theme): void {
  theme.value = next
  showTheme()
  try {
    localStorage.setItem(PLACE, next)
  } catch {
    // Storage is switched off: it holds until the page is closed.
  }
}

export function showTheme(): void {
  const { dataset } = document.documentElement
  if (theme.value === 'auto') delete dataset.theme
  else dataset.theme = theme.value
}

function remembered(): Theme {
  try {
    const stored = localStorage.getItem(PLACE)
    return THEMES.find((known) => known === stored) ?? 'auto'
  } catch {
    return 'auto'
  }
}
