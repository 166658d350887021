import type { OrganisationAccount, OrganisationRole } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { accountsQuery } from '../../data/access-queries.ts'
import { client } from '../../data/client.ts'
import { useSession } from '../../data/session.ts'
import { useProject } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { Select } from '../../ui/select.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'
import { nameOf, usePeopleColumns } from './people.tsx'
import { RemovePerson } from './remove-person.tsx'
import { useChange } from './use-change.ts'

const ResetLinkDialog = lazy(() => import('./reset-link-dialog.tsx'))

const CHOICES = [
  { value: 'owner', label: 'owner', hint: 'everything, everywhere' },
  { value: 'member', label: 'member', hint: 'what their projects say' },
] as const satisfies { value: OrganisationRole; label: string; hint: string }[]

/** Everybody in the organisation, for its owners. */
export function OrganisationPanel() {
  const { account } = useSession()
  const { email, keys, seen } = usePeopleColumns()
  const accounts = useQuery(accountsQuery(useProject()))
  const { run, runHere } = useChange()
  const [removing, setRemoving] = useState<OrganisationAccount | null>(null)
  const [resetting, setResetting] = useState<OrganisationAccount | null>(null)
  const owners = accounts.data?.filter(({ role }) => role === 'owner').length ?? 0
  const isLast = ({ role }: OrganisationAccount) => role === 'owner' && owners === 1
  const columns: Column<OrganisationAccount>[] = [
    email,
    {
      id: 'role',
      header: 'In the organisation',
      cell: (one) =>
        isLast(one) ? (
          <span className="text-soft" data-tip="The last owner. Make somebody else an owner first.">
            owner
          </span>
        ) : (
          <Select
            label={`Role of ${nameOf(one)} in the organisation`}
            value={one.role}
            choices={CHOICES}
            onChange={(role) =>
              runHere(() => client.accounts.change({ id: one.id, role }), `${nameOf(one)} is ${role} of the organisation now`)
            }
            className="h-7! w-32"
          />
        ),
    },
    {
      id: 'projects',
      header: 'Projects',
      cell: ({ role, projects }) =>
        role === 'owner' ? (
          <span className="text-soft">all</span>
        ) : (
          <span data-tip={projects.map((one) => `${one.id}: ${one.role}`).join('\n') || undefined} className="text-soft">
            {plural(projects.length, 'project')}
          </span>
        ),
    },
    keys,
    seen,
    { id: 'since', header: 'Since', wideOnly: true, cell: ({ createdAt }) => <Ago time={createdAt} /> },
    {
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      align: 'right',
      sticky: true,
      cell: (one) => (
        <span className="flex justify-end gap-2">
          {one.email !== null && one.id !== account.id && (
            <Button
              size="small"
              className="font-sans"
              onClick={() => setResetting(one)}
              aria-label={`Make a link that sets the password of ${nameOf(one)}`}
            >
              Reset password
            </Button>
          )}
          {!isLast(one) && (
            <Button
              size="small"
              kind="danger"
              className="font-sans"
              onClick={() => setRemoving(one)}
              aria-label={`Remove ${nameOf(one)} from the organisation`}
            >
              Remove
            </Button>
          )}
        </span>
      ),
    },
  ]
  return (
    <Panel title="Organisation" description="Everybody with an account here. Owners may do everything in every project, and make new ones.">
      <Loaded query={accounts} skeleton={<SkeletonRows rows={2} />}>
        {(list) => <Table label="Organisation" columns={columns} rows={list} rowKey={({ id }) => id} />}
      </Loaded>
      {removing && (
        <RemovePerson
          name={nameOf(removing)}
          keys={removing.keys}
          from="the organisation"
          onClose={() => setRemoving(null)}
          onConfirm={(revokeKeys) =>
            run(() => client.accounts.remove({ id: removing.id, revokeKeys }), `${nameOf(removing)} is removed from the organisation`)
          }
        />
      )}
      {resetting && (
        <Suspense>
          <ResetLinkDialog account={resetting} onClose={() => setResetting(null)} />
        </Suspense>
      )}
    </Panel>
  )
}
