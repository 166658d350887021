import type { Filter, SearchIn, Trace, TraceSort } from '@signalbox/schema'
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { useOnNewSpans } from '../../data/live.ts'
import { isoWindow } from '../../data/queries.ts'
import { useView } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { countNew, mergeHead, type TracePage, type TracePages } from './merge-head.ts'
import { NEWEST_FIRST } from './trace-order.ts'

const PAGE = 100

type Options = { filters: Filter[]; search: string; searchIn: SearchIn; order: TraceSort; isAtTop: () => boolean }

/**
 * The traces that match, page by page. Newest first, new ones wait in `waiting` unless the list is at its top; in another
 * order they come when the list is read again, because the server has to look at all spans of the time for it.
 */
export function useTraceList({ filters, search, searchIn, order, isAtTop }: Options) {
  const { project, range, rangeKey, environmentFilters } = useView()
  const cache = useQueryClient()
  const all = [...environmentFilters, ...filters]
  const newestFirst = order === NEWEST_FIRST
  const listKey = [...keys.traceList(project), rangeKey, writeFilters(all) ?? '', search, search && searchIn]
  const queryKey = newestFirst ? listKey : [...listKey, order]
  const keyText = queryKey.join('\n')
  const [waiting, setWaiting] = useState<{ key: string; count: number; head: TracePage } | null>(null)
  const busy = useRef(false)

  const read = (cursor: string | undefined, signal?: AbortSignal): Promise<TracePage> =>
    clientFor(project).traces.list(
      {
        ...isoWindow(range),
        limit: PAGE,
        ...(all.length > 0 && { filter: all }),
        ...(search && { search, in: searchIn }),
        ...(!newestFirst && { sort: order }),
        ...(cursor && { cursor }),
      },
      signal && { signal },
    )
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: TracePage) => page.nextCursor,
    placeholderData: keepPreviousData,
    // Pages are never read again all at once: the newest one is merged in instead.
    staleTime: Number.POSITIVE_INFINITY,
  })

  async function refresh() {
    if (busy.current) return
    busy.current = true
    try {
      const head = await read(undefined)
      const list = cache.getQueryData<TracePages>(queryKey)
      if (!list) return
      if (!newestFirst) return void cache.setQueryData<TracePages>(queryKey, { pages: [head], pageParams: [undefined] })
      const count = countNew(list, head)
      if (count === 0 || isAtTop()) {
        cache.setQueryData(queryKey, mergeHead(list, head))
        setWaiting(null)
      } else setWaiting({ key: keyText, count, head })
    } catch {
      // The list stays as it is; the next event tries again, and the live toggle shows when the stream is down.
    } finally {
      busy.current = false
    }
  }
  useOnNewSpans(() => newestFirst && refresh())
  // biome-ignore lint/correctness/useExhaustiveDependencies: a list that was kept is brought up to date once, when it is shown again.
  useEffect(() => {
    if (cache.getQueryData(queryKey)) refresh()
  }, [keyText])

  const traces = useMemo(() => query.data?.pages.flatMap((page): Trace[] => page.traces) ?? [], [query.data])
  const shown = waiting?.key === keyText ? waiting : null
  return {
    query,
    traces,
    refresh,
    waiting: shown?.count ?? 0,
    showWaiting: () => {
      if (!shown) return
      cache.setQueryData<TracePages>(queryKey, (list) => (list ? mergeHead(list, shown.head) : list))
      setWaiting(null)
    },
    keyText,
    /** The same list in any order. */
    listText: listKey.join('\n'),
  }
}
