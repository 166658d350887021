import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useOnNewSpans } from '../../data/live.ts'
import { traceQuery } from '../../data/queries.ts'

/** A trace that began longer ago than this gets no more spans worth waiting for. */
const RUNNING = 15 * 60_000

/** One trace; one that may still be running is read again when new spans arrive. */
export function useTrace(project: string, traceId: string) {
  const query = useQuery(traceQuery(project, traceId))
  const cache = useQueryClient()
  useOnNewSpans(() => {
    const trace = query.data?.trace
    if (trace && Date.now() - Date.parse(trace.startedAt) - trace.durationMs > RUNNING) return
    cache.invalidateQueries({ queryKey: traceQuery(project, traceId).queryKey, exact: true })
  })
  return query
}
