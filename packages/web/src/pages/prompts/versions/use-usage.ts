import type { PromptUsage } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { promptUsageQuery } from '../../../data/prompts.ts'
import { useView } from '../../../data/view.ts'
import { resolveTimeRange } from '../../../lib/time-range.ts'

export type VersionUse = Omit<PromptUsage['versions'][number], 'version'> & { trend: (number | null)[] }
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** What came of the calls of each version in the range of the page, with its course. */
export function useUsage(name: string) {
  const { project, range, rangeKey } = useView()
  const { from, to } = resolveTimeRange(range, Date.now())
  const bucket = to - from > 4 * DAY ? 'day' : 'hour'
  const step = bucket === 'day' ? DAY : HOUR
  const [first, last] = [Math.floor(from / step) * step, Math.ceil(to / step) * step]
  const ask = { from: new Date(from).toISOString(), ...(range.kind === 'absolute' && { to: new Date(to).toISOString() }), bucket } as const
  const query = useQuery(promptUsageQuery(project, name, ask, rangeKey))
  return { ...query, data: query.data && byVersion(query.data, { first, last, step }) }
}

/** Calls that no version was recorded for belong to none, and are left out. */
export function byVersion({ versions, buckets }: PromptUsage, { first, last, step }: { first: number; last: number; step: number }) {
  const length = Math.max(1, Math.round((last - first) / step))
  const uses = new Map<number, VersionUse>()
  for (const { version, ...use } of versions) {
    if (version !== null) uses.set(version, { ...use, trend: Array.from({ length }, () => 0) })
  }
  for (const { version, at, calls } of buckets) {
    const place = Math.floor((Date.parse(at) - first) / step)
    const trend = version === null ? undefined : uses.get(version)?.trend
    if (trend && place >= 0 && place < length) trend[place] = calls
  }
  return uses
}

/** The names of all scores that any of them has. */
export const scoresOf = (uses: ReadonlyMap<number, VersionUse>): string[] =>
  [...new Set([...uses.values()].flatMap(({ scores }) => scores.map(({ name }) => name)))].sort()
