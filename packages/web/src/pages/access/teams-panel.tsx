import { type Team, TeamName } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Ellipsis, Pencil, Plus, Trash2, Users } from 'lucide-react'
import { useState } from 'react'
import { z } from 'zod'
import { teamsQuery } from '../../data/access-queries.ts'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SchemaForm } from '../../ui/schema-form.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { KEYS } from './people.tsx'
import { RoleSelect } from './role-select.tsx'
import { TeamPeople } from './team-people.tsx'
import { useChange } from './use-change.ts'

const TeamForm = z.strictObject({ name: TeamName })
type Open = { what: 'new' } | { what: 'rename' | 'people' | 'delete'; id: string }

/** The teams of the organisation, and the role of each in this project. */
export function TeamsPanel() {
  const project = useProject()
  const teams = useQuery(teamsQuery(project))
  const may = useMay()
  const { run, runHere } = useChange()
  const [open, setOpen] = useState<Open | null>(null)
  const close = () => setOpen(null)
  const chosen = open && 'id' in open ? teams.data?.find(({ id }) => id === open.id) : undefined
  const columns: Column<Team>[] = [
    { id: 'name', header: 'Name', cell: ({ name }) => <span className="font-medium">{name}</span> },
    {
      id: 'role',
      header: 'Role here',
      cell: (team) => (
        <RoleSelect
          label={`Role of ${team.name}`}
          role={team.role}
          none
          fixed={may('members:write') ? undefined : 'Only an admin or an owner changes roles.'}
          onChange={(role) =>
            runHere(
              () => clientFor(project).teams.setRole({ id: team.id, role }),
              role ? `${team.name} is given the role ${role}` : `${team.name} has no role here any more`,
            )
          }
        />
      ),
    },
    {
      id: 'people',
      header: 'People',
      cell: (team) => (
        <span
          data-tip={team.members?.map(({ email, id }) => email ?? id).join('\n') || undefined}
          className="block max-w-96 truncate text-soft"
        >
          {team.members && team.members.length > 0
            ? team.members.map(({ email, id }) => email ?? id).join(', ')
            : team.memberCount === 0
              ? 'nobody'
              : plural(team.memberCount, 'person', 'people')}
        </span>
      ),
    },
    KEYS,
    {
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      align: 'right',
      sticky: true,
      cell: (team) =>
        may('teams:write') &&
        (team.changeable ? (
          <span className="flex items-center justify-end gap-1 font-sans">
            <Button size="small" onClick={() => setOpen({ what: 'people', id: team.id })} aria-label={`People of ${team.name}`}>
              People
            </Button>
            <Menu
              align="end"
              trigger={
                <IconButton size="small-icon" label={`More about ${team.name}`}>
                  <Ellipsis size={15} />
                </IconButton>
              }
            >
              <MenuItem icon={<Pencil size={14} />} onClick={() => setOpen({ what: 'rename', id: team.id })}>
                Rename
              </MenuItem>
              <MenuItem danger icon={<Trash2 size={14} />} onClick={() => setOpen({ what: 'delete', id: team.id })}>
                Delete
              </MenuItem>
            </Menu>
          </span>
        ) : (
          <span className="font-sans text-sm text-faint" data-tip="It has roles that you cannot give, here or in another project.">
            fixed
          </span>
        )),
    },
  ]
  return (
    <Panel
      title="Teams"
      description="A team belongs to the organisation. Its people have its role in each project where it has one."
      actions={
        may('teams:write') && (
          <Button size="small" onClick={() => setOpen({ what: 'new' })}>
            <Plus size={13} aria-hidden /> New team
          </Button>
        )
      }
    >
      <Loaded query={teams} skeleton={<SkeletonRows rows={1} />}>
        {(list) =>
          list.length === 0 ? (
            <p className="flex items-center gap-2 px-3 py-3 text-faint">
              <Users size={14} aria-hidden /> No team yet. With one, several people get a role in a project at once.
            </p>
          ) : (
            <Table label="Teams" columns={columns} rows={list} rowKey={({ id }) => id} />
          )
        }
      </Loaded>

      {(open?.what === 'new' || (open?.what === 'rename' && chosen)) && (
        <Dialog open onClose={close} title={chosen ? `Rename ${chosen.name}` : 'New team'}>
          <SchemaForm
            schema={TeamForm}
            {...(chosen && { initial: { name: chosen.name } })}
            submitLabel={chosen ? 'Rename' : 'Create team'}
            onCancel={close}
            onSubmit={async ({ name }) => {
              const { teams } = clientFor(project)
              if (chosen) await run(() => teams.rename({ id: chosen.id, name }), `The team is called ${name} now`)
              else await run(() => teams.create({ name }), `Team ${name} created`)
              close()
            }}
          />
        </Dialog>
      )}
      {open?.what === 'people' && chosen && <TeamPeople team={chosen} onClose={close} />}
      <ConfirmDialog
        open={open?.what === 'delete' && chosen !== undefined}
        onClose={close}
        title={`Delete ${chosen?.name ?? ''}?`}
        action="Delete team"
        onConfirm={async () => {
          if (chosen) await run(() => clientFor(project).teams.delete({ id: chosen.id }), `Team ${chosen.name} deleted`)
        }}
      >
        {chosen && (
          <p>
            {plural(chosen.memberCount, 'person loses', 'people lose')} what they may do through it, in all projects.{' '}
            {chosen.keys > 0 && `${plural(chosen.keys, 'key')} of it in this project go on without a team.`}
          </p>
        )}
      </ConfirmDialog>
    </Panel>
  )
}
