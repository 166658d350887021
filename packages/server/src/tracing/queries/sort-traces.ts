import { AppError, type Parsed, type Trace, type TraceSort } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { microTime, scope } from './conditions.ts'
import { readSortedCursor, type SortedPlace, writeSortedCursor } from './cursor.ts'
import { matchersOf } from './matchers.ts'
import { type Parameters, parameters } from './parameters.ts'
import { toMicros } from './time.ts'
import { tracesById } from './traces-by-id.ts'

const DAY = 86_400_000_000

type Order = Exclude<TraceSort, '-startedAt'>
type By = Order extends infer S ? (S extends `-${infer Name}` ? Name : S) : never

/** What a trace is sorted by, as a whole number over its spans, so that a cursor holds it exactly: microseconds, tokens, nano-USD. */
const VALUES: Record<By, string> = {
  startedAt: 'toUnixTimestamp64Micro(minIf(startedAt, entry = 1))',
  durationMs:
    'toInt64(greatest(0, round(max(toUnixTimestamp64Micro(startedAt) + durationMs * 1000) - toUnixTimestamp64Micro(min(startedAt)))))',
  costUsd: `sumIf(cost, usageRole = 'leaf')`,
  inputTokens: `toInt64(sumIf(inputTokens, usageRole = 'leaf'))`,
  outputTokens: `toInt64(sumIf(outputTokens, usageRole = 'leaf'))`,
  totalTokens: `toInt64(sumIf(inputTokens + outputTokens, usageRole = 'leaf'))`,
}
/** What is unknown comes last in both directions. */
const UNKNOWN = { DESC: -1, ASC: Number.MAX_SAFE_INTEGER }

/**
 * Traces by something else than newest first. There is no index for it: the spans of the time window are read, and a day
 * before and after it for spans of traces at its ends, so `from` must be given. Which traces there are, and which match, is
 * as in the list that is newest first.
 */
export async function sortTraces(
  events: Events,
  projectId: string,
  input: Parsed<'traces.list'> & { sort: Order },
): Promise<{ traces: Trace[]; nextCursor?: string }> {
  const { sort, from, limit } = input
  if (from === undefined)
    throw new AppError('invalid-request', `Sorted by ${sort}, the list needs \`from\`: without it all spans would have to be read.`, {
      hint: 'Send `from`, for example the start of the last 24 hours, or leave `sort` out.',
    })
  // One more than asked for tells whether there is a next page.
  const places = await sortedPlaces(events, projectId, { ...input, from })
  const page = places.slice(0, limit)
  const known = await tracesById(events, projectId, { traceIds: page.map(({ traceId }) => traceId), entriesSince: toMicros(from) })
  const last = page.at(-1)
  return {
    traces: page.flatMap(({ traceId }) => known.get(traceId)?.trace ?? []),
    ...(last && places.length > limit && { nextCursor: writeSortedCursor(sort, last) }),
  }
}

type Sorted = Parsed<'traces.list'> & { sort: Order; from: string }

function sortedPlaces(events: Events, projectId: string, input: Sorted): Promise<SortedPlace[]> {
  const { sort, from, to, cursor, limit } = input
  const bound = parameters()
  const { bind, values } = bound
  const direction = sort.startsWith('-') ? 'DESC' : 'ASC'
  const by = sort.replace('-', '') as By
  const start = toMicros(from)
  const end = to === undefined ? undefined : toMicros(to)
  const near = nearby({ projectId, start, end }, bound)
  const where = [...near]
  for (const matcher of matchersOf(input, ' FINAL'))
    where.push(`traceId IN (SELECT traceId FROM ${matcher.table} WHERE ${[...near, matcher.where(bound)].join(' AND ')})`)
  const having = ['max(entry) = 1', `minIf(startedAt, entry = 1) >= ${microTime(start, bound)}`]
  if (end !== undefined) having.push(`minIf(startedAt, entry = 1) < ${microTime(end, bound)}`)
  if (cursor !== undefined) {
    const after = readSortedCursor(sort, cursor)
    having.push(`(value, traceId) ${direction === 'DESC' ? '<' : '>'} (${bind('Int64', after.value)}, ${bind('String', after.traceId)})`)
  }
  // A span that was sent twice counts once. Rows of one key lie in one partition, so no merge across them is needed.
  return events.query<SortedPlace>(
    `SELECT traceId, ifNull(${VALUES[by]}, ${UNKNOWN[direction]}) AS value
FROM spans FINAL
WHERE ${where.join(' AND ')}
GROUP BY traceId
HAVING ${having.join(' AND ')}
ORDER BY value ${direction}, traceId ${direction}
LIMIT ${limit + 1}
SETTINGS do_not_merge_across_partitions_select_final = 1`,
    values,
  )
}

type Window = { projectId: string; start: number; end: number | undefined }

const nearby = ({ projectId, start, end }: Window, bound: Parameters): string[] => [
  ...scope(projectId, {}, bound),
  `startedAt >= ${microTime(start - DAY, bound)}`,
  ...(end === undefined ? [] : [`startedAt < ${microTime(end + DAY, bound)}`]),
]
