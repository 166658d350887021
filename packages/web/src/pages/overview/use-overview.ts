import type { Output, QueryRow } from '@signalbox/schema'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { during, overviewQuery } from '../../data/overview.ts'
import { useView } from '../../data/view.ts'
import { resolveTimeRange } from '../../lib/time-range.ts'

/** Rows of one part of the answer, with the window that they are of. */
export type Rows = ReturnType<typeof useOverview>['timeline']

/** All that the page draws of calls comes in one answer. */
export function useOverview() {
  const query = useQuery({ ...overviewQuery(useView()), placeholderData: keepPreviousData })
  const part = (rows: (answer: Output<'overview.get'>) => QueryRow[]) => ({
    data: query.data && { rows: rows(query.data.answer), window: query.data.window },
    error: query.error,
    isPending: query.isPending,
    refetch: query.refetch,
  })
  return {
    window: query.data?.window,
    figures: part(({ current }) => [current]),
    before: part(({ before }) => [before]),
    timeline: part(({ timeline }) => timeline),
    outcomes: part(({ outcomes }) => outcomes),
    helped: part(({ helped }) => helped),
    byModel: part(({ byModel }) => byModel),
    byKey: part(({ byKey }) => byKey),
  }
}

/** What moved most, asked apart: the numbers on top do not wait for it. */
export function useMovers() {
  const { project, range, rangeKey, environment } = useView()
  return useQuery({
    queryKey: [...keys.spans(project), 'movers', rangeKey, environment ?? ''],
    queryFn: ({ signal }) => clientFor(project).overview.movers(during(resolveTimeRange(range, Date.now()), environment), { signal }),
    placeholderData: keepPreviousData,
    // It compares whole periods: a second more changes nothing.
    staleTime: 30_000,
  })
}

export function useHealth() {
  const { project } = useView()
  return useQuery({
    queryKey: [...keys.config(project), 'health'],
    queryFn: async ({ signal }) => (await clientFor(project).overview.health({}, { signal })).parts,
    refetchInterval: 10_000,
  })
}
