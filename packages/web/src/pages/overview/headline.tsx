import type { Filter, Measure, QueryRow } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { useCallFilters } from '../../data/calls.ts'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCompact, plural } from '../../lib/format-number.ts'
import { measureWords } from '../../ui/chart/measures.ts'
import { NumberTile } from '../../ui/chart/number-tile.tsx'
import { numberOf } from '../../ui/chart/rows.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import type { Rows } from './use-overview.ts'

type Figure = {
  measure: Measure
  /** What to look at when this number is clicked. */
  filters: (value: number | null) => Filter[]
  note?: (row: QueryRow | undefined) => { text: string; tip: string } | null
}

const latency = (measure: Measure, field: string): Figure => ({
  measure,
  filters: (value) => (value === null ? [] : [{ field, op: 'gte', value: Math.floor(value) }]),
})

const FIGURES: Figure[] = [
  { measure: 'calls', filters: () => [] },
  {
    measure: 'errorRate',
    filters: () => [{ field: 'status', op: 'eq', value: 'error' }],
    note: (row) => {
      const errors = numberOf(row, 'errors') ?? 0
      return errors > 0 ? { text: formatCompact(errors), tip: plural(errors, 'error') } : null
    },
  },
  latency('durationP50', 'durationMs'),
  latency('durationP95', 'durationMs'),
  latency('firstTokenP95', 'firstTokenMs'),
  { measure: 'inputTokens', filters: () => [{ field: 'inputTokens', op: 'gt', value: 0 }] },
  { measure: 'outputTokens', filters: () => [{ field: 'outputTokens', op: 'gt', value: 0 }] },
  {
    measure: 'costUsd',
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
  const base = useCallFilters()
  if (current.error && !current.data) return <ErrorNote error={current.error} retry={() => current.refetch()} />
  const row = current.data?.rows[0]
  return (
    <dl className="grid grid-cols-4 gap-px overflow-hidden rounded-md border border-line bg-line xl:grid-cols-8">
      {FIGURES.map(({ measure, filters, note }) => {
        const { title, show, exact, moreIsWorse } = measureWords(measure)
        const value = numberOf(row, measure)
        return (
          <NumberTile
            key={measure}
            title={title}
            value={current.data ? value : undefined}
            before={numberOf(before.data?.rows[0], measure)}
            show={show}
            exact={exact}
            moreIsWorse={moreIsWorse ?? false}
            note={current.data ? note?.(row) : null}
            link={(number, className, tip) => (
              <Link
                to="/p/$project/traces"
                params={{ project }}
                search={{ filter: writeFilters([...base, ...filters(value)]) }}
                data-tip={tip}
                className={className}
              >
                {number}
                <span className="sr-only">, show the traces</span>
              </Link>
            )}
          />
        )
      })}
    </dl>
  )
}
