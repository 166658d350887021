import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CALLS } from '../../../data/calls.ts'
import { clientFor } from '../../../data/client.ts'
import { keys } from '../../../data/keys.ts'
import { useView } from '../../../data/view.ts'
import { bucketAtLeast, resolveTimeRange } from '../../../lib/time-range.ts'
import { numberOf, toColumnsBy } from '../../../ui/chart/rows.ts'

export type PromptUse = { calls: number; errors: number; p95: number | null; costUsd: string | null; trend: readonly (number | null)[] }

/** What came of the calls with each prompt in the range of the page. */
export function usePromptUsage(): { data: ReadonlyMap<string, PromptUse> | undefined; error: unknown } {
  const { project, range, rangeKey, environmentFilters, environment } = useView()
  return useQuery({
    queryKey: [...keys.spans(project), 'prompts', rangeKey, environment ?? ''],
    queryFn: async ({ signal }) => {
      const window = resolveTimeRange(range, Date.now())
      const step = bucketAtLeast(coarse(window), window)
      const ask = {
        dimensions: ['promptName'],
        filters: [CALLS, { field: 'promptName', op: 'exists' as const }, ...environmentFilters],
        from: new Date(window.from).toISOString(),
        to: new Date(window.to).toISOString(),
      }
      const [totals, trend] = await Promise.all([
        clientFor(project).query.run({ ...ask, measures: ['calls', 'errors', 'durationP95', 'costUsd'], limit: 10_000 }, { signal }),
        clientFor(project).query.run({ ...ask, measures: ['calls'], bucket: step.bucket, limit: 10_000 }, { signal }),
      ])
      const { columns } = toColumnsBy(trend.rows, window, { dimension: 'promptName', measure: 'calls' }, step)
      return new Map(
        totals.rows.map((row): [string, PromptUse] => [
          String(row.promptName),
          {
            calls: numberOf(row, 'calls') ?? 0,
            errors: numberOf(row, 'errors') ?? 0,
            p95: numberOf(row, 'durationP95'),
            costUsd: (row.costUsd as string | null) ?? null,
            trend: columns[String(row.promptName)] ?? [],
          },
        ]),
      )
    },
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
}

const HOUR = 3_600_000
/** A line of a hand's width needs no more than some 30 points. */
const coarse = ({ from, to }: { from: number; to: number }) => {
  const hours = (to - from) / HOUR
  return hours <= 1 ? '5m' : hours <= 6 ? '15m' : hours <= 30 ? 'hour' : hours <= 24 * 8 ? '6h' : hours <= 24 * 31 ? 'day' : 'week'
}
