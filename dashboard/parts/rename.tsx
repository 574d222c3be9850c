import { useState } from 'preact/hooks'
import { fieldError, otherError } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { Section } from '../ui/page.tsx'

interface RenameProps {
  /** Who reads the name. */
  lead: string
  name: string
  onRename(name: string): Promise<void>
}

/** Another name for what the page is about. */
export function Rename({ lead, name: before, onRename }: RenameProps) {
  const [name, setName] = useState(before)
  const rename = useAction(() => onRename(name))
  return (
    <Section title="Name" lead={lead}>
      <Form onSubmit={rename.run} error={otherError(rename.error, ['name'])}>
        <div class="inline-form">
          <TextField
            label="Name"
            value={name}
            onInput={setName}
            error={fieldError(rename.error, 'name')}
            maxLength={100}
          />
          <Button type="submit" busy={rename.busy}>
            Rename
          </Button>
        </div>
      </Form>
    </Section>
  )
}
