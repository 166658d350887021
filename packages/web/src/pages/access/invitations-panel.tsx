import type { Invitation } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { invitationsQuery } from '../../data/access-queries.ts'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'
import { useChange } from './use-change.ts'

const TONES = { open: 'accent', used: 'ok', revoked: 'unknown', expired: 'unknown' } as const

/** Links that lead into the project: those that wait, and on request those that are over. */
export function InvitationsPanel({ onInvite }: { onInvite: () => void }) {
  const project = useProject()
  const invitations = useQuery(invitationsQuery(project))
  const [all, setAll] = useState(false)
  const may = useMay()
  const { runHere } = useChange()
  const over = invitations.data?.some(({ state }) => state !== 'open') ?? false
  const columns: Column<Invitation>[] = [
    {
      id: 'for',
      header: 'For',
      cell: ({ email }) => (email ? <span className="font-medium">{email}</span> : <span className="text-soft">whoever has the link</span>),
    },
    { id: 'role', header: 'Role', cell: ({ role }) => role },
    { id: 'team', header: 'Team', wideOnly: true, cell: ({ team }) => team?.name ?? '' },
    {
      id: 'state',
      header: 'State',
      cell: ({ state, usedBy }) => (
        <Badge tone={TONES[state]} {...(usedBy && { tip: `by ${usedBy}` })}>
          {state}
        </Badge>
      ),
    },
    { id: 'by', header: 'Invited by', cell: ({ invitedBy }) => invitedBy ?? <span className="text-faint">a key</span> },
    { id: 'made', header: 'Made', wideOnly: true, cell: ({ createdAt }) => <Ago time={createdAt} /> },
    { id: 'expires', header: 'Ends', cell: ({ expiresAt, state }) => (state === 'open' ? <Ago time={expiresAt} /> : '') },
    {
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      align: 'right',
      sticky: true,
      cell: ({ id, state, email }) =>
        state === 'open' &&
        may('members:write') && (
          <Button
            size="small"
            kind="danger"
            className="font-sans"
            aria-label={`Take back the invitation for ${email ?? 'whoever has the link'}`}
            onClick={() => runHere(() => clientFor(project).invitations.revoke({ id }), 'The invitation is taken back')}
          >
            Take back
          </Button>
        ),
    },
  ]
  return (
    <Panel
      title="Invitations"
      description="Each is a link that works once, for seven days. Nothing is sent: you pass it on."
      actions={
        over && (
          <Button size="small" kind="ghost" aria-pressed={all} onClick={() => setAll(!all)}>
            {all ? 'Open ones only' : 'Show past ones'}
          </Button>
        )
      }
    >
      <Loaded query={invitations} skeleton={<SkeletonRows rows={1} />}>
        {(list) => {
          const shown = list.filter(({ state }) => all || state === 'open')
          return shown.length === 0 ? (
            <p className="px-3 py-3 text-faint">
              Nobody is on the way in.{' '}
              {may('members:write') && (
                <button type="button" onClick={onInvite} className="rounded-sm text-accent hover:underline">
                  Invite somebody
                </button>
              )}
            </p>
          ) : (
            <Table label="Invitations" columns={columns} rows={shown} rowKey={({ id }) => id} faded={({ state }) => state !== 'open'} />
          )
        }}
      </Loaded>
    </Panel>
  )
}
