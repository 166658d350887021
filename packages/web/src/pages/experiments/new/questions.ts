import { queryOptions } from '@tanstack/react-query'
import { CALLS } from '../../../data/calls.ts'
import { clientFor } from '../../../data/client.ts'
import { keys } from '../../../data/keys.ts'
import { numberOf } from '../../../ui/chart/rows.ts'

const NAMES = 500
const DAY = 86_400_000

export const datasetNamesQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.config(project), 'dataset-names'],
    queryFn: async ({ signal }) => (await clientFor(project).datasets.list({ limit: NAMES }, { signal })).datasets.map(({ name }) => name),
  })

/** How many items a version has, by split and tag. */
export const datasetQuery = (project: string, name: string, version: string) =>
  queryOptions({
    queryKey: [...keys.config(project), 'dataset-facts', name, version],
    queryFn: ({ signal }) => clientFor(project).datasets.get({ name, ...(version !== '' && { version: Number(version) }) }, { signal }),
    retry: false,
    staleTime: 15_000,
  })

export const promptNamesQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.prompts(project), 'names'],
    queryFn: async ({ signal }) => (await clientFor(project).prompts.list({ limit: NAMES }, { signal })).prompts.map(({ name }) => name),
  })

/** Evaluators that can be chosen: those that are built in, and those that the project keeps. */
export const evaluatorsQuery = (project: string) =>
  queryOptions({
    queryKey: [...keys.config(project), 'evaluator-choices'],
    queryFn: async ({ signal }) => {
      const [{ evaluators: builtin }, { evaluators: stored }] = await Promise.all([
        clientFor(project).evaluators.builtin({}, { signal }),
        clientFor(project).evaluators.list({ limit: NAMES }, { signal }),
      ])
      return { builtin, stored }
    },
    staleTime: 15_000,
  })

export type Past = { calls: number; costUsd: number | null; seconds: number | null }
/** What a call with a prompt, or to a model, took and cost in the last 30 days: what the next ones will, more or less. */
export const pastQuery = (project: string, of: { prompt: string } | { models: readonly string[] }) =>
  queryOptions({
    queryKey: [...keys.spans(project), 'past-calls', of],
    queryFn: async ({ signal }): Promise<ReadonlyMap<string, Past>> => {
      const dimension = 'prompt' in of ? 'promptVersion' : 'requestModel'
      const filters =
        'prompt' in of
          ? [{ field: 'promptName', op: 'eq' as const, value: of.prompt }]
          : [{ field: 'requestModel', op: 'in' as const, value: [...of.models] }]
      const { rows } = await clientFor(project).query.run(
        {
          measures: ['calls', 'costUsd', 'durationP50'],
          dimensions: [dimension],
          filters: [CALLS, ...filters],
          from: new Date(Date.now() - 30 * DAY).toISOString(),
          limit: 200,
        },
        { signal },
      )
      return new Map(
        rows.map((row): [string, Past] => {
          const calls = numberOf(row, 'calls') ?? 0
          const p50 = numberOf(row, 'durationP50')
          const cost = row.costUsd === null || row.costUsd === undefined || calls === 0 ? null : Number(row.costUsd) / calls
          return [String(row[dimension]), { calls, costUsd: cost, seconds: p50 === null ? null : p50 / 1000 }]
        }),
      )
    },
    staleTime: 60_000,
  })
