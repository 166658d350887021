import type { Filter, SearchIn } from '@signalbox/schema'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useOnNewSpans } from '../../data/live.ts'
import { isoWindow } from '../../data/queries.ts'
import { useView } from '../../data/view.ts'
import { parseFilters, writeFilters } from '../../lib/filter-search.ts'

const PAGE = 100

/** What of the address these pages share. */
export type GroupSearch = {
  filter?: string | undefined
  search?: string | undefined
  in?: string | undefined
  sort?: string | undefined
  columns?: string | undefined
}

type GroupAsk = { from: string; to?: string; filter?: Filter[]; search?: string; in?: SearchIn; cursor?: string; limit: number }
type Options<R> = {
  name: 'sessions' | 'users'
  given: GroupSearch
  newest: string
  read: (project: string, ask: GroupAsk, sort: string, signal: AbortSignal) => Promise<{ rows: R[]; nextCursor?: string | undefined }>
}

/**
 * Sessions or users, page by page. While only the first page is shown it follows what comes in; further down the list stands
 * still until it is read again, because each call would move rows under the reader's eyes.
 */
export function useGroupList<R>({ name, given, newest, read }: Options<R>) {
  const { project, range, rangeKey, environment, environmentFilters } = useView()
  const filters = [...environmentFilters, ...parseFilters(given.filter).filters]
  const search = given.search ?? ''
  const searchIn: SearchIn = given.in === 'content' ? 'content' : 'preview'
  const sort = given.sort ?? newest
  const queryKey = ['project', project, `${name}-list`, rangeKey, writeFilters(filters) ?? '', search, search && searchIn, sort]
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) =>
      read(
        project,
        {
          ...isoWindow(range),
          limit: PAGE,
          ...(filters.length > 0 && { filter: filters }),
          ...(search && { search, in: searchIn }),
          ...(pageParam !== undefined && { cursor: pageParam }),
        },
        sort,
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })
  useOnNewSpans(() => (query.data?.pages.length ?? 0) <= 1 && query.refetch({ cancelRefetch: false }))
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.rows) ?? [], [query.data])
  return { query, rows, keyText: queryKey.join('\n'), environment }
}
