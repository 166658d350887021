import type { TracedSession } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useProject } from '../../data/view.ts'
import { formatCount } from '../../lib/format-number.ts'
import type { GridColumn } from '../../ui/row-grid.tsx'
import { Ago, Duration } from '../../ui/values.tsx'
import { figureColumns, Nothing } from './figure-columns.tsx'
import { TracesOf } from './traces-of.tsx'

/** A column that few show; the list need not wait for it. */
const Scores = lazy(async () => ({ default: (await import('../../ui/scores.tsx')).Scores }))
const Preview = ({ value }: { value: string }) =>
  value ? <span className="truncate text-soft">{value.replace(/\s+/g, ' ')}</span> : <Nothing />

/** Where a user is read about. */
export function UserLink({ userId, className }: { userId: string; className?: string }) {
  const project = useProject()
  return (
    <Link
      to="/p/$project/users/$userId"
      params={{ project, userId }}
      className={`truncate hover:text-accent hover:underline ${className ?? ''}`}
    >
      {userId}
    </Link>
  )
}

function Users({ userIds }: { userIds: string[] }) {
  const [first, ...others] = userIds
  if (first === undefined) return <Nothing />
  return (
    <span className="flex min-w-0 gap-1" data-tip={others.length > 0 ? userIds.join('\n') : undefined}>
      <UserLink userId={first} />
      {others.length > 0 && <span className="text-faint">+{others.length}</span>}
    </span>
  )
}

const ofSession = (sessionId: string) => ({ field: 'sessionId', op: 'eq' as const, value: sessionId })
const FIGURES = figureColumns<TracedSession>(({ sessionId }) => ({ id: sessionId, filter: ofSession(sessionId) }))

export const SESSION_COLUMNS: GridColumn<TracedSession>[] = [
  { id: 'lastAt', title: 'Last active', width: 92, sort: 'lastAt', cell: ({ lastAt }) => <Ago time={lastAt} /> },
  { id: 'sessionId', title: 'Session', width: 100, cell: (session) => <SessionLink session={session} /> },
  { id: 'userIds', title: 'User', width: 90, cell: ({ userIds }) => <Users userIds={userIds} /> },
  { id: 'firstInput', title: 'First input', width: 90, grows: true, cell: ({ firstInput }) => <Preview value={firstInput} /> },
  { id: 'lastOutput', title: 'Last output', width: 90, grows: true, cell: ({ lastOutput }) => <Preview value={lastOutput} /> },
  {
    id: 'traces',
    title: 'Turns',
    tip: 'Traces of the session in this time',
    width: 64,
    align: 'right',
    sort: 'traces',
    cell: ({ sessionId, traces }) => (
      <TracesOf filters={[ofSession(sessionId)]} label={`${traces} traces of ${sessionId}`}>
        {formatCount(traces)}
      </TracesOf>
    ),
  },
  FIGURES.calls,
  FIGURES.errors,
  FIGURES.tokens,
  FIGURES.costUsd,
  FIGURES.feedback,
  {
    id: 'scores',
    title: 'Scores',
    tip: 'Of the session itself; those of its turns stand on them',
    width: 160,
    cell: ({ scores }) =>
      scores ? (
        <Suspense>
          <Scores scores={scores} />
        </Suspense>
      ) : (
        <Nothing />
      ),
  },
  { id: 'durationMs', title: 'Lasted', width: 92, align: 'right', cell: ({ durationMs }) => <Duration milliseconds={durationMs} /> },
  { id: 'startedAt', title: 'Started', width: 92, cell: ({ startedAt }) => <Ago time={startedAt} /> },
  FIGURES.models,
  FIGURES.environments,
]

export const SESSION_DEFAULTS = ['lastAt', 'sessionId', 'userIds', 'firstInput', 'lastOutput', 'traces', 'errors', 'costUsd', 'feedback']

function SessionLink({ session: { sessionId } }: { session: TracedSession }) {
  const project = useProject()
  return (
    <Link
      to="/p/$project/sessions"
      params={{ project }}
      search={(before) => ({ ...before, session: sessionId, find: undefined, turn: undefined })}
      preload={false}
      tabIndex={-1}
      className="truncate font-mono text-sm hover:text-accent hover:underline"
    >
      {sessionId}
    </Link>
  )
}
