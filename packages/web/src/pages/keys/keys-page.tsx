import type { Key } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { KeyRound, TriangleAlert } from 'lucide-react'
import { lazy } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { keysQuery } from '../../data/queries.ts'
import { useSession } from '../../data/session.ts'
import { useProject } from '../../data/view.ts'
import { plural } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { EntryDialogs, useEntries } from '../../ui/entries.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'

const NewKeyDialog = lazy(() => import('./new-key-dialog.tsx'))

/** Who may call, and with what. */
export function KeysPage() {
  const project = useProject()
  const keys = useQuery(keysQuery(project))
  const may = useMay()
  const { account } = useSession()
  const mayRevoke = (key: Key) => may('keys:write') || (may('keys:own') && key.owner?.id === account.id)
  const entries = useEntries<Key>({ noun: 'key', mayAdd: may('keys:own'), reads: [keysQuery(project)] })

  return (
    <Page>
      <PageHeader
        title="Keys"
        question="Which programs may call this project, what each may do, and when it last did."
        action={entries.newButton}
      />
      <Panel>
        <Loaded query={keys} skeleton={<SkeletonRows />}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState icon={KeyRound} title="No key yet" action={entries.newButton}>
                A key is what your program sends instead of a provider's key. Provider keys stay on this server.
              </EmptyState>
            ) : (
              <Table
                label="Keys"
                columns={columns({ project, onRevoke: entries.remove, mayRevoke })}
                rows={list}
                rowKey={(key) => key.id}
                faded={(key) => state(key).word !== 'active'}
              />
            )
          }
        </Loaded>
      </Panel>

      <EntryDialogs
        of={entries}
        form={(_, { onClose }) => <NewKeyDialog project={project} onCreated={entries.refresh} onClose={onClose} />}
        verb={{ title: 'Revoke', done: 'revoked' }}
        onRemove={({ id }) => clientFor(project).keys.revoke({ id })}
      >
        {(key) => <WhatStops revoked={key} />}
      </EntryDialogs>
    </Page>
  )
}

function WhatStops({ revoked }: { revoked: Key }) {
  const can = revoked.scopes.includes('*')
    ? ['everything']
    : revoked.scopes.map((scope) => ABILITIES[scope] ?? scope.replace(/^prompt:promote:/, 'move the label '))
  return (
    <>
      <p>
        Every program that uses this key stops being able to <span className="text-text">{can.join(', ')}</span> within a second.
        {revoked.lastUsedAt ? (
          <>
            {' '}
            It was last used <Ago time={revoked.lastUsedAt} />.
          </>
        ) : (
          ' It has never been used.'
        )}
      </p>
      <p className="mt-2">Traces it made are kept. A revoked key cannot be brought back; create a new one instead.</p>
    </>
  )
}

const ABILITIES: Record<string, string> = {
  'gateway:call': 'call models',
  'traces:read': 'read traces',
  'traces:write': 'send traces',
  'sql:read': 'read with SQL',
  'scores:write': 'send scores',
  'metrics:read': 'read metrics',
}

function Owner({ owner }: Pick<Key, 'owner'>) {
  if (!owner)
    return (
      <span className="text-faint" data-tip="By nobody's account: signalbox.yaml, the environment, or the first start">
        –
      </span>
    )
  return (
    <span className="flex items-center gap-1.5">
      <span className="max-w-28 truncate xl:max-w-40">{owner.email ?? 'removed account'}</span>
      {!owner.member && (
        <Badge
          tone="warning"
          icon={<TriangleAlert size={12} />}
          tip="They are not in the project any more. The key works until it is revoked."
        >
          gone
        </Badge>
      )}
    </span>
  )
}

function state(key: Key) {
  if (key.revokedAt) return { word: 'revoked', tone: 'unknown' } as const
  if (key.expiresAt && Date.parse(key.expiresAt) < Date.now()) return { word: 'expired', tone: 'error' } as const
  return { word: 'active', tone: 'ok' } as const
}

type Options = { project: string; onRevoke: (key: Key) => void; mayRevoke: (key: Key) => boolean }
function columns({ project, onRevoke, mayRevoke }: Options): Column<Key>[] {
  return [
    { id: 'name', header: 'Name', cell: (key) => <span className="font-medium">{key.name}</span> },
    { id: 'state', header: 'State', cell: (key) => <Badge tone={state(key).tone}>{state(key).word}</Badge> },
    {
      id: 'public',
      header: 'Public key',
      cell: (key) => <CopyId id={key.publicKey} what="public key" className="-ml-1 max-w-32! xl:max-w-none!" />,
    },
    {
      id: 'secret',
      header: 'Secret',
      wideOnly: true,
      cell: (key) => <span className="font-mono text-sm text-faint">sk-sb-…{key.secretHint}</span>,
    },
    {
      id: 'scopes',
      header: 'May',
      cell: (key) => (
        <span data-tip={key.scopes.join('\n')} className="text-soft">
          {key.role ?? (key.scopes.includes('*') ? 'everything' : plural(key.scopes.length, 'permission'))}
        </span>
      ),
    },
    { id: 'owner', header: 'Made by', cell: (key) => <Owner owner={key.owner} /> },
    { id: 'team', header: 'Team', wideOnly: true, cell: (key) => key.team?.name ?? '' },
    {
      id: 'used',
      header: 'Last used',
      cell: (key) => (key.lastUsedAt ? <Ago time={key.lastUsedAt} /> : <span className="text-faint">never</span>),
    },
    { id: 'created', header: 'Created', wideOnly: true, cell: (key) => <Ago time={key.createdAt} /> },
    {
      id: 'expires',
      header: 'Expires',
      cell: (key) => (key.expiresAt ? <Ago time={key.expiresAt} /> : <span className="text-faint">never</span>),
    },
    {
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      align: 'right',
      sticky: true,
      cell: (key) => (
        <span className="flex items-center justify-end gap-1 font-sans">
          <Link
            to="/p/$project/traces"
            params={{ project }}
            search={{ filter: `keyId:eq:${key.id}` }}
            className="rounded-sm px-2 text-sm text-accent hover:underline"
            aria-label={`Traces of ${key.name}`}
          >
            Traces
          </Link>
          {!key.revokedAt && mayRevoke(key) && (
            <Button kind="danger" size="small" onClick={() => onRevoke(key)} aria-label={`Revoke ${key.name}`}>
              Revoke
            </Button>
          )}
        </span>
      ),
    },
  ]
}
