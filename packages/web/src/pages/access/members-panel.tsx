import type { Member } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Ellipsis, LogOut, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { membersQuery } from '../../data/access-queries.ts'
import { clientFor } from '../../data/client.ts'
import { useIsOrganisationOwner, useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { IconButton } from '../../ui/button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'
import { nameOf, usePeopleColumns } from './people.tsx'
import { RemovePerson } from './remove-person.tsx'
import { RoleSelect, useGivableRoles } from './role-select.tsx'
import { useChange } from './use-change.ts'

/** Everybody who may do something in the project. */
export function MembersPanel() {
  const project = useProject()
  const members = useQuery(membersQuery(project))
  const { email, keys, seen } = usePeopleColumns()
  const may = useMay()
  const isOwner = useIsOrganisationOwner()
  const givable = useGivableRoles()
  const { run, runHere } = useChange()
  const [removing, setRemoving] = useState<Member | null>(null)

  const fixed = (member: Member): string | undefined => {
    if (!may('members:write')) return 'Only an admin or an owner changes roles.'
    if (member.organisationRole === 'owner') return 'An owner of the organisation may do everything in every project.'
    return givable.includes(member.role) ? undefined : 'They may do more than you.'
  }
  const columns: Column<Member>[] = [
    email,
    {
      id: 'role',
      header: 'Role',
      cell: (member) => (
        <RoleSelect
          label={`Role of ${nameOf(member)}`}
          role={member.role}
          fixed={fixed(member)}
          onChange={(role) =>
            role && runHere(() => clientFor(project).members.change({ id: member.id, role }), `${nameOf(member)} is given the role ${role}`)
          }
        />
      ),
    },
    { id: 'through', header: 'Through', cell: (member) => <Through member={member} /> },
    keys,
    seen,
    { id: 'joined', header: 'Joined', wideOnly: true, cell: ({ joinedAt }) => (joinedAt ? <Ago time={joinedAt} /> : '') },
    {
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      align: 'right',
      sticky: true,
      cell: (member) =>
        may('members:write') &&
        (isOwner || fixed(member) === undefined) && (
          <Menu
            align="end"
            trigger={
              <IconButton size="small-icon" label={`More about ${nameOf(member)}`}>
                <Ellipsis size={15} />
              </IconButton>
            }
          >
            <MenuItem
              icon={<LogOut size={14} />}
              disabled={member.logins === 0}
              onClick={() =>
                runHere(() => clientFor(project).members.endLogins({ id: member.id }), `${nameOf(member)} is logged out everywhere`)
              }
            >
              End {plural(member.logins, 'log-in')}
            </MenuItem>
            {member.organisationRole === 'member' && (
              <MenuItem danger icon={<UserMinus size={14} />} disabled={member.teams.length > 0} onClick={() => setRemoving(member)}>
                {member.teams.length > 0 ? 'Remove: take them out of the team' : 'Remove from the project'}
              </MenuItem>
            )}
          </Menu>
        ),
    },
  ]
  return (
    <Panel title="Members">
      <Loaded query={members} skeleton={<SkeletonRows rows={3} />}>
        {(list) => <Table label="Members" columns={columns} rows={list} rowKey={({ id }) => id} />}
      </Loaded>
      {removing && (
        <RemovePerson
          name={nameOf(removing)}
          keys={removing.keys}
          from="the project"
          onClose={() => setRemoving(null)}
          onConfirm={(revokeKeys) =>
            run(() => clientFor(project).members.remove({ id: removing.id, revokeKeys }), `${nameOf(removing)} is removed from the project`)
          }
        />
      )}
    </Panel>
  )
}

/** Where a role comes from, when not from themselves. */
function Through({ member }: { member: Member }) {
  if (member.organisationRole === 'owner') return <span className="text-soft">organisation</span>
  const teams = member.teams.map(({ name }) => name)
  if (teams.length === 0) return <span className="text-faint">themselves</span>
  const tip = [
    ...(member.ownRole ? [`themselves: ${member.ownRole}`] : []),
    ...member.teams.map(({ name, role }) => `${name}: ${role}`),
  ].join('\n')
  return (
    <span data-tip={tip} className="block max-w-48 truncate text-soft">
      {[...(member.ownRole ? ['themselves'] : []), ...teams].join(', ')}
    </span>
  )
}
