import type { Filter } from '@signalbox/schema'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { parseTimeRange, type RangeSearch, type TimeRange, writeTimeRange } from '../lib/time-range.ts'

/** What the top bar sets for every view: it lives in the address. */
export type View = {
  project: string
  range: TimeRange
  /** The same range as a value to compare and to key by. */
  rangeKey: string
  environment: string | undefined
  /** The filter that the chosen environment means. */
  environmentFilters: Filter[]
}

export function useProject(): string {
  return useParams({ from: '/p/$project' }).project
}

export function useView(): View {
  return viewOf(useProject(), useSearch({ from: '/p/$project' }))
}

/** What an address says, for who is not drawing. */
export function viewOf(project: string, { env, ...search }: RangeSearch & { env?: string | undefined }): View {
  const timeRange = parseTimeRange(search)
  return {
    project,
    range: timeRange,
    rangeKey: timeRange.kind === 'relative' ? timeRange.range : `${timeRange.from}-${timeRange.to}`,
    environment: env,
    environmentFilters: env === undefined ? [] : [{ field: 'environment', op: 'eq', value: env }],
  }
}

/** Changes what is set for every view and stays on the page. */
export function useSetView() {
  const navigate = useNavigate()
  return {
    setRange: (range: TimeRange) => navigate({ to: '.', search: (before) => ({ ...before, ...writeTimeRange(range) }) }),
    setEnvironment: (env: string | undefined) => navigate({ to: '.', search: (before) => ({ ...before, env }) }),
  }
}
