import type { Filter, Measure, QueryRow } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { useCallFilters } from '../../data/calls.ts'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { formatCompact, formatCount, formatShare, plural } from '../../lib/format-number.ts'
import { measureWords } from '../../ui/chart/measures.ts'
import { NumberTile } from '../../ui/chart/number-tile.tsx'
import { numberOf, toColumns } from '../../ui/chart/rows.ts'
import { ErrorNote } from '../../ui/error-note.tsx'
import type { Rows } from './use-overview.ts'

type Note = { text: string; tip: string } | null
type Figure = {
  title: string
  value: (row: QueryRow | undefined) => number | null
  show: (value: number | null) => string
  exact: (value: number | null) => string
  /** What to look at when this number is clicked: the calls that it is of. */
  filters: (value: number | null) => Filter[]
  /** Its course stands beside it, where the timeline has it. */
  course?: Measure
  note?: (row: QueryRow, failed: number) => Note
  moreIsWorse?: boolean
}

const plain = (measure: Measure, filters: Figure['filters'], more: Partial<Figure> = {}): Figure => {
  const { title, show, exact, moreIsWorse = false } = measureWords(measure)
  return { title, show, exact, moreIsWorse, filters, course: measure, value: (row) => numberOf(row, measure), ...more }
}
const latency = (measure: Measure, field: string) =>
  plain(measure, (value) => (value === null ? [] : [{ field, op: 'gte', value: Math.floor(value) }]))
/** Of those who said what they think of an answer, the part that was not content. */
const thumbsDown = (row: QueryRow | undefined): number | null => {
  const down = numberOf(row, 'scoreFalse.thumbs') ?? 0
  const all = down + (numberOf(row, 'scoreTrue.thumbs') ?? 0)
  return all === 0 ? null : down / all
}
/** What failed and was not refused: the numerator of the rate of errors. */
export const FAILED: Filter = { field: 'outcome', op: 'in', value: ['error', 'interrupted'] }

const FIGURES: Figure[] = [
  plain('calls', () => []),
  plain('errorRate', () => [FAILED], {
    note: (_, failed) => (failed > 0 ? { text: formatCompact(failed), tip: `${plural(failed, 'call')} failed` } : null),
  }),
  latency('durationP95', 'durationMs'),
  latency('firstTokenP95', 'firstTokenMs'),
  plain('costUsd', () => [{ field: 'cost', op: 'gt', value: 0 }], {
    note: (row) => {
      const unpriced = numberOf(row, 'unpriced') ?? 0
      return unpriced > 0
        ? { text: `+${formatCompact(unpriced)} unpriced`, tip: `${plural(unpriced, 'call')} without a known price, not in the sum` }
        : null
    },
  }),
  plain('totalTokens', () => [{ field: 'totalTokens', op: 'gt', value: 0 }], {
    note: (row) => {
      const [read, written] = [numberOf(row, 'inputTokens') ?? 0, numberOf(row, 'outputTokens') ?? 0]
      return { text: `${formatCompact(written)} out`, tip: `${formatCount(read)} in, ${formatCount(written)} out` }
    },
  }),
  {
    ...measureWords('savedUsd'),
    value: (row) => numberOf(row, 'savedUsd'),
    exact: (value) => (value === null ? 'No call asked the cache in this time' : measureWords('savedUsd').exact(value)),
    filters: () => [{ field: 'outcome', op: 'eq', value: 'cached' }],
  },
  {
    title: 'Thumbs down',
    value: thumbsDown,
    show: formatShare,
    exact: (value) => (value === null ? 'Nobody gave a thumb in this time' : formatShare(value)),
    filters: () => [{ field: 'score.thumbs', op: 'eq', value: 0 }],
    note: (row) => {
      const down = numberOf(row, 'scoreFalse.thumbs') ?? 0
      return down > 0 ? { text: formatCompact(down), tip: plural(down, 'thumb down', 'thumbs down') } : null
    },
    moreIsWorse: true,
  },
]

type Props = { figures: Rows; before: Rows; timeline: Rows; outcomes: Rows }
/** The row of figures: each with the change to the period before, each a link to the traces behind it. */
export function Headline({ figures, before, timeline, outcomes }: Props) {
  const project = useProject()
  const base = useCallFilters()
  if (figures.error && !figures.data) return <ErrorNote error={figures.error} retry={() => figures.refetch()} />
  const row = figures.data?.rows[0]
  const columns = timeline.data && toColumns(timeline.data.rows, timeline.data.window, COURSES).columns
  const failed = (outcomes.data?.rows ?? []).reduce(
    (sum, { outcome, calls }) => sum + (outcome === 'error' || outcome === 'interrupted' ? Number(calls) : 0),
    0,
  )
  return (
    <dl className="grid grid-cols-4 gap-px overflow-hidden rounded-md border border-line bg-line">
      {FIGURES.map(({ title, value: read, show, exact, filters, course, note, moreIsWorse }) => {
        const value = read(row)
        return (
          <NumberTile
            key={title}
            title={title}
            value={row ? value : undefined}
            before={read(before.data?.rows[0])}
            show={show}
            exact={exact}
            moreIsWorse={moreIsWorse ?? false}
            note={row ? note?.(row, failed) : null}
            spark={course && columns?.[course]}
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

const COURSES = FIGURES.flatMap(({ course }) => (course ? [course] : []))
