import type { ExperimentSummary } from '@signalbox/schema'
import type { Input } from '@signalbox/sdk'
import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import { clientFor } from './client.ts'
import { keys } from './keys.ts'

/** What is under way is read again this often; of all else, others make more. */
const UNDER_WAY_MS = 1_500
const AGAIN_MS = 15_000

const experimentKeys = {
  all: (project: string) => [...keys.config(project), 'experiments'] as const,
  one: (project: string, id: string) => [...experimentKeys.all(project), 'one', id] as const,
}

/** After something was done to an experiment: everything that may show it. */
export const experimentsChanged = (cache: QueryClient, project: string): Promise<void> =>
  cache.invalidateQueries({ queryKey: experimentKeys.all(project) })

export const isUnderWay = ({ state }: Pick<ExperimentSummary, 'state'>): boolean => state === 'queued' || state === 'running'

export type ExperimentListAsk = Pick<Input<'experiments.list'>, 'search' | 'name' | 'dataset' | 'prompt' | 'state'>
export const experimentListQuery = (project: string, ask: ExperimentListAsk) =>
  infiniteQueryOptions({
    queryKey: [...experimentKeys.all(project), 'list', ask],
    queryFn: ({ pageParam, signal }) =>
      clientFor(project).experiments.list({ ...ask, limit: 100, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.pages.some(({ experiments }) => experiments.some(isUnderWay)) ? UNDER_WAY_MS : AGAIN_MS),
  })

/** The last ones, to choose from. */
export const lastExperimentsQuery = (project: string, ask: ExperimentListAsk = {}) =>
  queryOptions({
    queryKey: [...experimentKeys.all(project), 'last', ask],
    queryFn: async ({ signal }) => (await clientFor(project).experiments.list({ ...ask, limit: 100 }, { signal })).experiments,
    staleTime: AGAIN_MS,
  })

export const experimentQuery = (project: string, id: string) =>
  queryOptions({
    queryKey: experimentKeys.one(project, id),
    queryFn: ({ signal }) => clientFor(project).experiments.get({ id }, { signal }),
    refetchInterval: ({ state }) => (state.data && isUnderWay(state.data) ? UNDER_WAY_MS : AGAIN_MS),
  })

/** `moving`: rows still come, so that what is shown is read again. */
export const experimentRowsQuery = (project: string, ask: Input<'experiments.rows'>, moving: boolean) =>
  infiniteQueryOptions({
    queryKey: [...experimentKeys.one(project, ask.id), 'rows', ask],
    queryFn: ({ pageParam, signal }) =>
      clientFor(project).experiments.rows({ ...ask, limit: 200, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    ...(moving && { refetchInterval: 2 * UNDER_WAY_MS }),
  })

export const experimentRowQuery = (project: string, ask: Input<'experiments.rows'> & { itemId: string }) =>
  queryOptions({
    queryKey: [...experimentKeys.one(project, ask.id), 'row', ask],
    queryFn: async ({ signal }) => (await clientFor(project).experiments.rows(ask, { signal })).rows[0] ?? null,
    placeholderData: keepPreviousData,
  })

export const compareQuery = (project: string, ask: Input<'experiments.compare'>) =>
  queryOptions({
    queryKey: [...experimentKeys.one(project, ask.id), 'compare', ask],
    queryFn: ({ signal }) => clientFor(project).experiments.compare(ask, { signal }),
    placeholderData: keepPreviousData,
    retry: false,
  })

export type TrendAsk = Pick<Input<'experiments.trend'>, 'dataset' | 'prompt' | 'name' | 'metric'>
export const trendQuery = (project: string, ask: TrendAsk) =>
  queryOptions({
    queryKey: [...experimentKeys.all(project), 'trend', ask],
    queryFn: async ({ signal }) => (await clientFor(project).experiments.trend({ ...ask, limit: 500 }, { signal })).points,
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  })

export const promptTestsQuery = (project: string, name: string, version?: number) =>
  queryOptions({
    queryKey: [...experimentKeys.all(project), 'of-prompt', name, version ?? 'all'],
    queryFn: async ({ signal }) =>
      (await clientFor(project).experiments.promptTests({ name, ...(version !== undefined && { version }), limit: 20 }, { signal })).tests,
    refetchInterval: AGAIN_MS,
  })

/** Labels that only a version with passed tests may get. */
export const promptGatesQuery = (project: string) =>
  queryOptions({
    queryKey: [...experimentKeys.all(project), 'prompt-gates'],
    queryFn: async ({ signal }) => (await clientFor(project).experiments.promptGates({}, { signal })).gates,
    staleTime: AGAIN_MS,
  })
