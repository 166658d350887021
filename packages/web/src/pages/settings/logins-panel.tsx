import type { Login } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { loginsQuery } from '../../data/access-queries.ts'
import { client } from '../../data/client.ts'
import { plural } from '../../lib/format-number.ts'
import { nameOfBrowser } from '../../lib/name-of-browser.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { toastError } from '../../ui/error-note.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { toast } from '../../ui/toast.tsx'
import { Ago } from '../../ui/values.tsx'

/** Where the account is logged in, to end what should not be. */
export function LoginsPanel() {
  const logins = useQuery(loginsQuery)
  const cache = useQueryClient()
  async function end(work: () => Promise<string>) {
    try {
      const title = await work()
      await cache.invalidateQueries({ queryKey: loginsQuery.queryKey })
      toast({ title })
    } catch (error) {
      toastError(error)
    }
  }
  const columns: Column<Login>[] = [
    {
      id: 'browser',
      header: 'Browser',
      cell: ({ userAgent, current }) => (
        <span className="flex items-center gap-2">
          <span className="max-w-56 truncate font-medium" data-tip={userAgent ?? 'It did not say'}>
            {nameOfBrowser(userAgent)}
          </span>
          {current && <Badge tone="ok">this one</Badge>}
        </span>
      ),
    },
    {
      id: 'address',
      header: 'Address',
      cell: ({ address }) => (address ? <span className="font-mono text-sm">{address}</span> : <span className="text-faint">–</span>),
    },
    { id: 'used', header: 'Last used', cell: ({ lastUsedAt }) => <Ago time={lastUsedAt} /> },
    { id: 'began', header: 'Began', wideOnly: true, cell: ({ createdAt }) => <Ago time={createdAt} /> },
    {
      id: 'actions',
      header: <span className="sr-only">Actions</span>,
      align: 'right',
      sticky: true,
      cell: ({ id, current, userAgent }) =>
        !current && (
          <Button
            size="small"
            kind="danger"
            className="font-sans"
            aria-label={`End the log-in of ${nameOfBrowser(userAgent)}`}
            onClick={() => end(() => client.logins.end({ id }).then(() => 'The log-in has ended'))}
          >
            End
          </Button>
        ),
    },
  ]
  return (
    <Panel
      title="Your log-ins"
      description="A log-in ends 30 days after its last use, and all others with a new password."
      actions={
        (logins.data?.length ?? 0) > 1 && (
          <Button size="small" onClick={() => end(async () => `${plural((await client.logins.endOthers()).ended, 'log-in')} ended`)}>
            End all others
          </Button>
        )
      }
    >
      <Loaded query={logins} skeleton={<SkeletonRows rows={2} />}>
        {(list) => <Table label="Your log-ins" columns={columns} rows={list} rowKey={({ id }) => id} />}
      </Loaded>
    </Panel>
  )
}
