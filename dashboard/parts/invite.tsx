import { useState } from 'preact/hooks'
import type { Role } from '#shared/roles.ts'
import { call } from '../api.ts'
import { fieldError, otherError } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { TextField } from '../ui/field.tsx'
import { Form } from '../ui/form.tsx'
import { ProjectChoice } from './project-choice.tsx'
import { RoleChoice } from './role-choice.tsx'

interface InviteProps {
  onInvited(): Promise<void>
  onClose(): void
}

export function InviteDialog({ onInvited, onClose }: InviteProps) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('member')
  const [chosen, setChosen] = useState<string[]>([])
  const invite = useAction(async () => {
    const projectIds = role === 'member' ? chosen : []
    await call('POST /api/invitations', { body: { email, role, projectIds } })
    await onInvited()
    say(`${email} is invited: the link in the mail works for 72 hours.`)
    onClose()
  })
  return (
    <Dialog title="Invite somebody" onClose={onClose} wide>
      <Form onSubmit={invite.run} error={otherError(invite.error, ['email'])}>
        <TextField
          label="E-mail address"
          hint="The link works once, and for this address only."
          type="email"
          value={email}
          onInput={setEmail}
          error={fieldError(invite.error, 'email')}
          autocomplete="off"
          autofocus
        />
        <RoleChoice role={role} onChange={setRole} />
        {role === 'member' && <ProjectChoice chosen={chosen} onChange={setChosen} />}
        <div class="actions end">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={invite.busy}>
            Send invitation
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}
