import { mayGive, PERMISSIONS_OF, Role } from '@signalbox/schema'
import { useRole } from '../../data/may.ts'
import { Select } from '../../ui/select.tsx'

/** What each role is for, in a few words. The permissions themselves stand in the schema. */
export const ROLE_WORDS: Record<Role, string> = {
  owner: 'everything',
  admin: 'everything but owners',
  editor: 'calls models, builds, makes own keys',
  annotator: 'reads, and scores',
  viewer: 'reads',
}

/** The roles that the one who is logged in can give, the highest first. */
export function useGivableRoles(): Role[] {
  const granted = PERMISSIONS_OF[useRole()]
  return Role.options.filter((role) => mayGive(granted, role))
}

export const roleChoices = (roles: readonly Role[]) => roles.map((role) => ({ value: role, label: role, hint: ROLE_WORDS[role] }))

const NONE = 'none'
type Props = {
  label: string
  role: Role | null
  onChange: (role: Role | null) => void
  /** Why it cannot be changed. */
  fixed?: string | undefined
  /** Whether "no role" is a choice. */
  none?: boolean
}

/** A role to change; where it cannot be changed it is a word with the reason on hover. */
export function RoleSelect({ label, role, onChange, fixed, none = false }: Props) {
  const givable = useGivableRoles()
  const reason = fixed ?? (role !== null && !givable.includes(role) ? 'This role may do more than yours.' : undefined)
  if (reason)
    return (
      <span data-tip={reason} className="text-soft">
        {role ?? 'no role'}
      </span>
    )
  return (
    <Select
      label={label}
      value={role ?? NONE}
      choices={[...roleChoices(givable), ...(none || role === null ? [{ value: NONE, label: 'no role', hint: 'not in the project' }] : [])]}
      onChange={(next) => onChange(next === NONE ? null : (next as Role))}
      className="h-7! w-32"
    />
  )
}
