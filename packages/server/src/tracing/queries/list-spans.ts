import type { Output, Parsed } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { condition, microTime, scope, searchCondition } from './conditions.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { contentCondition } from './full-text.ts'
import { once } from './once.ts'
import { parameters } from './parameters.ts'
import { SPAN_COLUMNS, type StoredSpan, toSpan } from './span-columns.ts'

/** Spans that match all filters, newest first by their start, each on its own: a list of calls rather than of traces. */
export async function listSpans(
  events: Events,
  projectId: string,
  { filter = [], search, in: searched, from, to, limit, cursor }: Parsed<'spans.list'>,
): Promise<Output<'spans.list'>> {
  const bound = parameters()
  const where = [...scope(projectId, { from, to }, bound), ...filter.map((one) => condition(one, bound))]
  if (search && searched === 'content') {
    const payloads = [...scope(projectId, { from, to }, bound), contentCondition(search, bound)]
    where.push(`(traceId, spanId) IN (SELECT traceId, spanId FROM payloads WHERE ${payloads.join(' AND ')})`)
  } else if (search) where.push(searchCondition(search, bound))
  if (cursor !== undefined) {
    const after = readCursor(cursor)
    const at = microTime(after.startedAtMicros, bound)
    where.push(`startedAt <= ${at}`)
    where.push(`(startedAt, traceId, spanId) < (${at}, ${bound.bind('String', after.traceId)}, ${bound.bind('String', after.spanId)})`)
  }
  const pageSize = bound.bind('UInt32', limit + 1)
  // Only what a span was told to be last may be filtered by. Found by the columns that it takes; the others are read of those found.
  if ((filter.length > 0 || search) && (await once(events, projectId, { from, to }))) {
    const found = `SELECT startedAt, traceId, spanId FROM spans FINAL WHERE ${where.join(' AND ')} ${NEWEST} LIMIT ${pageSize}`
    where.splice(0, where.length, ...scope(projectId, { from, to }, bound), `(startedAt, traceId, spanId) IN (${found})`)
  }
  // One more than asked for tells whether there is a next page. A span that was sent twice is shown as it was received last.
  const rows = await events.query<StoredSpan>(
    `SELECT ${SPAN_COLUMNS} FROM spans WHERE ${where.join(' AND ')}
${NEWEST}, receivedAt DESC
LIMIT 1 BY startedAt, traceId, spanId
LIMIT ${pageSize}`,
    bound.values,
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { spans: page.map(toSpan), ...(last && rows.length > limit && { nextCursor: writeCursor(last) }) }
}

const NEWEST = 'ORDER BY startedAt DESC, traceId DESC, spanId DESC'
