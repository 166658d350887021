import type { Filter, Measure, QueryRow } from '@signalbox/schema'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CALLS } from '../../data/calls.ts'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { numberOf } from '../../ui/chart/rows.ts'

/** What came of calls of the last 24 hours. Milliseconds; money in decimal dollars, `null` where no price is known. */
export type CallStats = {
  calls: number
  errors: number
  firstTokenP50: number | null
  durationP50: number | null
  costUsd: string | null
  unpriced: number
}

const DAY = 86_400_000
const MEASURES: Measure[] = ['calls', 'errors', 'firstTokenP50', 'durationP50', 'costUsd', 'unpriced']

/** By the name that was asked for. */
export function useAliasStats(project: string) {
  return useStats(project, { name: 'aliases', dimensions: ['requestModel'], filters: [] }, (row) => String(row.requestModel ?? ''))
}

/** Of one alias, by `provider/model` that answered. Providers may answer with a more exact name of the model. */
export function useTargetStats(project: string, alias: string) {
  const filters: Filter[] = [{ field: 'requestModel', op: 'eq', value: alias }]
  return useStats(
    project,
    { name: `targets ${alias}`, dimensions: ['provider', 'model'], filters },
    (row) => `${row.provider}/${row.model}`,
  )
}

/** Of what answered, those that a target of the alias stands for: `gpt-4o` is also `gpt-4o-2024-08-06`. */
export function statsOfTarget(
  stats: ReadonlyMap<string, CallStats> | undefined,
  { provider, model }: { provider: string; model: string },
): CallStats | undefined {
  if (!stats) return undefined
  const exact = stats.get(`${provider}/${model}`)
  if (exact) return exact
  const dated = new RegExp(`^${escapeSigns(`${provider}/${model}`)}[-@:]\\d`)
  for (const [name, one] of stats) if (dated.test(name)) return one
  return undefined
}

/** The address of the traces behind a number of the last 24 hours. */
export const tracesOf = (alias: string, more: Filter[] = []) => ({
  range: '24h',
  from: undefined,
  to: undefined,
  filter: writeFilters([CALLS, { field: 'requestModel', op: 'eq', value: alias }, ...more]),
})
export const FAILED: Filter = { field: 'status', op: 'in', value: ['error', 'interrupted'] }

type Ask = { name: string; dimensions: string[]; filters: Filter[] }
function useStats(project: string, { name, dimensions, filters }: Ask, keyOf: (row: QueryRow) => string) {
  return useQuery({
    queryKey: [...keys.spans(project), 'call-stats', name],
    queryFn: async ({ signal }) => {
      const { rows } = await clientFor(project).query.run(
        { measures: MEASURES, dimensions, filters: [CALLS, ...filters], from: new Date(Date.now() - DAY).toISOString(), limit: 2000 },
        { signal },
      )
      return new Map(rows.map((row): [string, CallStats] => [keyOf(row), toStats(row)]))
    },
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  })
}

const toStats = (row: QueryRow): CallStats => ({
  calls: numberOf(row, 'calls') ?? 0,
  errors: numberOf(row, 'errors') ?? 0,
  firstTokenP50: numberOf(row, 'firstTokenP50'),
  durationP50: numberOf(row, 'durationP50'),
  costUsd: (row.costUsd as string | null) ?? null,
  unpriced: numberOf(row, 'unpriced') ?? 0,
})

const escapeSigns = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
