import { AppError, type Parsed } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { microTime, scope } from './conditions.ts'
import { matchersOf } from './matchers.ts'
import { once } from './once.ts'
import { type Parameters, parameters } from './parameters.ts'
import { toMicros } from './time.ts'

/** What traces are put together by. */
export type GroupColumn = 'sessionId' | 'userId'
/** Which traces count: those of the time that match. */
export type Asked = Pick<Parsed<'sessions.list'>, 'from' | 'to' | 'filter' | 'search' | 'in'>
export type By = 'last' | 'costUsd' | 'traces' | 'sessions' | 'calls' | 'errors' | 'totalTokens'
export type Order = { by: By; descending: boolean }

/** `-lastAt` of the API as what is sorted by, and in which direction. */
export function orderOf(sort: string): Order {
  const name = sort.replace('-', '')
  return { by: name === 'lastAt' || name === 'lastSeen' ? 'last' : (name as By), descending: sort.startsWith('-') }
}

/** The traces that match, as conditions on a span: none where nothing is asked of them. */
export function ofTraces(projectId: string, { from, to, ...asked }: Asked, final: '' | ' FINAL', bound: Parameters): string[] {
  return matchersOf(asked, final).map(
    (matcher) =>
      `traceId IN (SELECT traceId FROM ${matcher.table} WHERE ${[...scope(projectId, { from, to }, bound), matcher.where(bound)].join(' AND ')})`,
  )
}

const DAY = 86_400_000_000
/** Newest first, so most lists are answered by the newest days. */
const PIECES = [DAY, 7 * DAY, 56 * DAY, Number.POSITIVE_INFINITY]

type List = Asked & { column: GroupColumn; sort: string; limit: number; cursor: string | undefined }

/** The ids of a page of sessions or users in their order, and where the next page begins. */
export async function pageOf(events: Events, projectId: string, list: List): Promise<{ ids: string[]; nextCursor?: string }> {
  const order = orderOf(list.sort)
  if (order.by !== 'last' && list.from === undefined)
    throw new AppError('invalid-request', `Sorted by ${list.sort}, the list needs \`from\`: without it all spans would have to be read.`, {
      hint: 'Send `from`, for example the start of the last 24 hours, or leave `sort` out.',
    })
  const final = await once(events, projectId, list)
  const after = list.cursor === undefined ? null : readCursor(list.sort, list.cursor)
  const places =
    order.by === 'last' && order.descending
      ? await lastActive(events, projectId, { ...list, final, after })
      : await sorted(events, projectId, { ...list, order, final, after })
  const page = places.slice(0, list.limit)
  const last = page.at(-1)
  return { ids: page.map(({ id }) => id), ...(last && places.length > list.limit && { nextCursor: writeCursor(list.sort, last) }) }
}

/** `hash` tells apart what stands at the same value: ids are of any length, and a cursor is not. */
type Place = { id: string; value: number; hash: string }
type Reading = List & { final: '' | ' FINAL'; after: Place | null }

const HASH = 'toString(cityHash64(id))'
const behind = (after: Omit<Place, 'id'>, descending: boolean, { bind }: Parameters): string =>
  `(value, cityHash64(id)) ${descending ? '<' : '>'} (${bind('Int64', after.value)}, ${bind('UInt64', after.hash)})`

/**
 * By the newest span that names them. What is active in a piece of time is not in an older one with another value, so the pieces
 * are read from the newest on, until there are enough.
 */
