import { queryOptions } from '@tanstack/react-query'
import { resolveTimeRange, type TimeRange } from '../lib/time-range.ts'
import { clientFor } from './client.ts'
import { keys } from './keys.ts'

const ALL = 500

/** Every key of a project, the revoked ones too. */
export const keysQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.config(project), 'keys'],
    queryFn: async ({ signal }) => {
      const all = []
      let cursor: string | undefined
      do {
        const page = await clientFor(project).keys.list({ limit: ALL, ...(cursor && { cursor }) }, { signal })
        all.push(...page.keys)
        cursor = page.nextCursor
      } while (cursor)
      return all
    },
  })

export const providersQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.config(project), 'providers'],
    queryFn: async ({ signal }) => (await clientFor(project).providers.list({}, { signal })).providers,
  })

export const modelsQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.config(project), 'models'],
    queryFn: async ({ signal }) => (await clientFor(project).models.list({}, { signal })).models,
  })

/** Every budget with who used most of it. */
export const budgetsQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.spans(project), 'budgets'],
    queryFn: ({ signal }) => clientFor(project).budgets.usage({ limit: 20 }, { signal }),
    refetchInterval: 15_000,
  })

/** One budget with as many of its subjects as can be asked for. */
export const budgetQuery = (project: string, name: string) =>
  queryOptions({
    queryKey: [...keys.spans(project), 'budgets', name],
    queryFn: ({ signal }) => clientFor(project).budgets.usage({ name, limit: ALL }, { signal }),
  })

export const splitsQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.config(project), 'splits'],
    queryFn: async ({ signal }) => (await clientFor(project).splits.list({}, { signal })).splits,
  })

/** A trace with its spans in short. */
export const traceQuery = (project: string, traceId: string) =>
  queryOptions({
    queryKey: keys.trace(project, traceId),
    queryFn: ({ signal }) => clientFor(project).traces.outline({ traceId }, { signal }),
  })

export const spanQuery = (project: string, traceId: string, spanId: string) =>
  queryOptions({
    queryKey: [...keys.trace(project, traceId), spanId],
    queryFn: ({ signal }) => clientFor(project).spans.get({ traceId, spanId }, { signal }),
    staleTime: 60_000,
  })

/** The newest trace of a project, whatever its time. */
export const latestTraceQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.spans(project), 'latest'],
    queryFn: async ({ signal }) => (await clientFor(project).traces.list({ limit: 1 }, { signal })).traces[0] ?? null,
  })

/** Whether a first call has been made. Once true it stays true, so it is not asked again. */
export const startedQuery = (project: string) =>
  queryOptions({
    queryKey: ['project', project, 'started'],
    queryFn: async ({ signal }) => (await clientFor(project).traces.list({ limit: 1 }, { signal })).traces.length > 0,
    staleTime: ({ state }) => (state.data ? Number.POSITIVE_INFINITY : 0),
    refetchInterval: ({ state }) => (state.data === false ? 2_000 : false),
  })

type ValuesOf = { project: string; field: string; search?: string; range?: TimeRange; rangeKey?: string }
/** Values that a field really has, the most frequent first. */
export const valuesQuery = ({ project, field, search = '', range, rangeKey = 'all' }: ValuesOf) =>
  queryOptions({
    queryKey: ['project', project, 'values', field, search, rangeKey],
    queryFn: async ({ signal }) => {
      const window = range && isoWindow(range)
      const answer = await clientFor(project).traces.values({ field, limit: 50, ...(search && { search }), ...window }, { signal })
      return answer.values
    },
    staleTime: 30_000,
  })

/** The state of the server; the project only says in which role the account asks. */
export const systemQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.system, 'status'],
    queryFn: ({ signal }) => clientFor(project).system.status({}, { signal }),
    refetchInterval: 15_000,
  })

/** A range as the API takes it. A relative one ends now, so `to` is left open and the newest is always in. */
export function isoWindow(range: TimeRange): { from: string; to?: string } {
  const { from, to } = resolveTimeRange(range, Date.now())
  return { from: new Date(from).toISOString(), ...(range.kind === 'absolute' && { to: new Date(to).toISOString() }) }
}
