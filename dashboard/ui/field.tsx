import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface Described {
  label: string
  /** What one has to know before typing. */
  hint?: ComponentChildren
  /** What is wrong with what was typed; empty for nothing. */
  error?: string
}

interface TextFieldProps extends Described {
  value: string
  onInput(value: string): void
  type?: 'text' | 'email' | 'password' | 'search' | 'number' | 'date' | 'datetime-local' | 'color'
  name?: string
  autocomplete?: 'username' | 'name' | 'current-password' | 'new-password' | 'one-time-code' | 'off'
  inputMode?: 'numeric' | 'email' | 'url' | 'text'
  placeholder?: string
  required?: boolean
  autofocus?: boolean
  maxLength?: number
  min?: string
  /** Text that is compared letter by letter: domains, codes. */
  mono?: boolean
}

export function TextField({ label, hint, error = '', value, onInput, mono, ...rest }: TextFieldProps) {
  const id = useId()
  const [shown, show] = useState(false)
  const isPassword = rest.type === 'password'
  return (
    <Described id={id} label={label} hint={hint} error={error}>
      <div class={isPassword ? 'with-end' : undefined}>
        <input
          {...rest}
          id={id}
          // The types know each kind of input apart, and this is any of them.
          type={(isPassword && shown ? 'text' : (rest.type ?? 'text')) as 'text'}
          class={mono ? 'mono' : undefined}
          value={value}
          spellcheck={mono || rest.type === 'email' ? false : undefined}
          autocapitalize={mono || rest.type === 'email' ? 'none' : undefined}
          aria-invalid={error !== '' ? 'true' : undefined}
          aria-describedby={describedBy(id, hint, error)}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
        {isPassword && (
          <button class="reveal" type="button" aria-pressed={shown} onClick={() => show(!shown)}>
            {shown ? 'Hide' : 'Show'}
            <span class="hidden"> {label.toLowerCase()}</span>
          </button>
        )}
      </div>
    </Described>
  )
}

interface AreaProps extends Described {
  value: string
  onInput(value: string): void
  rows?: number
  maxLength?: number
  placeholder?: string
}

export function TextArea({ label, hint, error = '', value, onInput, ...rest }: AreaProps) {
  const id = useId()
  return (
    <Described id={id} label={label} hint={hint} error={error}>
      <textarea
        {...rest}
        id={id}
        value={value}
        aria-invalid={error !== '' ? 'true' : undefined}
        aria-describedby={describedBy(id, hint, error)}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </Described>
  )
}

interface SelectProps<Value extends string> extends Described {
  value: Value
  options: readonly { value: NoInfer<Value>; label: string }[]
  onInput(value: NoInfer<Value>): void
}

export function SelectField<Value extends string>(props: SelectProps<Value>) {
  const { label, hint, error = '', value, options, onInput } = props
  const id = useId()
  return (
    <Described id={id} label={label} hint={hint} error={error}>
      <div class="select">
        <select
          id={id}
          value={value}
          aria-describedby={describedBy(id, hint, error)}
          onInput={(event) => onInput(event.currentTarget.value as Value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <Icon name="chevron" />
      </div>
    </Described>
  )
}

interface CheckProps {
  label: ComponentChildren
  hint?: ComponentChildren
  checked: boolean
  onInput(checked: boolean): void
}

export function CheckField({ label, hint, checked, onInput }: CheckProps) {
  const id = useId()
  return (
    <div class="check">
      <input
        id={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => onInput(event.currentTarget.checked)}
      />
      <div>
        <label for={id}>{label}</label>
        {hint && (
          <p class="hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}

interface ChoiceProps<Value extends string> {
  legend: string
  value: Value
  options: readonly { value: NoInfer<Value>; label: string; hint?: string }[]
  onInput(value: NoInfer<Value>): void
}

/** One out of few, all of them in sight. */
export function ChoiceField<Value extends string>({ legend, value, options, onInput }: ChoiceProps<Value>) {
  const id = useId()
  return (
    <fieldset class="choice">
      <legend>{legend}</legend>
      <div class="choices">
        {options.map((option) => (
          <label key={option.value} class={option.value === value ? 'chosen' : undefined}>
            <input
              type="radio"
              name={id}
              checked={option.value === value}
              onInput={() => onInput(option.value)}
              value={option.value}
            />
            <span>
              <strong>{option.label}</strong>
              {option.hint && <small>{option.hint}</small>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function Described({ id, label, hint, error, children }: Described & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {children}
      {error !== undefined && error !== '' && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

function describedBy(id: string, hint: ComponentChildren, error: string): string | undefined {
  const ids = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return ids === '' ? undefined : ids
}
