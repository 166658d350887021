import { AppError, type Span, type Trace } from '@signalbox/schema'
import { traceIdOf } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { parameters } from './parameters.ts'
import { SPAN_COLUMNS, toSpan } from './span-columns.ts'
import { type SpanOfTrace, TRACE_COLUMNS, traceOfSpans } from './trace-of-spans.ts'
import { tracesById } from './traces-by-id.ts'

/** More spans than a browser can show; `trace.spanCount` tells how many there are. */
const MOST_SPANS = 20_000

/** One trace and its spans by start, the first 20,000. `traceRef` is our id or the one its client wrote. */
export async function getTrace(events: Events, projectId: string, traceRef: string): Promise<{ trace: Trace; spans: Span[] }> {
  const traceId = traceIdOf(projectId, traceRef)
  const { bind, values } = parameters()
  const newest = `
SELECT ${SPAN_COLUMNS}, ${TRACE_COLUMNS} FROM spans
WHERE projectId = ${bind('String', projectId)} AND traceId = ${bind('String', traceId)}
ORDER BY receivedAt DESC LIMIT 1 BY spanId`
  const rows = await events.query<SpanOfTrace>(`SELECT * FROM (${newest}) ORDER BY startedAtMicros, spanId LIMIT ${MOST_SPANS}`, values)
  const [first, ...others] = rows
  if (!first)
    throw new AppError('not-found', `There is no trace "${traceRef}" in this project.`, {
      hint: 'Check the id and the project. A call is readable about a second after it ended.',
    })
  const spans = rows.map(toSpan)
  if (rows.length < MOST_SPANS) return { trace: traceOfSpans([first, ...others]), spans }
  const known = await tracesById(events, projectId, { traceIds: [traceId] })
  return { trace: known.get(traceId)?.trace ?? traceOfSpans([first, ...others]), spans }
}
