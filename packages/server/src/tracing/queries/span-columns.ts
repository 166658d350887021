import { type Span, toUsd, USAGE_BUCKETS, type Usage, usageColumn } from '@signalbox/schema'
import { toIso } from './time.ts'

/** What a query must select so that `toSpan` can answer. Times under names of their own: an alias would hide the column. */
export const SPAN_COLUMNS = `
  spanId, traceId, parentId, kind, name, source, status, errorType, statusMessage,
  toUnixTimestamp64Micro(startedAt) AS startedAtMicros, durationMs, firstTokenMs,
  environment, service, release, userId, sessionId, tags, metadata,
  provider, model, requestModel, operation, stream, finishReason, keyId, attempts,
  ${USAGE_BUCKETS.map(usageColumn).join(', ')},
  usageSource, usageRole, inputTokens, outputTokens, cost, costParts, priceVersion,
  cache, savedCost, savedMs, similarity,
  promptName, promptVersion, promptHash,
  inputPreview, outputPreview, inputBytes, outputBytes, scope`

type UsageColumns = { [B in keyof Usage as `usage${Capitalize<B>}`]: number }
/** A row as `SPAN_COLUMNS` select it. */
export type StoredSpan = UsageColumns &
  Pick<Span, 'spanId' | 'traceId' | 'kind' | 'name' | 'source' | 'status' | 'durationMs' | 'firstTokenMs' | 'tags' | 'metadata'> &
  Pick<Span, 'attempts' | 'usageSource' | 'usageRole' | 'inputTokens' | 'outputTokens' | 'inputPreview' | 'outputPreview'> &
  Pick<Span, 'inputBytes' | 'outputBytes' | 'savedMs' | 'similarity'> &
  Record<(typeof OPTIONAL)[number], string> & {
    startedAtMicros: number
    stream: number
    cost: number | null
    savedCost: number | null
    costParts: Record<string, number>
  }

/** Stored as '' when absent, answered as null. */
const OPTIONAL = [
  'parentId',
  'errorType',
  'statusMessage',
  'environment',
  'service',
  'release',
  'userId',
  'sessionId',
  'provider',
  'model',
  'requestModel',
  'operation',
  'finishReason',
  'keyId',
  'priceVersion',
  'cache',
  'promptName',
  'promptVersion',
  'promptHash',
  'scope',
] as const

/** A stored row as the API answers it. */
export function toSpan(row: StoredSpan): Span {
  const optional = Object.fromEntries(OPTIONAL.map((name) => [name, row[name] || null])) as Record<(typeof OPTIONAL)[number], string | null>
  return {
    ...optional,
    spanId: row.spanId,
    traceId: row.traceId,
    kind: row.kind,
    name: row.name,
    source: row.source,
    status: row.status,
    startedAt: toIso(row.startedAtMicros),
    durationMs: row.durationMs,
    firstTokenMs: row.firstTokenMs,
    tags: row.tags,
    metadata: row.metadata,
    stream: row.stream === 1,
    attempts: row.attempts,
    usage: Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, row[usageColumn(bucket)]])) as Usage,
    usageSource: row.usageSource,
    usageRole: row.usageRole,
    inputTokens: row.inputTokens,
    outputTokens: row.outputTokens,
    costUsd: toUsd(row.cost),
    costParts: Object.fromEntries(Object.entries(row.costParts).map(([bucket, nano]) => [bucket, toUsd(nano) ?? '0'])),
    savedUsd: toUsd(row.savedCost),
    savedMs: row.savedMs,
    similarity: row.similarity,
    inputPreview: row.inputPreview,
    outputPreview: row.outputPreview,
    inputBytes: row.inputBytes,
    outputBytes: row.outputBytes,
  }
}
