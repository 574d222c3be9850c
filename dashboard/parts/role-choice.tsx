import { ROLES, type Role } from '#shared/roles.ts'
import { ChoiceField } from '../ui/field.tsx'
import { ROLE_WORDS } from '../words.ts'

const OPTIONS = [...ROLES].reverse().map((role) => ({
  value: role,
  label: ROLE_WORDS[role].name,
  hint: ROLE_WORDS[role].may,
}))

export function RoleChoice({ role, onChange }: { role: Role; onChange(role: Role): void }) {
  return <ChoiceField legend="Role" value={role} options={OPTIONS} onInput={onChange} />
}
