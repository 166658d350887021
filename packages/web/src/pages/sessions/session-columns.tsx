import type { TracedSession } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useProject } from '../../data/view.ts'
import { formatCount } from '../../lib/format-number.ts'
import { lowerBound } from '../../lib/lower-bound.ts'
import type { GridColumn } from '../../ui/row-grid.tsx'
import { Ago, Duration, Money } from '../../ui/values.tsx'
import { Thumbs } from './feedback.tsx'
import { FAILED, TracesOf } from './traces-of.tsx'

/** A column that few show; the list need not wait for it. */
const Scores = lazy(async () => ({ default: (await import('../../ui/scores.tsx')).Scores }))
const Nothing = () => <span className="text-faint">–</span>
const Preview = ({ value }: { value: string }) =>
  value ? <span className="truncate text-soft">{value.replace(/\s+/g, ' ')}</span> : <Nothing />

type Figures = Pick<TracedSession, 'costUsd' | 'unpricedCount' | 'models' | 'calls'>
/** Money of many traces; where some have no price it is a lower bound, and says so. */
export function GroupCost({ of, bare = true }: { of: Figures; bare?: boolean }) {
  const reason = of.calls === 0 ? 'No model was called' : `Unknown: no price is known for ${of.models.join(', ') || 'what was called'}`
  return (
    <span>
      <Money usd={of.costUsd} bare={bare} reason={reason} />
      {lowerBound(of) && <span data-tip={lowerBound(of)}>+</span>}
    </span>
  )
}

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
  {
    id: 'calls',
    title: 'Calls',
    tip: 'Calls of models',
    width: 68,
    align: 'right',
    sort: 'calls',
    cell: ({ calls }) => formatCount(calls),
  },
  {
    id: 'errors',
    title: 'Errors',
    tip: 'Traces in which a step failed',
    width: 68,
    align: 'right',
    sort: 'errors',
    cell: ({ sessionId, errors }) =>
      errors === 0 ? (
        <span className="text-faint">0</span>
      ) : (
        <span className="text-error">
          <TracesOf filters={[ofSession(sessionId), ...FAILED]} label={`${errors} errors of ${sessionId}`}>
            {formatCount(errors)}
          </TracesOf>
        </span>
      ),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    width: 84,
    align: 'right',
    sort: 'totalTokens',
    cell: ({ inputTokens, outputTokens }) =>
      inputTokens + outputTokens === 0 ? (
        <Nothing />
      ) : (
        <span data-tip={`${formatCount(inputTokens)} in, ${formatCount(outputTokens)} out`}>{formatCount(inputTokens + outputTokens)}</span>
      ),
  },
  { id: 'costUsd', title: 'Cost (USD)', width: 96, align: 'right', sort: 'costUsd', cell: (session) => <GroupCost of={session} /> },
  { id: 'feedback', title: 'Feedback', tip: 'Scores named thumbs', width: 80, cell: ({ feedback }) => <Thumbs {...feedback} /> },
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
  {
    id: 'models',
    title: 'Models',
    width: 130,
    cell: ({ models }) => (models.length > 0 ? <span className="truncate">{models.join(', ')}</span> : <Nothing />),
  },
  {
    id: 'environments',
    title: 'Environment',
    width: 104,
    cell: ({ environments }) => (environments.length > 0 ? <span className="truncate">{environments.join(', ')}</span> : <Nothing />),
  },
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
