import type { Events } from '../../store/ports.ts'
import { microTime, scope } from './conditions.ts'
import { type Parameters, parameters } from './parameters.ts'
import { type Asked, type GroupColumn, ofTraces } from './sessions-order.ts'

export type Final = '' | ' FINAL'
/** Sessions or users by their ids, and which of their traces count. */
export type Of = Asked & { projectId: string; column: GroupColumn; ids: readonly string[] }

/** A trace is hardly longer: what is older than this before a span that names the session is not looked through for the rest of its trace. */
const WEEK = 7 * 86_400_000_000
/** Ids of more traces than this are not read to be asked with: looking them up again costs less. */
const MOST_NAMED = 20_000

/** The traces in which a span names one of the ids, as a condition on a span: spelled out, they are found by their index. */
export type Named = (bound: Parameters) => string

export async function namedTraces(events: Events, of: Of, final: Final): Promise<Named> {
  const bound = parameters()
  const rows = await events.query<{ traceId: string; first: number }>(
    `SELECT traceId, min(toUnixTimestamp64Micro(startedAt)) AS first
FROM spans${final} WHERE ${naming(of, final, bound).join(' AND ')} GROUP BY traceId LIMIT ${MOST_NAMED + 1}`,
    bound.values,
  )
  if (rows.length > MOST_NAMED)
    return (within) => `traceId IN (SELECT traceId FROM spans${final} WHERE ${naming(of, final, within).join(' AND ')})`
  const traceIds = rows.map(({ traceId }) => traceId)
  const first = rows.reduce((least, row) => Math.min(least, row.first), Number.POSITIVE_INFINITY)
  return (within) =>
    [
      ...(traceIds.length > 0 ? [`startedAt >= ${microTime(first - WEEK, within)}`] : []),
      `traceId IN ${within.bind('Array(String)', traceIds)}`,
    ].join(' AND ')
}

/** Spans that name one of the ids, in traces that match. */
export const naming = ({ projectId, column, ids, ...asked }: Of, final: Final, bound: Parameters): string[] => [
  ...scope(projectId, asked, bound),
  `${column} IN ${bound.bind('Array(String)', ids)}`,
  ...ofTraces(projectId, asked, final, bound),
]
