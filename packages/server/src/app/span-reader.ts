import { AppError } from '@signalbox/schema'
import type { SpanReader } from '../datasets/spans.ts'
import type { TraceQueries } from '../tracing/queries/trace-queries.ts'

/** What datasets ask of spans, answered by the room that keeps them. */
export const spanReader = (queries: TraceQueries): SpanReader => ({
  async read(projectId, place) {
    try {
      return await queries.span(projectId, place)
    } catch (error) {
      if (error instanceof AppError && error.code === 'not-found') return undefined
      throw error
    }
  },
  find: (projectId, wanted) => queries.spans(projectId, wanted),
})
