import type { EndUser } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCount } from '../../lib/format-number.ts'
import type { GridColumn } from '../../ui/row-grid.tsx'
import { Ago } from '../../ui/values.tsx'
import { figureColumns, Nothing } from '../sessions/figure-columns.tsx'
import { UserLink } from '../sessions/session-columns.tsx'
import { TracesOf } from '../sessions/traces-of.tsx'

const ofUser = (userId: string) => ({ field: 'userId', op: 'eq' as const, value: userId })
const FIGURES = figureColumns<EndUser>(({ userId }) => ({ id: userId, filter: ofUser(userId) }))

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
  FIGURES.calls,
  FIGURES.errors,
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
  FIGURES.tokens,
  FIGURES.costUsd,
  FIGURES.feedback,
  FIGURES.models,
  FIGURES.environments,
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
