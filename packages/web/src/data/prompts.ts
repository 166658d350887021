import type { Input } from '@signalbox/sdk'
import { infiniteQueryOptions, keepPreviousData, type QueryClient, queryOptions } from '@tanstack/react-query'
import { clientFor } from './client.ts'
import { keys } from './keys.ts'

const ALL = 500
/** Others save and promote too: what is shown is read again this often. */
const AGAIN = 15_000

export const promptKeys = {
  all: keys.prompts,
  one: (project: string, name: string) => [...keys.prompts(project), 'one', name] as const,
}

/** After something was done to a prompt: everything that may show it. */
export const promptChanged = (cache: QueryClient, project: string): Promise<void> =>
  cache.invalidateQueries({ queryKey: promptKeys.all(project) })

export type PromptListAsk = Pick<Input<'prompts.list'>, 'folder' | 'search' | 'label' | 'tag' | 'archived'>
/** A folder, or what a search finds in all of them, by and by. */
export const promptListQuery = (project: string, ask: PromptListAsk) =>
  infiniteQueryOptions({
    queryKey: [...promptKeys.all(project), 'list', ask],
    queryFn: ({ pageParam, signal }) =>
      clientFor(project).prompts.list({ ...ask, limit: 200, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN,
  })

/** One version; the newest where none is named. */
export const promptQuery = (project: string, name: string, version?: number) =>
  queryOptions({
    queryKey: [...promptKeys.one(project, name), 'version', version ?? 'latest'],
    queryFn: ({ signal }) => clientFor(project).prompts.get({ name, ...(version ? { version } : { label: 'latest' }) }, { signal }),
    refetchInterval: AGAIN,
  })

/** All versions of a prompt, the newest first. */
export const promptVersionsQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...promptKeys.one(project, name), 'versions'],
    queryFn: async ({ signal }) => {
      const all = []
      let cursor: string | undefined
      do {
        const page = await clientFor(project).prompts.versions({ name, limit: ALL, ...(cursor && { cursor }) }, { signal })
        all.push(...page.versions)
        cursor = page.nextCursor
      } while (cursor)
      return all
    },
    refetchInterval: AGAIN,
  })

export const promptEventsQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...promptKeys.one(project, name), 'events'],
    queryFn: async ({ signal }) => (await clientFor(project).prompts.events({ name, limit: 200 }, { signal })).events,
    refetchInterval: AGAIN,
  })

export const promptDiffQuery = (project: string, name: string, from: number, to: number) =>
  queryOptions({
    queryKey: [...promptKeys.one(project, name), 'diff', from, to],
    queryFn: ({ signal }) => clientFor(project).prompts.diff({ name, from, to }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })

export const promptUsesQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...promptKeys.one(project, name), 'uses'],
    queryFn: async ({ signal }) => (await clientFor(project).prompts.usedBy({ name }, { signal })).uses,
  })

export const promptImpactQuery = (project: string, ask: Input<'prompts.impact'>) =>
  queryOptions({
    queryKey: [...promptKeys.one(project, ask.name), 'impact', ask],
    queryFn: ({ signal }) => clientFor(project).prompts.impact(ask, { signal }),
    placeholderData: keepPreviousData,
  })

export const protectionsQuery = (project: string) =>
  queryOptions({
    queryKey: [...promptKeys.all(project), 'protections'],
    queryFn: async ({ signal }) => (await clientFor(project).prompts.protections({}, { signal })).protections,
    staleTime: AGAIN,
  })

/** Moves that somebody asked for; of one prompt, or of all. */
export const approvalsQuery = (project: string, ask: Pick<Input<'prompts.approvals'>, 'name' | 'status'> = {}) =>
  queryOptions({
    queryKey: [...promptKeys.all(project), 'approvals', ask],
    queryFn: async ({ signal }) => (await clientFor(project).prompts.approvals({ ...ask, limit: 200 }, { signal })).approvals,
    refetchInterval: AGAIN,
  })

/** Calls, cost, latency and scores by version in a window. */
export const promptUsageQuery = (project: string, name: string, ask: Pick<Input<'prompts.usage'>, 'from' | 'to' | 'bucket'>, key: string) =>
  queryOptions({
    queryKey: [...keys.spans(project), 'prompt-usage', name, key],
    queryFn: ({ signal }) => clientFor(project).prompts.usage({ name, ...ask }, { signal }),
    placeholderData: keepPreviousData,
  })
