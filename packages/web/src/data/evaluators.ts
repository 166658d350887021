import type { Input } from '@signalbox/sdk'
import { keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import { clientFor } from './client.ts'

const ALL = 500

const evaluatorKeys = (project: string) => ['project', project, 'evaluators'] as const

/** After something was done to an evaluator. */
export const evaluatorChanged = (cache: QueryClient, project: string): Promise<void> =>
  cache.invalidateQueries({ queryKey: evaluatorKeys(project) })

/** What is built in; it does not change while a page is open. */
export const builtinEvaluatorsQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'builtin-evaluators'],
    queryFn: async ({ signal }) => (await clientFor(project).evaluators.builtin({}, { signal })).evaluators,
    staleTime: Number.POSITIVE_INFINITY,
  })

export const storedEvaluatorsQuery = (project: string, ask: Pick<Input<'evaluators.list'>, 'search' | 'archived'> = {}) =>
  queryOptions({
    queryKey: [...evaluatorKeys(project), 'list', ask],
    queryFn: async ({ signal }) => (await clientFor(project).evaluators.list({ ...ask, limit: ALL }, { signal })).evaluators,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })

export const storedEvaluatorQuery = (project: string, name: string, version?: number) =>
  queryOptions({
    queryKey: [...evaluatorKeys(project), 'one', name, version ?? 'newest'],
    queryFn: ({ signal }) => clientFor(project).evaluators.get({ name, ...(version && { version }) }, { signal }),
  })

export const evaluatorVersionsQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...evaluatorKeys(project), 'one', name, 'versions'],
    queryFn: async ({ signal }) => (await clientFor(project).evaluators.versions({ name, limit: ALL }, { signal })).versions,
  })
