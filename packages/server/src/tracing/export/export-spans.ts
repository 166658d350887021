import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ExportQuery, SpanDetail } from '@signalbox/schema'
import { csvLine } from '../../lib/csv.ts'
import { Streamed } from '../../lib/streamed.ts'
import type { Events } from '../../store/ports.ts'
import { condition, scope } from '../queries/conditions.ts'
import { parameters } from '../queries/parameters.ts'
import { tableColumns } from '../queries/sql/tables.ts'
import { spanSlices } from './span-slices.ts'

type Rooms = { events: Events /** For files that are made whole before they are sent. */; folder: string }

const TYPES = { jsonl: 'application/x-ndjson', csv: 'text/csv; charset=utf-8', parquet: 'application/vnd.apache.parquet' } as const

/** All spans that match, as a file that is made while it is sent: a client that takes it slowly slows down the reading, and nothing piles up. */
export function exportSpans(rooms: Rooms, projectId: string, query: ExportQuery): Streamed {
  const pieces = { jsonl, csv, parquet }[query.format](rooms, projectId, query)
  return new Streamed(pieces, { contentType: TYPES[query.format], fileName: `spans-${projectId}.${query.format}` })
}

/** Each line is a span as `GET /api/v1/spans/{spanId}` answers it. */
async function* jsonl({ events }: Rooms, projectId: string, query: ExportQuery): AsyncGenerator<Uint8Array> {
  for await (const spans of spanSlices(events, projectId, query))
    yield Buffer.from(spans.map((span) => `${JSON.stringify(span)}\n`).join(''))
}

const PAYLOAD = ['input', 'output', 'attributes']
const COLUMNS = Object.keys(SpanDetail.shape)

async function* csv({ events }: Rooms, projectId: string, query: ExportQuery): AsyncGenerator<Uint8Array> {
  const columns = COLUMNS.filter((name) => query.content === 'true' || !PAYLOAD.includes(name))
  yield Buffer.from(csvLine(columns))
  for await (const spans of spanSlices(events, projectId, query))
    yield Buffer.from(spans.map((span) => csvLine(columns.map((name) => span[name as keyof typeof span]))).join(''))
}

/** The end of a Parquet file says where everything is, so the engine writes it to the disk first, a row group at a time. Columns are those of SQL. */
async function* parquet({ events, folder }: Rooms, projectId: string, query: ExportQuery): AsyncGenerator<Uint8Array> {
  const bound = parameters()
  const where = [...scope(projectId, query, bound), ...(query.filter ?? []).map((one) => condition(one, bound))].join(' AND ')
  const spans = `SELECT ${tableColumns('spans', bound)} FROM spans FINAL WHERE ${where}`
  const payloads = `SELECT traceId, spanId, input, output, attributes FROM payloads FINAL WHERE ${scope(projectId, query, bound).join(' AND ')}`
  const text =
    query.content === 'true'
      ? `SELECT * FROM (${spans}) AS s LEFT JOIN (${payloads}) AS p USING (traceId, spanId)`
      : `${spans} ORDER BY startedAt`
  const path = join(folder, `export-${randomUUID()}.parquet`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    await events.asideToFile(path, text, bound.values)
    for await (const piece of createReadStream(path, { highWaterMark: 1 << 18 })) yield piece as Uint8Array
  } finally {
    await rm(path, { force: true })
  }
}
