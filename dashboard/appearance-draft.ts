import type { WidgetConfig } from '#shared/wire.ts'

/** The form: every field has a text, so that each can be typed into. */
export interface AppearanceDraft {
  mode: 'bubble' | 'side'
  theme: WidgetConfig['theme']
  accent: string
  position: WidgetConfig['position']
  greeting: string
  /** One question a line. */
  starters: string
  /** A mail address or an address of a page. */
  handoff: string
  images: boolean
}

export function draftOf(widget: Partial<WidgetConfig>, defaults: WidgetConfig): AppearanceDraft {
  const set = { ...defaults, ...widget }
  return {
    mode: set.mode ?? 'bubble',
    theme: set.theme,
    accent: set.accent,
    position: set.position,
    greeting: set.greeting,
    starters: set.starters.join('\n'),
    handoff: (set.handoff ?? '').replace(/^mailto:/, ''),
    images: set.images ?? false,
  }
}

/** What is saved: only what differs from the default, beside what this form does not show. */
export function widgetOf(
  draft: AppearanceDraft,
  before: Partial<WidgetConfig>,
  defaults: WidgetConfig,
): Partial<WidgetConfig> {
  const { labels } = before
  const handoff = handoffOf(draft.handoff)
  const greeting = draft.greeting.trim()
  const starters = startersOf(draft.starters)
  return {
    ...(labels === undefined ? {} : { labels }),
    ...(draft.mode === (defaults.mode ?? 'bubble') ? {} : { mode: draft.mode }),
    ...(draft.theme === defaults.theme ? {} : { theme: draft.theme }),
    ...(draft.accent.toLowerCase() === defaults.accent ? {} : { accent: draft.accent.toLowerCase() }),
    ...(draft.position === defaults.position ? {} : { position: draft.position }),
    ...(greeting === '' ? {} : { greeting }),
    ...(starters.length === 0 ? {} : { starters }),
    ...(handoff === '' ? {} : { handoff }),
    ...(draft.images ? { images: true } : {}),
  }
}

export function startersOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function handoffOf(typed: string): string {
  const text = typed.trim()
  return /^[^\s@:/]+@[^\s@]+$/.test(text) ? `mailto:${text}` : text
}

/** Whether it is written as the server wants it: `#3b5bdb`. */
export function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text)
}