async function lastActive(events: Events, projectId: string, list: Reading): Promise<Place[]> {
  const { column, limit, final, after } = list
  const oldest = list.from === undefined ? Number.NEGATIVE_INFINITY : toMicros(list.from)
  const newest = Math.min(after?.value ?? Number.POSITIVE_INFINITY, list.to === undefined ? Date.now() * 1000 : toMicros(list.to))
  const found: Place[] = []
  for (const [at, piece] of PIECES.entries()) {
    const lowest = newest - piece
    const before = at === 0 ? null : newest - (PIECES[at - 1] ?? 0)
    const bound = parameters()
    const where = [...scope(projectId, list, bound), `${column} != ''`, ...ofTraces(projectId, list, final, bound)]
    // Up to the end of the list, since what was active later than this piece is known by that, and listed already.
    if (lowest > oldest) where.push(`startedAt >= ${microTime(lowest, bound)}`)
    const having = [
      ...(before === null ? [] : [`value < ${bound.bind('Int64', before)}`]),
      ...(after === null ? [] : [behind(after, true, bound)]),
    ]
    const rows = await events.query<Place>(
      `SELECT ${column} AS id, max(toUnixTimestamp64Micro(startedAt)) AS value, ${HASH} AS hash
FROM spans${final} WHERE ${where.join(' AND ')}
GROUP BY id${having.length > 0 ? ` HAVING ${having.join(' AND ')}` : ''}
ORDER BY value DESC, cityHash64(id) DESC
LIMIT ${limit + 1 - found.length}`,
      bound.values,
    )
    found.push(...rows)
    if (found.length > limit || lowest <= oldest) break
  }
  return found
}

/** A value of one trace, and how those of the traces of a session or a user come together. */
const VALUES: Record<By, { ofTrace: (column: GroupColumn) => string; together: string }> = {
  last: { ofTrace: (column) => `maxIf(toUnixTimestamp64Micro(startedAt), ${column} != '')`, together: 'max(v)' },
  costUsd: { ofTrace: () => `sumIf(cost, usageRole = 'leaf')`, together: 'sum(v)' },
  traces: { ofTrace: () => '1', together: 'count()' },
  sessions: { ofTrace: () => `groupUniqArrayIf(sessionId, sessionId != '')`, together: 'uniqExactArray(v)' },
  calls: { ofTrace: () => `countIf(kind IN ('llm', 'embedding') AND status != 'running')`, together: 'sum(v)' },
  errors: { ofTrace: () => `max(status IN ('error', 'interrupted') AND operation != 'attempt')`, together: 'sum(v)' },
  totalTokens: { ofTrace: () => `sumIf(inputTokens + outputTokens, usageRole = 'leaf')`, together: 'sum(v)' },
}
/** What is unknown comes last in both directions. */
const UNKNOWN = { DESC: -1, ASC: Number.MAX_SAFE_INTEGER }

/** By what their traces add up to. There is no index for it: all spans of the time are read. */
function sorted(events: Events, projectId: string, { order, ...list }: Reading & { order: Order }): Promise<Place[]> {
  const { column, limit, final, after } = list
  const bound = parameters()
  const { ofTrace, together } = VALUES[order.by]
  const direction = order.descending ? 'DESC' : 'ASC'
  const where = [...scope(projectId, list, bound), ...ofTraces(projectId, list, final, bound)]
  return events.query<Place>(
    `SELECT id, toInt64(ifNull(${together}, ${UNKNOWN[direction]})) AS value, ${HASH} AS hash
FROM (
  SELECT groupUniqArrayIf(${column}, ${column} != '') AS ids, ${ofTrace(column)} AS v
  FROM spans${final} WHERE ${where.join(' AND ')}
  GROUP BY traceId
  HAVING notEmpty(ids)
)
ARRAY JOIN ids AS id
GROUP BY id${after === null ? '' : ` HAVING ${behind(after, order.descending, bound)}`}
ORDER BY value ${direction}, cityHash64(id) ${direction}
LIMIT ${limit + 1}`,
    bound.values,
  )
}

const writeCursor = (sort: string, { value, hash }: Place): string => Buffer.from(`${sort}.${value}.${hash}`).toString('base64url')

function readCursor(sort: string, cursor: string): Place {
  const match = /^(-?[a-zA-Z]+)\.(-?\d{1,16})\.(\d{1,20})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match || match[1] !== sort)
    throw new AppError('invalid-request', 'The cursor is not one of ours, or belongs to a list in another order.', {
      hint: 'Send `nextCursor` as it was answered, with the same `sort`, or none.',
    })
  return { id: '', value: Number(match[2]), hash: match[3] ?? '' }
}
