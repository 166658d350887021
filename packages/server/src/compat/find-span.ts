import type { Span } from '@signalbox/schema'
import type { TraceQueries } from '../tracing/queries/trace-queries.ts'
import { windowOfUuid } from './uuids.ts'

/**
 * A span by its id alone, as other tools' clients ask. Most ids are of roots, which are their traces, or tell their time; all the rest
 * is only looked through for those that do neither.
 */
export async function findSpan(queries: TraceQueries, projectId: string, spanId: string): Promise<Span | undefined> {
  const field = { field: 'spanId', op: 'eq', value: spanId } as const
  const asks = [
    ...(spanId.length === 32 ? [{ filter: [{ field: 'traceId', op: 'eq', value: spanId } as const, field] }] : []),
    ...[windowOfUuid(spanId)].flatMap((window) => (window ? [{ ...window, filter: [field] }] : [])),
    { filter: [field] },
  ]
  for (const ask of asks) {
    const { spans } = await queries.spans(projectId, { ...ask, limit: 1 })
    if (spans[0]) return spans[0]
  }
  return undefined
}
