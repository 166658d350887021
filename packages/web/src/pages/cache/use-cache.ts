import type { Filter, Measure } from '@signalbox/schema'
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { isoWindow } from '../../data/queries.ts'
import { useView } from '../../data/view.ts'
import { bucketFor, resolveTimeRange } from '../../lib/time-range.ts'

export type Outcome = 'given' | 'refused'

const FIGURES: Measure[] = ['cacheHits', 'cacheSemanticHits', 'cacheMisses', 'cacheHitRate', 'savedUsd', 'savedSeconds']
/** Calls that asked the cache. */
export const ASKED: Filter = { field: 'cache', op: 'exists' }

/** What the cache did in the chosen time: in all, over time, and by alias. */
export function useCache() {
  const { project, range, rangeKey, environment, environmentFilters } = useView()
  const filters = [ASKED, ...environmentFilters]
  const rows = (name: string, bucketed: boolean) => ({
    queryKey: [...keys.spans(project), 'cache', name, rangeKey, environment ?? ''],
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const window = resolveTimeRange(range, Date.now())
      const { rows: found } = await clientFor(project).query.run(
        {
          measures: FIGURES,
          filters,
          from: new Date(window.from).toISOString(),
          to: new Date(window.to).toISOString(),
          ...(bucketed && { bucket: bucketFor(window).bucket, limit: 10_000 }),
        },
        { signal },
      )
      return { rows: found, window }
    },
    placeholderData: keepPreviousData,
  })
  return {
    figures: useQuery(rows('figures', false)),
    timeline: useQuery(rows('timeline', true)),
    models: useQuery({
      queryKey: [...keys.spans(project), 'cache', 'models', rangeKey, environment ?? ''],
      queryFn: async ({ signal }) =>
        (await clientFor(project).cache.get({ ...isoWindow(range), ...(environment !== undefined && { environment }) }, { signal })).models,
      placeholderData: keepPreviousData,
    }),
  }
}

const PAGE = 20

/** Questions that were close to another one, newest first, a page at a time. */
export function useMatches(outcome: Outcome) {
  const { project, range, rangeKey } = useView()
  return useInfiniteQuery({
    queryKey: [...keys.spans(project), 'cache', 'matches', outcome, rangeKey],
    queryFn: ({ signal, pageParam }) =>
      clientFor(project).cache.hits({ ...isoWindow(range), outcome, limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  })
}

/** Gives kept answers up: all of them, those of one alias, or one that is wrong. */
export function useCacheChanges() {
  const { project } = useView()
  const cache = useQueryClient()
  const reread = () => cache.invalidateQueries({ queryKey: [...keys.spans(project), 'cache'] })
  return {
    purge: async (model: string | undefined) => {
      await clientFor(project).cache.purge(model === undefined ? {} : { model })
      await reread()
    },
    reject: async (match: { spanId: string; traceId: string }) => {
      await clientFor(project).cache.reject({ spanId: match.spanId, traceId: match.traceId })
      await reread()
    },
  }
}
