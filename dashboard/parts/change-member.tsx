import { useState } from 'preact/hooks'
import { call, loadSession } from '../api.ts'
import type { AnswerOf } from '../calls.ts'
import { sentenceOf } from '../failure.ts'
import { useAction } from '../loaded.ts'
import { say } from '../toast.ts'
import { Button } from '../ui/button.tsx'
import { Confirm, Dialog } from '../ui/dialog.tsx'
import { Form } from '../ui/form.tsx'
import { ProjectChoice } from './project-choice.tsx'
import { RoleChoice } from './role-choice.tsx'

export type Member = AnswerOf<'GET /api/members'>['items'][number]

interface MemberDialogProps {
  member: Member
  onChanged(): Promise<void>
  onClose(): void
}

export function ChangeMemberDialog({ member, onChanged, onClose }: MemberDialogProps) {
  const [role, setRole] = useState(member.role)
  const [chosen, setChosen] = useState<string[]>(member.projectIds)
  const change = useAction(async () => {
    const body = { ...(role === member.role ? {} : { role }), ...(role === 'member' ? { projectIds: chosen } : {}) }
    if (Object.keys(body).length > 0) await call('PATCH /api/members/:id', { id: member.id, body })
    // A new role of one's own is a new session.
    await loadSession()
    await onChanged()
    say(`${member.name} is changed.`)
    onClose()
  })
  return (
    <Dialog title={member.name} onClose={onClose} wide>
      <Form onSubmit={change.run} error={change.error === null ? '' : sentenceOf(change.error)}>
        <RoleChoice role={role} onChange={setRole} />
        {role === 'member' && <ProjectChoice chosen={chosen} onChange={setChosen} />}
        {role !== member.role && <p class="hint">A new role ends their sessions: they sign in again.</p>}
        <div class="actions end">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={change.busy}>
            Save
          </Button>
        </div>
      </Form>
    </Dialog>
  )
}

export function RemoveMemberDialog({ member, onChanged, onClose }: MemberDialogProps) {
  const remove = useAction(async () => {
    await call('DELETE /api/members/:id', { id: member.id })
    await onChanged()
    say(`${member.name} is removed.`)
    onClose()
  })
  return (
    <Confirm
      title={`Remove ${member.name}?`}
      act="Remove from organization"
      busy={remove.busy}
      error={remove.error === null ? '' : sentenceOf(remove.error)}
      onConfirm={remove.run}
      onClose={onClose}
    >
      <p>They are out with their next click. What they have made stays, and their account goes on elsewhere.</p>
    </Confirm>
  )
}

export function HandOverDialog({ member, onChanged, onClose }: MemberDialogProps) {
  const handOver = useAction(async () => {
    await call('POST /api/organization/owner', { body: { memberId: member.id } })
    await loadSession()
    await onChanged()
    say(`${member.name} is the owner now, and you are an admin.`)
    onClose()
  })
  return (
    <Confirm
      title={`Make ${member.name} the owner?`}
      act="Hand over"
      busy={handOver.busy}
      error={handOver.error === null ? '' : sentenceOf(handOver.error)}
      onConfirm={handOver.run}
      onClose={onClose}
    >
      <p>
        They may do everything then, billing and the team included. You become an admin, and only an owner can change
        that.
      </p>
    </Confirm>
  )
}
