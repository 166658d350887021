import type { ExperimentAnswer, ExperimentRow } from '@signalbox/schema'
import { Lock, TrendingDown, TrendingUp, Waves } from 'lucide-react'
import type { GridColumn } from '../../../ui/row-grid.tsx'
import type { Sides } from '../run/sides.ts'
import { scoreText } from '../words/score-words.ts'
import { PASS } from '../words/verdict-words.ts'
import { PassMark } from './pass-mark.tsx'
import { answersOf, candidateOf, lineOf, verdictOf } from './row-text.ts'

type Options = { id: string; sides: Sides; metric: string; variants: readonly string[]; all: boolean }

/** An item with the answers beside each other: the two that are compared, or those of all variants. */
export function rowColumns({ id, sides, metric, variants, all }: Options): GridColumn<ExperimentRow>[] {
  const shown = all
    ? variants.map((variant) => ({ key: variant, title: variant, side: { experimentId: id, variant } }))
    : [
        ...(sides.baseline ? [{ key: 'baseline', title: `${sides.baseline.variant || 'Baseline'} (baseline)`, side: sides.baseline }] : []),
        { key: 'candidate', title: sides.candidate, side: candidateOf(id, sides) },
      ]
  return [
    {
      id: 'index',
      title: '#',
      width: 56,
      align: 'right',
      cell: ({ index }) => <span className="tabular text-sm text-faint">{index + 1}</span>,
    },
    ...(all || !sides.baseline
      ? []
      : [{ id: 'change', title: '', width: 34, cell: (row: ExperimentRow) => <Change row={row} /> } satisfies GridColumn<ExperimentRow>]),
    {
      id: 'item',
      title: 'Item',
      width: 220,
      grows: true,
      cell: (row) => (
        <span className="flex min-w-0 items-center gap-2">
          {row.sealed ? (
            <span className="flex items-center gap-1 text-faint">
              <Lock size={12} aria-hidden /> sealed
            </span>
          ) : (
            <span className="truncate">{lineOf(row.input) || row.itemId}</span>
          )}
          {row.flaky && (
            <span className="shrink-0 text-warning" data-tip="Repeats disagree with each other">
              <Waves size={13} aria-hidden />
              <span className="sr-only">flaky</span>
            </span>
          )}
        </span>
      ),
    },
    ...shown.map(
      ({ key, title, side }): GridColumn<ExperimentRow> => ({
        id: key,
        title,
        width: 240,
        grows: true,
        cell: (row) => <AnswerCell answers={answersOf(row, id, side)} metric={metric} sealed={row.sealed} />,
      }),
    ),
  ]
}

function Change({ row: { change } }: { row: ExperimentRow }) {
  if (change !== 'worse' && change !== 'better') return null
  const [Icon, tone] = change === 'worse' ? ([TrendingDown, 'text-error'] as const) : ([TrendingUp, 'text-ok'] as const)
  return (
    <span className={`inline-flex ${tone}`} data-tip={`Got ${change}`}>
      <Icon size={14} aria-hidden />
      <span className="sr-only">got {change}</span>
    </span>
  )
}

function AnswerCell({ answers, metric, sealed }: { answers: readonly ExperimentAnswer[]; metric: string; sealed: boolean }) {
  const [first] = answers
  if (!first) return <span className="text-faint">–</span>
  const verdicts = answers.map((answer) => verdictOf(answer, metric))
  const scores = verdicts.flatMap(({ score }) => (score === null ? [] : [score]))
  return (
    <span className="flex min-w-0 items-center gap-1.5">
      {verdicts.slice(0, 5).map((verdict, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: repeats have their places.
        <PassMark key={at} of={verdict} />
      ))}
      {metric !== PASS && scores.length > 0 && (
        <span className="tabular w-12 shrink-0 text-right text-sm">
          {scoreText(scores.reduce((sum, one) => sum + one, 0) / scores.length, 'number')}
        </span>
      )}
      {first.error !== null ? (
        <span className="truncate text-warning">{lineOf(first.error)}</span>
      ) : (
        <span className="truncate text-soft">{sealed ? '' : lineOf(first.output)}</span>
      )}
    </span>
  )
}
