import { USAGE_BUCKETS, type Usage, usageColumn } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'

/** A call that was made, with what is needed to route it once more. Times are microseconds since 1970, cost nano-USD. */
export type PastCall = {
  spanId: string
  traceId: string
  startedAt: number
  provider: string
  model: string
  stream: boolean
  keyId: string
  userId: string
  sessionId: string
  environment: string
  tags: string[]
  metadata: Record<string, string>
  usage: Usage
  cost: number | null
  preview: string
  /** As it was sent; '' where it was not kept, or is too long to be read for this. */
  input: string
}

export type PastCallsOf = { projectId: string; model: string; from: string; to: string; limit: number }

/** Longer requests are not read: they would take the memory of many calls. */
const LONGEST_INPUT = 262_144
/** Payloads that are read at once. */
const BATCH = 100

type Row = Omit<PastCall, 'usage' | 'stream' | 'input'> & { stream: number } & Record<string, unknown>
type Payload = { spanId: string; traceId: string; input: string; provider: string; model: string }

/** The newest calls of an alias through the gateway that were answered by a target, and whether there were more. */
export async function pastCalls(
  events: Events,
  { projectId, model, from, to, limit }: PastCallsOf,
): Promise<{ calls: PastCall[]; more: boolean }> {
  const rows = await events.query<Row>(
    `SELECT spanId, traceId, toUnixTimestamp64Micro(startedAt) AS startedAtMicros, provider, model, stream, keyId, userId, sessionId,
       environment, tags, metadata, cost, inputPreview AS preview, ${USAGE_BUCKETS.map(usageColumn).join(', ')}
     FROM spans
     WHERE projectId = {projectId:String} AND startedAt >= parseDateTime64BestEffort({from:String}, 6) AND startedAt < parseDateTime64BestEffort({to:String}, 6)
       AND requestModel = {model:String} AND source = 'gateway' AND kind IN ('llm', 'embedding') AND attempts > 0
     ORDER BY startedAt DESC LIMIT {limit:UInt32}`,
    { projectId, model, from, to, limit: limit + 1 },
  )
  const found = rows.slice(0, limit)
  const payloads = new Map<string, Payload>()
  for (let start = 0; start < found.length; start += BATCH) {
    const batch = found.slice(start, start + BATCH)
    const read = await events.query<Payload>(
      `SELECT spanId, traceId, if(length(input) <= {longest:UInt32}, input, '') AS input,
         ${answeredBy('provider')} AS provider, ${answeredBy('model')} AS model
       FROM payloads
       WHERE projectId = {projectId:String} AND traceId IN {traceIds:Array(String)} AND spanId IN {spanIds:Array(String)}`,
      { projectId, longest: LONGEST_INPUT, traceIds: batch.map(({ traceId }) => traceId), spanIds: batch.map(({ spanId }) => spanId) },
    )
    for (const payload of read) payloads.set(`${payload.traceId}/${payload.spanId}`, payload)
  }
  return { more: rows.length > limit, calls: found.map((row) => pastCall(row, payloads.get(`${row.traceId}/${row.spanId}`))) }
}

/** Where the last try went; in calls of before tries were kept, where the call went. */
const answeredBy = (what: 'provider' | 'model'): string =>
  `coalesce(nullIf(JSONExtractString(attributes, 'attempts', -1, '${what}'), ''), JSONExtractString(attributes, 'target', '${what}'))`

function pastCall(row: Row, payload: Payload | undefined): PastCall {
  const { spanId, traceId, keyId, userId, sessionId, environment, tags, metadata, cost, preview } = row
  return {
    spanId,
    traceId,
    startedAt: Number(row.startedAtMicros),
    // The span has the model by the name that answered; the target is what it was asked as.
    provider: payload?.provider || row.provider,
    model: payload?.model || row.model,
    stream: row.stream === 1,
    keyId,
    userId,
    sessionId,
    environment,
    tags,
    metadata,
    usage: Object.fromEntries(USAGE_BUCKETS.map((bucket) => [bucket, Number(row[usageColumn(bucket)])])) as Usage,
    cost,
    preview,
    input: payload?.input ?? '',
  }
}
