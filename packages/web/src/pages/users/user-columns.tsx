import type { EndUser } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCount } from '../../lib/format-number.ts'
import type { GridColumn } from '../../ui/row-grid.tsx'
import { Ago } from '../../ui/values.tsx'
import { Thumbs } from '../sessions/feedback.tsx'
import { GroupCost, UserLink } from '../sessions/session-columns.tsx'
import { FAILED, TracesOf } from '../sessions/traces-of.tsx'

const Nothing = () => <span className="text-faint">–</span>
const ofUser = (userId: string) => ({ field: 'userId', op: 'eq' as const, value: userId })

export const USER_COLUMNS: GridColumn<EndUser>[] = [
  { id: 'lastSeen', title: 'Last seen', width: 92, sort: 'lastSeen', cell: ({ lastSeen }) => <Ago time={lastSeen} /> },
  { id: 'userId', title: 'User', width: 120, grows: true, cell: ({ userId }) => <UserLink userId={userId} className="font-medium" /> },
  {
    id: 'traces',
    title: 'Traces',
    width: 72,
    align: 'right',
    sort: 'traces',
    cell: ({ userId, traces }) => (
      <TracesOf filters={[ofUser(userId)]} label={`${traces} traces of ${userId}`}>
        {formatCount(traces)}
      </TracesOf>
    ),
  },
  { id: 'sessions', title: 'Sessions', width: 82, align: 'right', sort: 'sessions', cell: (user) => <Sessions user={user} /> },
  {
    id: 'calls',
    title: 'Calls',
    tip: 'Calls of models',
    width: 66,
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
    cell: ({ userId, errors }) =>
      errors === 0 ? (
        <span className="text-faint">0</span>
      ) : (
        <span className="text-error">
          <TracesOf filters={[ofUser(userId), ...FAILED]} label={`${errors} errors of ${userId}`}>
            {formatCount(errors)}
          </TracesOf>
        </span>
      ),
  },
  {
    id: 'inputTokens',
    title: 'Tokens in',
    width: 104,
    align: 'right',
    cell: ({ inputTokens, outputTokens }) => (inputTokens + outputTokens === 0 ? <Nothing /> : formatCount(inputTokens)),
  },
  {
    id: 'outputTokens',
    title: 'Tokens out',
    width: 104,
    align: 'right',
    cell: ({ inputTokens, outputTokens }) => (inputTokens + outputTokens === 0 ? <Nothing /> : formatCount(outputTokens)),
  },
  {
    id: 'tokens',
    title: 'Tokens',
    width: 90,
    align: 'right',
    sort: 'totalTokens',
    cell: ({ inputTokens, outputTokens }) => (inputTokens + outputTokens === 0 ? <Nothing /> : formatCount(inputTokens + outputTokens)),
  },
  { id: 'costUsd', title: 'Cost (USD)', width: 100, align: 'right', sort: 'costUsd', cell: (user) => <GroupCost of={user} /> },
  { id: 'feedback', title: 'Feedback', tip: 'Scores named thumbs', width: 80, cell: ({ feedback }) => <Thumbs {...feedback} /> },
  {
    id: 'models',
    title: 'Models',
    width: 160,
    cell: ({ models }) => (models.length > 0 ? <span className="truncate">{models.join(', ')}</span> : <Nothing />),
  },
  {
    id: 'environments',
    title: 'Environment',
    width: 104,
    cell: ({ environments }) => (environments.length > 0 ? <span className="truncate">{environments.join(', ')}</span> : <Nothing />),
  },
  { id: 'firstSeen', title: 'First seen', tip: 'In this time', width: 96, cell: ({ firstSeen }) => <Ago time={firstSeen} /> },
]

export const USER_DEFAULTS = ['lastSeen', 'userId', 'traces', 'sessions', 'calls', 'errors', 'tokens', 'costUsd', 'feedback']

function Sessions({ user: { userId, sessions } }: { user: EndUser }) {
  const project = useProject()
  if (sessions === 0) return <span className="text-faint">0</span>
  return (
    <Link
      to="/p/$project/sessions"
      params={{ project }}
      search={{ filter: writeFilters([ofUser(userId)]) }}
      preload={false}
      aria-label={`${sessions} sessions of ${userId}`}
      className="hover:text-accent hover:underline"
    >
      {formatCount(sessions)}
    </Link>
  )
}
