import { FRAME, type IngestHeader, type IngestReport } from '@signalbox/schema'
import { newId, sha256 } from '../../lib/ids.ts'
import type { SqlSession } from '../../store/ports.ts'
import { storableText } from '../storable.ts'

type Frame = { kind: number; header: string; body: Buffer }
/** The last refused payloads that a project keeps. */
const SAMPLES = 100
const MINUTE = 60_000
export const KEPT_DAYS = 8

/** Adds what a batch tells of ingest: the reports of its edge, and how long its bodies were on the way. In the transaction of the batch, so once. */
export async function noteIngest(tx: SqlSession, frames: readonly Frame[], now = Date.now()): Promise<void> {
  await noteLag(tx, frames, now)
  for (const { kind, body } of frames) {
    if (kind !== FRAME.report) continue
    const report = JSON.parse(body.toString('utf8')) as IngestReport
    await noteReport(tx, report)
  }
}

async function noteLag(tx: SqlSession, frames: readonly Frame[], now: number): Promise<void> {
  const lags = new Map<string, { project_id: string; key_id: string; bodies: number; sum_ms: number; max_ms: number }>()
  for (const { kind, header } of frames) {
    if (kind !== FRAME.ingest) continue
    const { projectId, keyId, receivedAt } = headerOf(header) ?? {}
    if (projectId === undefined || keyId === undefined || receivedAt === undefined) continue
    const ms = Math.max(0, Math.round(now - receivedAt / 1000))
    const key = `${projectId}\n${keyId}`
    const known = lags.get(key)
    if (known) {
      known.bodies++
      known.sum_ms += ms
      known.max_ms = Math.max(known.max_ms, ms)
    } else lags.set(key, { project_id: projectId, key_id: keyId, bodies: 1, sum_ms: ms, max_ms: ms })
  }
  if (lags.size === 0) return
  const rows = [...lags].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  await tx.query(
    `insert into ingest_lag (project_id, minute, key_id, bodies, sum_ms, max_ms)
     select project_id, $2, key_id, bodies, sum_ms, max_ms
     from json_to_recordset($1::text::json) as lag (project_id text, key_id text, bodies bigint, sum_ms bigint, max_ms bigint)
     on conflict (project_id, minute, key_id) do update set bodies = ingest_lag.bodies + excluded.bodies,
       sum_ms = ingest_lag.sum_ms + excluded.sum_ms, max_ms = greatest(ingest_lag.max_ms, excluded.max_ms)`,
    [JSON.stringify(rows), minuteOf(now)],
  )
}

async function noteReport(tx: SqlSession, { at, senders, samples }: IngestReport): Promise<void> {
  const minute = minuteOf(at)
  // Always in the same order, so that two cores cannot wait for each other.
  const sorted = [...senders].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
  const rows = sorted.map((sender) => ({
    project_id: sender.projectId,
    key_id: sender.keyId,
    sdk: storableText(sender.sdk),
    endpoint: storableText(sender.endpoint),
    requests: sender.requests,
    accepted: sender.accepted,
    rejected: sender.rejected,
  }))
  await tx.query(
    `insert into ingest_minutes (project_id, minute, key_id, sdk, endpoint, requests, accepted, rejected)
     select project_id, $2, key_id, sdk, endpoint, sum(requests), sum(accepted), sum(rejected)
     from json_to_recordset($1::text::json) as sender (project_id text, key_id text, sdk text, endpoint text, requests bigint, accepted bigint, rejected bigint)
     group by project_id, key_id, sdk, endpoint order by project_id, key_id, sdk, endpoint
     on conflict (project_id, minute, key_id, sdk, endpoint) do update set requests = ingest_minutes.requests + excluded.requests,
       accepted = ingest_minutes.accepted + excluded.accepted, rejected = ingest_minutes.rejected + excluded.rejected`,
    [JSON.stringify(rows), minute],
  )
  const reasons = sorted.flatMap((sender, index) =>
    sender.reasons.map(({ reason, count }) => {
      const text = storableText(reason)
      return { ...rows[index], reason: text, reason_hash: sha256(text).slice(0, 32), items: count }
    }),
  )
  if (reasons.length > 0)
    await tx.query(
      `insert into ingest_reasons (project_id, minute, key_id, sdk, endpoint, reason_hash, reason, items)
       select project_id, $2, key_id, sdk, endpoint, reason_hash, min(reason), sum(items)
       from json_to_recordset($1::text::json) as one (project_id text, key_id text, sdk text, endpoint text, reason_hash text, reason text, items bigint)
       group by project_id, key_id, sdk, endpoint, reason_hash order by project_id, key_id, sdk, endpoint, reason_hash
       on conflict (project_id, minute, key_id, sdk, endpoint, reason_hash) do update set items = ingest_reasons.items + excluded.items`,
      [JSON.stringify(reasons), minute],
    )
  await keepSamples(tx, samples)
}

async function keepSamples(tx: SqlSession, samples: IngestReport['samples']): Promise<void> {
  for (const { projectId, keyId, sdk, endpoint, reason, message, at, body, again } of samples)
    await tx.query(
      `insert into ingest_samples (id, project_id, at, key_id, sdk, endpoint, reason, message, body, bytes, cut, method, path, content_type, raw)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, decode($15::text, 'base64'))`,
      [
        newId('bad'),
        projectId,
        new Date(at),
        keyId,
        storableText(sdk),
        storableText(endpoint),
        storableText(reason),
        storableText(message),
        body && storableText(body.text),
        body?.bytes ?? 0,
        body?.cut ?? false,
        again?.method ?? null,
        again ? storableText(again.path) : null,
        again ? storableText(again.contentType) : null,
        again?.body ?? null,
      ],
    )
  for (const projectId of new Set(samples.map((sample) => sample.projectId)))
    await tx.query(
      `delete from ingest_samples where project_id = $1 and id not in
         (select id from ingest_samples where project_id = $1 order by at desc, id limit $2)`,
      [projectId, SAMPLES],
    )
}

/** Forgets what is older than the page shows. */
export async function forgetIngest(sql: SqlSession): Promise<void> {
  for (const [table, column] of [
    ['ingest_minutes', 'minute'],
    ['ingest_reasons', 'minute'],
    ['ingest_lag', 'minute'],
    ['ingest_samples', 'at'],
  ])
    await sql.query(`delete from ${table} where ${column} < now() - interval '${KEPT_DAYS} days'`)
}

const minuteOf = (ms: number): Date => new Date(Math.floor(ms / MINUTE) * MINUTE)
const nameOf = ({ projectId, keyId, sdk, endpoint }: IngestReport['senders'][number]): string =>
  JSON.stringify([projectId, keyId, sdk, endpoint])

function headerOf(header: string): IngestHeader | undefined {
  try {
    return JSON.parse(header) as IngestHeader
  } catch {
    return undefined
  }
}
