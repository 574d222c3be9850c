import { projects } from '../projects-state.ts'
import { CheckField } from '../ui/field.tsx'

interface ProjectChoiceProps {
  chosen: readonly string[]
  onChange(chosen: string[]): void
}

/** Which projects a member sees. */
export function ProjectChoice({ chosen, onChange }: ProjectChoiceProps) {
  const all = projects.value ?? []
  return (
    <fieldset class="checks">
      <legend>Projects</legend>
      {all.length === 0 && <p class="hint">There is no project yet. You can assign some later.</p>}
      {all.map(({ id, name }) => (
        <CheckField
          key={id}
          label={name}
          checked={chosen.includes(id)}
          onInput={(on) => onChange(on ? [...chosen, id] : chosen.filter((other) => other !== id))}
        />
      ))}
    </fieldset>
  )
}
