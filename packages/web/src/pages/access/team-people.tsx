import type { Team } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { UserMinus } from 'lucide-react'
import { accountsQuery, membersQuery } from '../../data/access-queries.ts'
import { clientFor } from '../../data/client.ts'
import { useIsOrganisationOwner } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { IconButton } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Select } from '../../ui/select.tsx'
import { useChange } from './use-change.ts'

/** Who is in a team: members of the project can be taken in, and by an owner of the organisation everybody in it. */
export function TeamPeople({ team, onClose }: { team: Team; onClose: () => void }) {
  const project = useProject()
  const isOwner = useIsOrganisationOwner()
  const members = useQuery(membersQuery(project)).data
  const accounts = useQuery({ ...accountsQuery(project), enabled: isOwner }).data
  const { runHere } = useChange()
  const inside = team.members ?? []
  const outside = (accounts ?? members ?? []).filter((one) => !inside.some(({ id }) => id === one.id))
  return (
    <Dialog
      open
      onClose={onClose}
      title={`People of ${team.name}`}
      description={team.role ? `Through it they have the role ${team.role} in this project.` : 'The team has no role in this project.'}
    >
      {inside.length === 0 ? (
        <p className="text-faint">Nobody yet.</p>
      ) : (
        <ul aria-label={`People of ${team.name}`} className="divide-y divide-line rounded-md border border-line">
          {inside.map(({ id, email }) => (
            <li key={id} className="flex h-9 items-center gap-2 px-3">
              <span className="min-w-0 flex-1 truncate">{email ?? id}</span>
              <IconButton
                size="small-icon"
                label={`Take ${email ?? id} out of the team`}
                onClick={() =>
                  runHere(
                    () => clientFor(project).teams.removeMember({ id: team.id, accountId: id }),
                    `${email ?? id} is out of ${team.name}`,
                  )
                }
              >
                <UserMinus size={14} />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <div className="mt-3">
        {outside.length === 0 ? (
          <p className="text-sm text-faint">
            Everybody who can be taken in is in it. Invite others first; an invitation can name the team.
          </p>
        ) : (
          <Select
            label="Take somebody in"
            value=""
            choices={[{ value: '', label: 'Take somebody in…' }, ...outside.map(({ id, email }) => ({ value: id, label: email ?? id }))]}
            onChange={(accountId) => {
              const email = outside.find(({ id }) => id === accountId)?.email ?? accountId
              if (accountId) runHere(() => clientFor(project).teams.addMember({ id: team.id, accountId }), `${email} is in ${team.name}`)
            }}
          />
        )}
      </div>
    </Dialog>
  )
}
