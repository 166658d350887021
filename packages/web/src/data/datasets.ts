import type { Input } from '@signalbox/sdk'
import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import { clientFor } from './client.ts'

const ALL = 500
/** Others change datasets too: what is shown is read again this often. */
const AGAIN = 15_000
const PAGE = 200

export const datasetKeys = {
  all: (project: string) => ['project', project, 'datasets'] as const,
  one: (project: string, name: string) => ['project', project, 'datasets', 'one', name] as const,
}

/** After something was done to a dataset: everything that may show it. */
export const datasetChanged = (cache: QueryClient, project: string): Promise<void> =>
  cache.invalidateQueries({ queryKey: datasetKeys.all(project) })

/** All datasets by name. */
export const datasetListQuery = (project: string, ask: Pick<Input<'datasets.list'>, 'search' | 'archived'> = {}) =>
  queryOptions({
    queryKey: [...datasetKeys.all(project), 'list', ask],
    queryFn: async ({ signal }) => {
      const all = []
      let cursor: string | undefined
      do {
        const page = await clientFor(project).datasets.list({ ...ask, limit: ALL, ...(cursor && { cursor }) }, { signal })
        all.push(...page.datasets)
        cursor = page.nextCursor
      } while (cursor)
      return all
    },
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN,
  })

export const datasetQuery = (project: string, name: string, version?: number) =>
  queryOptions({
    queryKey: [...datasetKeys.one(project, name), 'about', version ?? 'newest'],
    queryFn: ({ signal }) => clientFor(project).datasets.get({ name, ...(version && { version }) }, { signal }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN,
  })

export type ItemsAsk = Pick<Input<'datasets.items'>, 'version' | 'split' | 'tag' | 'search' | 'unseal'>
/** Items page by page. With the holdout open nothing is read again by itself: every reading is noted. */
export const datasetItemsQuery = (project: string, name: string, ask: ItemsAsk) =>
  infiniteQueryOptions({
    queryKey: [...datasetKeys.one(project, name), 'items', ask],
    queryFn: ({ pageParam, signal }) =>
      clientFor(project).datasets.items({ name, ...ask, limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    ...(ask.unseal !== undefined && { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false }),
  })

/** Which items resemble an earlier one, by their ids. */
export const datasetDuplicatesQuery = (project: string, name: string, version: number) =>
  queryOptions({
    queryKey: [...datasetKeys.one(project, name), 'duplicates', version],
    queryFn: async ({ signal }) => {
      const { pairs } = await clientFor(project).datasets.duplicates({ name }, { signal })
      return new Map(pairs.map((pair) => [pair.id, pair]))
    },
    staleTime: 60_000,
  })

export const datasetVersionsQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...datasetKeys.one(project, name), 'versions'],
    queryFn: async ({ signal }) => (await clientFor(project).datasets.versions({ name, limit: ALL }, { signal })).versions,
    refetchInterval: AGAIN,
  })

export const datasetDiffQuery = (project: string, name: string, from: number, to: number) =>
  queryOptions({
    queryKey: [...datasetKeys.one(project, name), 'diff', from, to],
    queryFn: ({ signal }) => clientFor(project).datasets.diff({ name, from, to, limit: 200 }, { signal }),
    staleTime: 60_000,
  })

export const datasetUnsealedQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...datasetKeys.one(project, name), 'unsealed'],
    queryFn: async ({ signal }) => (await clientFor(project).datasets.unsealed({ name, limit: 200 }, { signal })).opened,
  })

export const datasetRulesQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...datasetKeys.one(project, name), 'rules'],
    queryFn: async ({ signal }) => (await clientFor(project).datasetRules.list({ name }, { signal })).rules,
    refetchInterval: AGAIN,
  })
