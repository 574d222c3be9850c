import { useState } from 'preact/hooks'
import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'

interface GiveUpProps {
  /** What the button and the window say: “Delete project”. */
  act: string
  /** What has to be typed once more. */
  name: string
  /** Of what it is the name: “name of the project”. */
  of: string
  /** What will be gone. */
  consequence: string
  onConfirm(confirm: string): Promise<void>
}

/** For what there is no way back from: its name is typed once more. */
export function GiveUp({ act, name, of, consequence, onConfirm }: GiveUpProps) {
  const [isOpen, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const confirm = useAction(() => onConfirm(typed.trim()))
  const close = () => {
    setOpen(false)
    setTyped('')
    confirm.clear()
  }
  return (
    <>
      <Button icon="trash" onClick={() => setOpen(true)}>
        {act}
      </Button>
      {isOpen && (
        <Dialog title={`${act}?`} onClose={close}>
          <p>{consequence} There is no way back.</p>
          <Form onSubmit={confirm.run} error={confirm.error === null ? '' : sentenceOf(confirm.error)}>
            <TextField
              label={`Type the ${of}`}
              hint={name}
              value={typed}
              onInput={setTyped}
              autocomplete="off"
              autofocus
            />
            <div class="actions end">
              <Button onClick={close}>Cancel</Button>
              <Button look="danger" type="submit" busy={confirm.busy} disabled={typed.trim() !== name}>
                {act}
              </Button>
            </div>
          </Form>
        </Dialog>
      )}
    </>
  )
}
