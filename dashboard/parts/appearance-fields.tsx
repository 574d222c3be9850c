import { type AppearanceDraft, isColour } from '../appearance-draft.ts'
import { fieldError, otherError, Refused } from '../failure.ts'
import { CheckField, ChoiceField, TextArea, TextField } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'

interface FieldsProps {
  draft: AppearanceDraft
  error: unknown
  onChange(part: Partial<AppearanceDraft>): void
}

const FIELDS = ['accent', 'greeting', 'starters', 'handoff'] as const

export function AppearanceFields({ draft, error, onChange }: FieldsProps) {
  const above = startersError(error) === '' ? otherError(error, FIELDS) : ''
  return (
    <>
      {above !== '' && <Notice kind="error">{above}</Notice>}
      <div class="colour">
        <input
          type="color"
          aria-label="Pick the accent colour"
          value={isColour(draft.accent) ? draft.accent : '#3b5bdb'}
          onInput={(event) => onChange({ accent: event.currentTarget.value })}
        />
        <TextField
          label="Accent colour"
          hint="Shaded where it would be hard to read"
          value={draft.accent}
          onInput={(accent) => onChange({ accent })}
          error={fieldError(error, 'accent')}
          maxLength={7}
          mono
        />
      </div>
      <ChoiceField
        legend="Theme"
        value={draft.theme}
        onInput={(theme) => onChange({ theme })}
        options={[
          { value: 'auto', label: 'As the page' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
      />
      <ChoiceField
        legend="Opens as"
        value={draft.mode}
        onInput={(mode) => onChange({ mode })}
        options={[
          { value: 'bubble', label: 'Bubble', hint: 'In the corner' },
          { value: 'side', label: 'Side panel', hint: 'As high as the page' },
        ]}
      />
      <ChoiceField
        legend="Corner"
        value={draft.position}
        onInput={(position) => onChange({ position })}
        options={[
          { value: 'bottom-right', label: 'Right' },
          { value: 'bottom-left', label: 'Left' },
        ]}
      />
      <TextField
        label="Greeting"
        hint="Empty: the widget’s own, in the language of the page"
        value={draft.greeting}
        onInput={(greeting) => onChange({ greeting })}
        error={fieldError(error, 'greeting')}
        maxLength={500}
      />
      <TextArea
        label="Starters"
        hint="Up to six questions to begin with, one a line. Try them in the playground first."
        rows={4}
        value={draft.starters}
        onInput={(starters) => onChange({ starters })}
        error={startersError(error)}
      />
      <TextField
        label="Where a visitor finds a person"
        hint="A mail address, or the address of a page; empty for none"
        value={draft.handoff}
        onInput={(handoff) => onChange({ handoff })}
        error={fieldError(error, 'handoff')}
      />
      <CheckField
        label="Show images in answers"
        hint="They are fetched from where your docs have them, which then learns of the visitor."
        checked={draft.images}
        onInput={(images) => onChange({ images })}
      />
    </>
  )
}

/** Of the list, or of one line of it. */
function startersError(error: unknown): string {
  if (!(error instanceof Refused)) return ''
  const own = (error.problem.errors ?? []).filter(({ path }) => /^starters(\.|$)/.test(path))
  return [...new Set(own.map(({ message }) => message))].join(' ')
}
