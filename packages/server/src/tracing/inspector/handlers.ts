import { AppError } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import { type ReplayRooms, replayHandlers } from './replay.ts'

type Row = Record<string, string | number | boolean | Date | null>
const HOUR = 3_600_000
const MOST_SENDERS = 500

/** What came in, and what did not. Of the caller's project only. */
export function inspectorHandlers(rooms: ReplayRooms): HandlersOf<'ingest'> {
  const { sql } = rooms
  return {
    ...replayHandlers(rooms),
    'ingest.senders': async ({ from, to }, { caller }) => {
      const until = to ? new Date(to) : new Date()
      const since = from ? new Date(from) : new Date(until.getTime() - HOUR)
      const during = [caller.projectId, since, until]
      const where = 'project_id = $1 and minute >= date_trunc($$minute$$, $2::timestamptz) and minute <= $3'
      const [senders, reasons, minutes, lags] = await Promise.all([
        sql.query<Row>(
          `select sent.*, keys.name as key_name from (
             select key_id, sdk, endpoint, sum(requests) as requests, sum(accepted) as accepted, sum(rejected) as rejected, max(minute) as last_at
             from ingest_minutes where ${where} group by key_id, sdk, endpoint
             order by rejected desc, accepted desc, key_id, sdk, endpoint limit ${MOST_SENDERS}) as sent
           left join keys on keys.id = sent.key_id and keys.project_id = $1
           order by rejected desc, accepted desc, key_id, sdk, endpoint`,
          during,
        ),
        sql.query<Row>(
          `select key_id, sdk, endpoint, min(reason) as reason, sum(items) as items, max(minute) as last_at
           from ingest_reasons where ${where} group by key_id, sdk, endpoint, reason_hash order by items desc, reason limit 5000`,
          during,
        ),
        sql.query<Row>(
          `select minute, sum(accepted) as accepted, sum(rejected) as rejected from ingest_minutes where ${where} group by minute order by minute`,
          during,
        ),
        sql.query<Row>(
          `select key_id, sum(bodies) as bodies, sum(sum_ms) as sum_ms, max(max_ms) as max_ms from ingest_lag where ${where} group by key_id order by key_id`,
          during,
        ),
      ])
      const placeOf = (row: Row) => JSON.stringify([row.key_id, row.sdk, row.endpoint])
      const reasonsOf = Map.groupBy(reasons, placeOf)
      return {
        senders: senders.map((row) => ({
          keyId: String(row.key_id),
          keyName: row.key_name === null ? null : String(row.key_name),
          sdk: String(row.sdk),
          endpoint: String(row.endpoint),
          requests: Number(row.requests),
          accepted: Number(row.accepted),
          rejected: Number(row.rejected),
          lastAt: timeOf(row.last_at),
          reasons: (reasonsOf.get(placeOf(row)) ?? []).map(({ reason, items, last_at }) => ({
            reason: String(reason),
            items: Number(items),
            lastAt: timeOf(last_at),
          })),
        })),
        minutes: minutes.map(({ minute, accepted, rejected }) => ({
          minute: timeOf(minute),
          accepted: Number(accepted),
          rejected: Number(rejected),
        })),
        lags: lags.map(({ key_id, bodies, sum_ms, max_ms }) => ({
          keyId: String(key_id),
          bodies: Number(bodies),
          averageMs: Number(sum_ms) / Math.max(1, Number(bodies)),
          maxMs: Number(max_ms),
        })),
      }
    },
    'ingest.rejected': async ({ keyId, sdk, endpoint, limit, cursor }, { caller }) => {
      const [ms = '', id = ''] = cursor?.split('~') ?? []
      const before = cursor ? new Date(Number(ms)) : new Date(Date.now() + HOUR)
      if (Number.isNaN(before.getTime())) throw new AppError('invalid-request', 'The cursor is not one of ours.')
      const rows = await sql.query<Row>(
        `select id, at, key_id, sdk, endpoint, reason, message, body, bytes, cut, replayed_at, raw is not null as replayable
         from ingest_samples where project_id = $1 and ($2::text is null or key_id = $2) and ($3::text is null or sdk = $3)
           and ($4::text is null or endpoint = $4) and (date_trunc('milliseconds', at), id) < ($5::timestamptz, $6::text)
         order by date_trunc('milliseconds', at) desc, id desc limit $7`,
        [caller.projectId, keyId ?? null, sdk ?? null, endpoint ?? null, before, id, limit],
      )
      const last = rows.length === limit ? rows.at(-1) : undefined
      return {
        rejected: rows.map((row) => ({
          id: String(row.id),
          at: timeOf(row.at),
          keyId: String(row.key_id),
          sdk: String(row.sdk),
          endpoint: String(row.endpoint),
          reason: String(row.reason),
          message: String(row.message),
          body: row.body === null ? null : String(row.body),
          bytes: Number(row.bytes),
          cut: row.cut === true,
          replayable: row.replayable === true,
          replayedAt: row.replayed_at ? timeOf(row.replayed_at) : null,
        })),
        ...(last && { nextCursor: `${(last.at as Date).getTime()}~${last.id}` }),
      }
    },
  }
}

const timeOf = (value: Row[string] | undefined): string => (value as Date).toISOString()
