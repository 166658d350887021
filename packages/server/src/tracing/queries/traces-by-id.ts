import { type Trace, toUsd } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { parameters } from './parameters.ts'
import { toIso } from './time.ts'
import { MOST_MODELS, MOST_TAGS } from './trace-of-spans.ts'

const DAY = 86_400_000_000

export type KnownTrace = {
  trace: Trace
  /** The earliest entry span, at which a list shows the trace; null where none is marked. */
  entry: { spanId: string; startedAtMicros: number } | null
}

/**
 * Traces as their spans make them, by id; unknown ids are absent.
 *
 * The face of a trace is its root (the earliest span without a parent), else its earliest entry, else its earliest span:
 * name and status are that span's. So a trace that recovered from an error is ok, and `errorCount` says that there was one.
 * Previews, session, user and environment come from the face, or from the earliest span that has one. The output is the
 * face's, or of the span that ended last. Tokens and cost are summed over leaf spans. The first token counts from the start of the trace.
 *
 * `entriesSince` spares the search in older data where it is known that no entry of these traces is older (microseconds
 * since 1970): spans may start before the entry of their trace by what clocks differ, so by a day at most.
 */
export async function tracesById(
  events: Events,
  projectId: string,
  { traceIds, entriesSince }: { traceIds: readonly string[]; entriesSince?: number },
): Promise<Map<string, KnownTrace>> {
  if (traceIds.length === 0) return new Map()
  const { bind, values } = parameters()
  const where = [`projectId = ${bind('String', projectId)}`, `traceId IN ${bind('Array(String)', traceIds)}`]
  if (entriesSince !== undefined) where.push(`startedAt >= fromUnixTimestamp64Micro(${bind('Int64', entriesSince - DAY)})`)
  const rows = await events.query<StoredTrace>(traceSql(where.join(' AND ')), values)
  return new Map(rows.map((row) => [row.traceId, { trace: toTrace(row), entry: row.entry[0] ?? null }]))
}

type StoredTrace = Omit<Trace, 'startedAt' | 'costUsd'> & {
  startedAtMicros: number
  cost: number | null
  entry: { spanId: string; startedAtMicros: number }[]
  externalId: string
  sessionId: string
  userId: string
  environment: string
}

/** A span that was sent twice counts once: the last received. */
const traceSql = (where: string) => `
SELECT
  traceId,
  argMinIf(externalId, face, externalId != '') AS externalId,
  argMin(name, face) AS name,
  min(startedMicros) AS startedAtMicros,
  greatest(0, round((max(startedMicros + durationMs * 1000) - min(startedMicros)) / 1000, 3)) AS durationMs,
  argMin(status, face) AS status,
  count() AS spanCount,
  countIf(status IN ('error', 'interrupted')) AS errorCount,
  sumIf(inputTokens, usageRole = 'leaf') AS inputTokens,
  sumIf(outputTokens, usageRole = 'leaf') AS outputTokens,
  sumIf(cost, usageRole = 'leaf') AS cost,
  countIf(usageRole = 'leaf' AND isNull(cost) AND inputTokens + outputTokens > 0) AS unpricedCount,
  round(minIf(startedMicros / 1000 + firstTokenMs, isNotNull(firstTokenMs)) - min(startedMicros) / 1000, 3) AS firstTokenMs,
  arraySlice(arraySort(groupUniqArrayIf(model, model != '')), 1, ${MOST_MODELS}) AS models,
  argMinIf(sessionId, face, sessionId != '') AS sessionId,
  argMinIf(userId, face, userId != '') AS userId,
  argMinIf(environment, face, environment != '') AS environment,
  arraySlice(arraySort(groupUniqArrayArray(tags)), 1, ${MOST_TAGS}) AS tags,
  argMinIf(inputPreview, face, inputPreview != '') AS inputPreview,
  argMinIf(outputPreview, (parentId != '', entry = 0, -(startedMicros + durationMs * 1000)), outputPreview != '') AS outputPreview,
  arraySlice(arraySort(groupArrayIf(tuple(startedMicros, spanId)::Tuple(startedAtMicros Int64, spanId String), entry = 1)), 1, 1) AS entry
FROM
(
  SELECT
    traceId, spanId, parentId, externalId, entry, name, status, durationMs, firstTokenMs, environment, userId, sessionId, tags, model,
    usageRole, inputTokens, outputTokens, cost, inputPreview, outputPreview,
    toUnixTimestamp64Micro(startedAt) AS startedMicros,
    (parentId != '', entry = 0, startedMicros, spanId) AS face
  FROM spans
  WHERE ${where}
  ORDER BY receivedAt DESC
  LIMIT 1 BY traceId, spanId
)
GROUP BY traceId
SETTINGS prefer_column_name_to_alias = 1`

function toTrace({ startedAtMicros, cost, entry: _, ...row }: StoredTrace): Trace {
  return {
    ...row,
    startedAt: toIso(startedAtMicros),
    costUsd: toUsd(cost),
    externalId: row.externalId || null,
    sessionId: row.sessionId || null,
    userId: row.userId || null,
    environment: row.environment || null,
  }
}
