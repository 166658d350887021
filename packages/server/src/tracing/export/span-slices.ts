import type { ExportQuery, SpanDetail } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { condition, microTime, scope } from '../queries/conditions.ts'
import type { Place } from '../queries/cursor.ts'
import { readPayload } from '../queries/get-span.ts'
import { once } from '../queries/once.ts'
import { parameters } from '../queries/parameters.ts'
import { SPAN_COLUMNS, type StoredSpan, toSpan } from '../queries/span-columns.ts'

/** Few enough that making them into text holds nobody up. */
const SLICE = 500
/** Inputs and outputs that are in memory at once. */
const MOST_BYTES = 16 * 1024 ** 2

export type Exported = Omit<SpanDetail, 'input' | 'output' | 'attributes'> & Partial<SpanDetail>

/**
 * The spans that match, oldest first, some hundred at a time. Each slice begins behind the last span of the one before, so what is
 * written meanwhile neither repeats nor moves them, and no query runs for longer than a slice takes.
 */
export async function* spanSlices(events: Events, projectId: string, query: ExportQuery): AsyncGenerator<Exported[]> {
  const final = await once(events, projectId, query)
  let after: Place | undefined
  while (true) {
    const bound = parameters()
    const where = [...scope(projectId, query, bound), ...(query.filter ?? []).map((one) => condition(one, bound))]
    if (after) {
      const at = microTime(after.startedAtMicros, bound)
      where.push(`startedAt >= ${at}`)
      where.push(`(startedAt, traceId, spanId) > (${at}, ${bound.bind('String', after.traceId)}, ${bound.bind('String', after.spanId)})`)
    }
    const rows = await read<StoredSpan>(
      events,
      `SELECT ${SPAN_COLUMNS} FROM spans${final} WHERE ${where.join(' AND ')}
ORDER BY startedAt, traceId, spanId, receivedAt DESC LIMIT 1 BY startedAt, traceId, spanId LIMIT ${SLICE}`,
      bound.values,
    )
    if (rows.length === 0) return
    if (query.content === 'true') for (const part of byBytes(rows)) yield await withPayloads(events, projectId, part)
    else yield rows.map(toSpan)
    after = rows.at(-1)
    if (rows.length < SLICE) return
  }
}

/** As many at once as their texts allow, at least one. */
function* byBytes(rows: StoredSpan[]): Generator<StoredSpan[]> {
  let part: StoredSpan[] = []
  let bytes = 0
  for (const row of rows) {
    const size = row.inputBytes + row.outputBytes
    if (part.length > 0 && bytes + size > MOST_BYTES) {
      yield part
      part = []
      bytes = 0
    }
    part.push(row)
    bytes += size
  }
  if (part.length > 0) yield part
}

type StoredPayload = { traceId: string; spanId: string; input: string; output: string; attributes: string }

async function withPayloads(events: Events, projectId: string, rows: StoredSpan[]): Promise<Exported[]> {
  const bound = parameters()
  const list = (name: 'traceId' | 'spanId') => bound.bind('Array(String)', [...new Set(rows.map((row) => row[name]))])
  const payloads = await read<StoredPayload>(
    events,
    `SELECT traceId, spanId, input, output, attributes FROM payloads FINAL
WHERE ${scope(projectId, {}, bound).join(' AND ')} AND traceId IN ${list('traceId')} AND spanId IN ${list('spanId')}
ORDER BY startedAt DESC LIMIT 1 BY traceId, spanId`,
    bound.values,
  )
  const byId = new Map(payloads.map((payload) => [`${payload.traceId}.${payload.spanId}`, payload]))
  return rows.map((row) => ({ ...toSpan(row), ...readPayload(byId.get(`${row.traceId}.${row.spanId}`)) }))
}

async function read<T>(events: Events, text: string, params: Record<string, unknown>): Promise<T[]> {
  const bytes = await events.aside('export', text, { params, format: 'JSONEachRow' })
  const lines = Buffer.from(bytes).toString('utf8').trimEnd()
  return lines === '' ? [] : lines.split('\n').map((line) => JSON.parse(line) as T)
}
