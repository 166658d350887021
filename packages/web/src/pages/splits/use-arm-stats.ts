import type { Filter, QueryRow } from '@signalbox/schema'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CALLS } from '../../data/calls.ts'
import { clientFor } from '../../data/client.ts'
import { keys } from '../../data/keys.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { numberOf } from '../../ui/chart/rows.ts'

/** What came of the calls of one arm in the last seven days. */
export type ArmStats = {
  calls: number
  errors: number
  firstTokenP50: number | null
  durationP50: number | null
  durationP95: number | null
  costUsd: string | null
  unpriced: number
}

const WEEK = 7 * 86_400_000

/** Of a split, by the name of the arm. */
export function useArmStats(project: string, split: string) {
  return useQuery({
    queryKey: [...keys.spans(project), 'arms', split],
    queryFn: async ({ signal }) => {
      const { rows } = await clientFor(project).query.run(
        {
          measures: ['calls', 'errors', 'firstTokenP50', 'durationP50', 'durationP95', 'costUsd', 'unpriced'],
          dimensions: ['metadata.variant'],
          filters: ofSplit(split),
          from: new Date(Date.now() - WEEK).toISOString(),
          limit: 100,
        },
        { signal },
      )
      return new Map(rows.map((row): [string, ArmStats] => [String(row['metadata.variant'] ?? ''), toStats(row)]))
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
}

/** Calls of all splits of the project in the last seven days, by the name of the split. */
export function useSplitCalls(project: string) {
  return useQuery({
    queryKey: [...keys.spans(project), 'splits'],
    queryFn: async ({ signal }) => {
      const { rows } = await clientFor(project).query.run(
        {
          measures: ['calls', 'errors'],
          dimensions: ['metadata.split'],
          filters: [CALLS, { field: 'metadata.split', op: 'exists' }],
          from: new Date(Date.now() - WEEK).toISOString(),
          limit: 1000,
        },
        { signal },
      )
      return new Map(
        rows.map((row) => [
          String(row['metadata.split'] ?? ''),
          { calls: numberOf(row, 'calls') ?? 0, errors: numberOf(row, 'errors') ?? 0 },
        ]),
      )
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
}

/** The address of the traces of an arm, or of a whole split. */
export const tracesOfArm = (split: string, arm?: string, more: Filter[] = []) => ({
  range: '7d',
  from: undefined,
  to: undefined,
  filter: writeFilters([
    ...ofSplit(split),
    ...(arm === undefined ? [] : [{ field: 'metadata.variant', op: 'eq' as const, value: arm }]),
    ...more,
  ]),
})

const ofSplit = (split: string): Filter[] => [CALLS, { field: 'metadata.split', op: 'eq', value: split }]

const toStats = (row: QueryRow): ArmStats => ({
  calls: numberOf(row, 'calls') ?? 0,
  errors: numberOf(row, 'errors') ?? 0,
  firstTokenP50: numberOf(row, 'firstTokenP50'),
  durationP50: numberOf(row, 'durationP50'),
  durationP95: numberOf(row, 'durationP95'),
  costUsd: (row.costUsd as string | null) ?? null,
  unpriced: numberOf(row, 'unpriced') ?? 0,
})
