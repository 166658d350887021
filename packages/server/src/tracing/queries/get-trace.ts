import { AppError, type Span, type Trace } from '@signalbox/schema'
import { traceIdOf } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { parameters } from './parameters.ts'
import { SPAN_COLUMNS, type StoredSpan, toSpan } from './span-columns.ts'
import { tracesById } from './traces-by-id.ts'

/** More spans than a browser can show; `trace.spanCount` tells how many there are. */
const MOST_SPANS = 20_000

/** One trace and its spans by start, the first 20,000. `traceRef` is our id or the one its client wrote. */
export async function getTrace(events: Events, projectId: string, traceRef: string): Promise<{ trace: Trace; spans: Span[] }> {
  const traceId = traceIdOf(projectId, traceRef)
  const { bind, values } = parameters()
  const sql = `
SELECT ${SPAN_COLUMNS} FROM spans
WHERE projectId = ${bind('String', projectId)} AND traceId = ${bind('String', traceId)}
ORDER BY receivedAt DESC LIMIT 1 BY spanId`
  const [known, rows] = await Promise.all([
    tracesById(events, projectId, { traceIds: [traceId] }),
    events.query<StoredSpan>(`SELECT * FROM (${sql}) ORDER BY startedAtMicros, spanId LIMIT ${MOST_SPANS}`, values),
  ])
  const found = known.get(traceId)
  if (!found) throw noSuchTrace(traceRef)
  return { trace: found.trace, spans: rows.map(toSpan) }
}

/** Not found, and why that may be a matter of time. */
export const noSuchTrace = (traceRef: string): AppError =>
  new AppError('not-found', `There is no trace "${traceRef}" in this project.`, {
    hint: 'Check the id and the project. A call is readable about a second after it ended.',
  })
