import type { Filter } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { useView } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { exactUsd, formatUsd } from '../../lib/format-money.ts'
import { formatCompact, formatCount, formatShare } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { numberOf } from '../../ui/chart/rows.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ASKED, type useCache } from './use-cache.ts'

type Figure = {
  title: string
  measure: string
  show: (value: number | null) => string
  exact: (value: number | null) => string
  filters: Filter[]
}
const only = (...value: string[]): Filter => ({ field: 'cache', op: 'in', value })
const count = (title: string, measure: string, filters: Filter[]): Figure => ({
  title,
  measure,
  show: formatCompact,
  exact: formatCount,
  filters,
})
const inMilliseconds = (seconds: number | null) => (seconds === null ? null : seconds * 1000)

const FIGURES: Figure[] = [
  {
    title: 'Hit rate',
    measure: 'cacheHitRate',
    show: formatShare,
    exact: (value) => (value === null ? 'No call asked the cache in this time' : formatShare(value)),
    filters: [ASKED],
  },
  count('Hits', 'cacheHits', [only('hit', 'semantic')]),
  count('In other words', 'cacheSemanticHits', [only('semantic')]),
  count('Misses', 'cacheMisses', [only('miss')]),
  {
    title: 'Saved',
    measure: 'savedUsd',
    show: (value) => formatUsd(value),
    exact: (value) => exactUsd(value),
    filters: [only('hit', 'semantic')],
  },
  {
    title: 'Time saved',
    measure: 'savedSeconds',
    show: (value) => formatDuration(inMilliseconds(value)),
    exact: (value) => (value === null ? 'No call asked the cache in this time' : `${formatCount(value)} s`),
    filters: [only('hit', 'semantic')],
  },
]

/** The row of figures, each a link to the traces behind it. */
export function CacheFigures({ figures }: { figures: ReturnType<typeof useCache>['figures'] }) {
  const { project, environmentFilters } = useView()
  if (figures.error && !figures.data) return <ErrorNote error={figures.error} retry={() => figures.refetch()} />
  const row = figures.data?.rows[0]
  return (
    <dl className="grid grid-cols-3 gap-px overflow-hidden rounded-md border border-line bg-line xl:grid-cols-6">
      {FIGURES.map(({ title, measure, show, exact, filters }) => {
        const value = numberOf(row, measure)
        return (
          <div key={title} className="relative bg-surface-1 px-3 py-2.5 hover:bg-surface-0 has-focus-visible:bg-surface-0">
            <dt className="truncate text-sm text-faint">{title}</dt>
            <dd className="mt-0.5">
              {figures.data ? (
                <Link
                  to="/p/$project/traces"
                  params={{ project }}
                  search={{ filter: writeFilters([...environmentFilters, ...filters]) }}
                  data-tip={exact(value)}
                  className="text-xl font-semibold tracking-tight tabular-nums after:absolute after:inset-0"
                >
                  {show(value)}
                  <span className="sr-only">, show the traces</span>
                </Link>
              ) : (
                <Skeleton className="my-1 h-[18px] w-20" />
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}
