import type { ExperimentComparison } from '@signalbox/schema'
import type { ReactNode } from 'react'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { type Column, Table } from '../../../ui/table.tsx'
import { IntervalBar } from '../charts/interval-bar.tsx'
import type { Show } from '../rows/shows.ts'
import { differenceText, pText, scoreText, signedText } from '../words/score-words.ts'
import { metricTitle, PASS, powerSentence, readingOfComparison, verdictSentence } from '../words/verdict-words.ts'
import { RowsLink } from './rows-link.tsx'
import { toneOf, VerdictBadge } from './verdict-badge.tsx'

/** What is shown, metric by metric: in a sentence, then as a table whose numbers lead to the rows. */
export function Verdicts({ comparisons }: { comparisons: readonly ExperimentComparison[] }) {
  const first = comparisons.find(({ metric }) => metric === PASS) ?? comparisons[0]
  const reach = (one: ExperimentComparison) =>
    Math.max(
      ...comparisons
        .filter((other) => readingOfComparison(other) === readingOfComparison(one))
        .flatMap(({ ci }) => [Math.abs(ci.low), Math.abs(ci.high)]),
    )
  return (
    <>
      {first && (
        <div className="flex items-start gap-2.5 px-3 py-2.5">
          <VerdictBadge verdict={first.verdict} />
          <p className="min-w-0">
            {verdictSentence(first)} <span className="text-faint">{powerSentence(first)}</span>
          </p>
        </div>
      )}
      <Table
        label="Verdicts"
        columns={columns(reach)}
        rows={comparisons}
        rowKey={({ metric, variant, baseline }) => `${metric} ${variant} ${baseline}`}
      />
    </>
  )
}

const columns = (reach: (one: ExperimentComparison) => number): Column<ExperimentComparison>[] => [
  {
    id: 'metric',
    header: 'Metric',
    className: 'w-full max-w-0 min-w-32',
    cell: ({ metric }) => <span className="block truncate font-medium">{metricTitle(metric)}</span>,
  },
  { id: 'verdict', header: 'Verdict', cell: ({ verdict }) => <VerdictBadge verdict={verdict} /> },
  {
    id: 'before',
    header: 'Baseline',
    align: 'right',
    cell: (one) => (one.n === 0 ? NONE : scoreText(one.baselineMean, readingOfComparison(one))),
  },
  {
    id: 'now',
    header: 'Candidate',
    align: 'right',
    cell: (one) => (one.n === 0 ? NONE : scoreText(one.candidateMean, readingOfComparison(one))),
  },
  {
    id: 'difference',
    header: <span data-tip="Paired: on rows that both have">Difference</span>,
    align: 'right',
    cell: (one) => (one.n === 0 ? NONE : differenceText(one.difference, readingOfComparison(one))),
  },
  {
    id: 'interval',
    header: <span data-tip="95 %. What crosses the line in the middle is not shown.">Interval</span>,
    cell: (one) => {
      if (one.n < 2) return NONE
      const reading = readingOfComparison(one)
      const { low, high, method } = one.ci
      return (
        <span className="flex items-center gap-2">
          <IntervalBar
            value={one.difference}
            low={low}
            high={high}
            reach={reach(one)}
            tone={toneOf(one.verdict)}
            label={`${signedText(low, reading)} to ${signedText(high, reading)} (${method})`}
          />
          <span className="tabular hidden text-sm text-soft xl:inline">
            {signedText(low, reading)} to {signedText(high, reading)}
          </span>
        </span>
      )
    },
  },
  {
    id: 'p',
    header: <span data-tip="Adjusted for how many metrics are looked at (Holm)">p</span>,
    align: 'right',
    wideOnly: true,
    cell: ({ adjustedP, test, n }) => (n === 0 ? NONE : <span data-tip={TESTS[test]}>{pText(adjustedP).replace(/^p /, '')}</span>),
  },
  {
    id: 'n',
    header: <span data-tip="Rows that both have a score of">Rows</span>,
    align: 'right',
    wideOnly: true,
    cell: ({ n, unpaired, metric }) => (
      <RowsLink metric={metric} label={`${plural(n, 'row')} that both have`}>
        <span {...(unpaired > 0 && { 'data-tip': `${plural(unpaired, 'more row')} that only one side has a score of` })}>
          {formatCount(n)}
        </span>
      </RowsLink>
    ),
  },
  { id: 'worse', header: 'Got worse', align: 'right', cell: (one) => <Count of={one} show="worse" count={one.worse.count} /> },
  { id: 'better', header: 'Got better', align: 'right', cell: (one) => <Count of={one} show="better" count={one.improved.count} /> },
  {
    id: 'flaky',
    header: <span data-tip="Repeats disagree with each other: no proof of anything">Flaky</span>,
    align: 'right',
    cell: (one) => <Count of={one} show="flaky" count={one.flaky.count} />,
  },
]

const NONE = <span className="text-faint">–</span>
const TESTS = { mcnemar: "McNemar's exact test", permutation: 'Sign-flip permutation test', t: 'Paired t-test' } as const

function Count({ of: { metric }, show, count }: { of: ExperimentComparison; show: Show; count: number }): ReactNode {
  if (count === 0) return <span className="text-faint">0</span>
  const words = { worse: 'got worse', better: 'got better', flaky: 'are flaky' }[show as 'worse' | 'better' | 'flaky']
  return (
    <RowsLink show={show} metric={metric} label={`${plural(count, 'row')} that ${words} by ${metricTitle(metric)}`}>
      {formatCount(count)}
    </RowsLink>
  )
}
