import { setTheme, THEMES, type Theme, theme } from '../theme.ts'
import { Icon } from '../ui/icon.tsx'

const WORDS: Record<Theme, string> = { auto: 'As the system', light: 'Light', dark: 'Dark' }
const ICONS = { auto: 'devices', light: 'sun', dark: 'moon' } as const

export function ThemeSwitch() {
  return (
    <fieldset class="theme-switch">
      <legend class="hidden">Appearance</legend>
      {THEMES.map((name) => (
        <label key={name} title={WORDS[name]} class={theme.value === name ? 'chosen' : undefined}>
          <input type="radio" name="theme" checked={theme.value === name} onInput={() => setTheme(name)} />
          <Icon name={ICONS[name]} />
          <span class="hidden">{WORDS[name]}</span>
        </label>
      ))}
    </fieldset>
  )
}
