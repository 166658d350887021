import type { TracedSession } from '@signalbox/schema'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { isoWindow } from '../../data/queries.ts'
import { useView } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'
import { Thumbs } from '../sessions/feedback.tsx'
import { GroupCost } from '../sessions/group-cost.tsx'

const SHOWN = 20

/** The conversations of a user that were active last. */
export function UserSessions({ project, userId }: { project: string; userId: string }) {
  const { range, rangeKey, environment, environmentFilters } = useView()
  const mine = { field: 'userId', op: 'eq' as const, value: userId }
  const sessions = useQuery({
    queryKey: [...keys.spans(project), 'user-sessions', userId, rangeKey, environment ?? ''],
    queryFn: ({ signal }) =>
      clientFor(project).sessions.list({ ...isoWindow(range), filter: [...environmentFilters, mine], limit: SHOWN }, { signal }),
    placeholderData: keepPreviousData,
  })
  return (
    <Panel
      title="Sessions"
      actions={
        <Link
          to="/p/$project/sessions"
          params={{ project }}
          search={{ filter: writeFilters([mine]) }}
          className="text-sm text-accent hover:underline"
        >
          All sessions of this user
        </Link>
      }
    >
      <Loaded query={sessions} skeleton={<SkeletonRows />}>
        {(data) =>
          data.sessions.length === 0 ? (
            <p className="px-3 py-4 text-faint">No trace of this user names a session in this time.</p>
          ) : (
            <Table label="Sessions" columns={columnsOf(project)} rows={data.sessions} rowKey={({ sessionId }) => sessionId} />
          )
        }
      </Loaded>
    </Panel>
  )
}

const columnsOf = (project: string): Column<TracedSession>[] => [
  { id: 'last', header: 'Last active', cell: ({ lastAt }) => <Ago time={lastAt} /> },
  {
    id: 'session',
    header: 'Session',
    className: 'w-full max-w-0 min-w-40 truncate',
    cell: ({ sessionId, firstInput }) => (
      <Link
        to="/p/$project/sessions/$sessionId"
        params={{ project, sessionId }}
        preload={false}
        className="hover:text-accent hover:underline"
        data-tip={sessionId}
      >
        {firstInput || sessionId}
      </Link>
    ),
  },
  { id: 'turns', header: 'Turns', align: 'right', cell: ({ traces }) => formatCount(traces) },
  {
    id: 'errors',
    header: 'Errors',
    align: 'right',
    cell: ({ errors }) => <span className={errors > 0 ? 'text-error' : 'text-faint'}>{formatCount(errors)}</span>,
  },
  { id: 'cost', header: 'Cost (USD)', align: 'right', cell: (session) => <GroupCost of={session} /> },
  { id: 'feedback', header: 'Feedback', cell: ({ feedback }) => <Thumbs {...feedback} /> },
]
