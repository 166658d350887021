import type { Filter, QueryRow } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { ArrowDownRight, ArrowUpRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { useProject } from '../../data/view.ts'
import { classNames } from '../../lib/class-names.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { exactUsd, formatUsd } from '../../lib/format-money.ts'
import { formatCompact, formatCount, formatShare, plural } from '../../lib/format-number.ts'
import { formatDuration } from '../../lib/format-time.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { changeOf, numberOf } from './measures.ts'
import { type Rows, useBaseFilters } from './use-overview.ts'

type Figure = {
  title: string
  measure: string
  show: (value: number | null) => string
  exact: (value: number | null) => string
  /** What to look at when this number is clicked. */
  filters: (value: number | null) => Filter[]
  note?: (row: QueryRow | undefined) => { text: string; tip: string } | null
  moreIsWorse?: boolean
}

const count = (title: string, measure: string, filters: Filter[] = []): Figure => ({
  title,
  measure,
  show: formatCompact,
  exact: formatCount,
  filters: () => filters,
})
const latency = (title: string, measure: string, field: string): Figure => ({
  title,
  measure,
  show: formatDuration,
  exact: (value) => (value === null ? 'Not measured in this period' : `${formatCount(value)} ms`),
  filters: (value) => (value === null ? [] : [{ field, op: 'gte', value: Math.floor(value) }]),
  moreIsWorse: true,
})

const FIGURES: Figure[] = [
  count('Calls', 'calls'),
  {
    title: 'Error rate',
    measure: 'errorRate',
    show: formatShare,
    exact: formatShare,
    filters: () => [{ field: 'status', op: 'eq', value: 'error' }],
    note: (row) => {
      const errors = numberOf(row, 'errors') ?? 0
      return errors > 0 ? { text: formatCompact(errors), tip: plural(errors, 'error') } : null
    },
    moreIsWorse: true,
  },
  latency('Latency p50', 'durationP50', 'durationMs'),
  latency('Latency p95', 'durationP95', 'durationMs'),
  latency('First token p95', 'firstTokenP95', 'firstTokenMs'),
  count('Tokens in', 'inputTokens', [{ field: 'inputTokens', op: 'gt', value: 0 }]),
  count('Tokens out', 'outputTokens', [{ field: 'outputTokens', op: 'gt', value: 0 }]),
  {
    title: 'Cost',
    measure: 'costUsd',
    show: formatUsd,
    exact: exactUsd,
    filters: () => [{ field: 'cost', op: 'gt', value: 0 }],
    note: (row) => {
      const unpriced = numberOf(row, 'unpriced') ?? 0
      return unpriced > 0
        ? { text: `+${formatCompact(unpriced)} unpriced`, tip: `${plural(unpriced, 'call')} without a known price, not in the sum` }
        : null
    },
  },
]

/** The row of figures: each with the change to the period before, each a link to the traces behind it. */
export function Headline({ current, before }: { current: Rows; before: Rows }) {
  const project = useProject()
  const base = useBaseFilters()
  if (current.error && !current.data) return <ErrorNote error={current.error} retry={() => current.refetch()} />
  const row = current.data?.rows[0]
  const rowBefore = before.data?.rows[0]
  return (
    <dl className="grid grid-cols-4 gap-px overflow-hidden rounded-md border border-line bg-line xl:grid-cols-8">
      {FIGURES.map((figure) => {
        const value = numberOf(row, figure.measure)
        const valueBefore = numberOf(rowBefore, figure.measure)
        const note = current.data ? figure.note?.(row) : null
        return (
          <div key={figure.title} className="relative bg-surface-1 px-3 py-2.5 hover:bg-surface-0 has-focus-visible:bg-surface-0">
            <dt className="flex items-baseline justify-between gap-2 text-sm text-faint">
              <span className="truncate">{figure.title}</span>
              {note && (
                <span className="relative z-10 text-xs whitespace-nowrap" data-tip={note.tip}>
                  {note.text}
                </span>
              )}
            </dt>
            <dd className="mt-0.5">
              {current.data ? (
                <Link
                  to="/p/$project/traces"
                  params={{ project }}
                  search={{ filter: writeFilters([...base, ...figure.filters(value)]) }}
                  data-tip={figure.exact(value)}
                  className="text-xl font-semibold tracking-tight tabular-nums after:absolute after:inset-0"
                >
                  {figure.show(value)}
                  <span className="sr-only">, show the traces</span>
                </Link>
              ) : (
                <Skeleton className="my-1 h-[18px] w-20" />
              )}
              <div className="flex h-[18px] items-center gap-2 text-sm whitespace-nowrap text-faint">
                <Change
                  value={changeOf(value, valueBefore)}
                  worse={figure.moreIsWorse ?? false}
                  tip={`${figure.show(valueBefore)} in the period before`}
                />
              </div>
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

function Change({ value, worse, tip }: { value: number | null; worse: boolean; tip: string }): ReactNode {
  if (value === null) return null
  const percent = Math.abs(value) * 100
  const text = percent >= 999.5 ? `×${(value + 1).toPrecision(2)}` : `${percent < 10 ? percent.toFixed(1) : Math.round(percent)}%`
  const Icon = value >= 0 ? ArrowUpRight : ArrowDownRight
  const bad = worse && value > 0.2
  return (
    <span className={classNames('relative z-10 flex items-center gap-0.5', bad && 'text-warning')} data-tip={tip}>
      <Icon size={12} aria-hidden />
      <span className="sr-only">{value >= 0 ? 'up' : 'down'}</span>
      {text}
    </span>
  )
}
