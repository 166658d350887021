import type { Filter, QueryRow } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { writeFilters } from '../../lib/filter-search.ts'

/** Calls of the last hour, by provider. */
export type Health = ReadonlyMap<string, { calls: number; errors: number; p50: number | null }>

const CALLS: Filter = { field: 'kind', op: 'in', value: ['llm', 'embedding'] }
const HOUR = 3_600_000

export function useProviderHealth(project: string) {
  return useQuery({
    queryKey: [...keys.spans(project), 'provider-health'],
    queryFn: async ({ signal }): Promise<Health> => {
      const { rows } = await clientFor(project).query.run(
        {
          measures: ['calls', 'errors', 'durationP50'],
          dimensions: ['provider'],
          filters: [CALLS],
          from: new Date(Date.now() - HOUR).toISOString(),
          limit: 500,
        },
        { signal },
      )
      return new Map(
        rows.map((row) => [
          String(row.provider),
          { calls: numberIn(row, 'calls') ?? 0, errors: numberIn(row, 'errors') ?? 0, p50: numberIn(row, 'durationP50') },
        ]),
      )
    },
    refetchInterval: 30_000,
  })
}

/** The address of the traces behind a number of the last hour. */
export const tracesBehind = (provider: string, more: Filter[] = []) => ({
  range: '1h',
  from: undefined,
  to: undefined,
  filter: writeFilters([CALLS, { field: 'provider', op: 'eq', value: provider }, ...more]),
})

function numberIn(row: QueryRow, measure: string): number | null {
  const value = row[measure]
  return value === null || value === undefined || value === '' ? null : Number(value)
}
