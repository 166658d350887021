import type { ExperimentDetail, ExperimentMetric } from '@signalbox/schema'
import type { ReactNode } from 'react'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { Panel } from '../../../ui/panel.tsx'
import { type Column, Table } from '../../../ui/table.tsx'
import { Duration, Money } from '../../../ui/values.tsx'
import { type Reading, readingOf, scoreText } from '../words/score-words.ts'
import { metricTitle } from '../words/verdict-words.ts'
import { RowsLink } from './rows-link.tsx'
import type { Sides } from './sides.ts'

type Row = { variant: string; calls: NonNullable<ExperimentDetail['report']>['calls'][number] | undefined }
type Props = { detail: ExperimentDetail; metrics: readonly ExperimentMetric[]; baseline: Sides['baseline'] }

/** Each variant: its scores with their intervals, what it costs and how long it takes. */
export function Variants({ detail, metrics, baseline }: Props) {
  const names = [...new Set(metrics.filter(({ scored, errors, na }) => scored + errors + na > 0).map(({ metric }) => metric))]
  const readings = new Map(
    names.map((name) => [name, readingOf(metrics.filter(({ metric }) => metric === name).map(({ mean }) => mean))] as const),
  )
  const of = (metric: string, variant: string) => metrics.find((one) => one.metric === metric && one.variant === variant)
  const columns: Column<Row>[] = [
    {
      id: 'variant',
      header: 'Variant',
      className: 'w-full max-w-0 min-w-32',
      cell: ({ variant }) => (
        <span className="block truncate font-medium">
          {variant}
          {baseline?.experimentId === detail.id && baseline.variant === variant && (
            <span className="font-normal text-faint"> baseline</span>
          )}
        </span>
      ),
    },
    ...names.map(
      (name): Column<Row> => ({
        id: name,
        header: metricTitle(name),
        align: 'right',
        cell: ({ variant }) => <Score metric={of(name, variant)} reading={readings.get(name) ?? 'number'} />,
      }),
    ),
    {
      id: 'failed',
      header: <span data-tip="Calls without an answer">Errors</span>,
      align: 'right',
      cell: ({ variant, calls }) =>
        calls && calls.failed > 0 ? (
          <RowsLink show="errors" variant={variant} label={`${plural(calls.failed, 'call')} of ${variant} without an answer`}>
            <span className="text-error">{formatCount(calls.failed)}</span>
          </RowsLink>
        ) : (
          <span className="text-faint">{calls ? '0' : '–'}</span>
        ),
    },
    {
      id: 'cost',
      header: 'Cost (USD)',
      align: 'right',
      cell: ({ calls }) => <Money usd={calls?.costUsd ?? null} bare reason={NO_PRICE} />,
    },
    {
      id: 'each',
      header: <span data-tip="Per row that passed">USD/pass</span>,
      align: 'right',
      wideOnly: true,
      cell: ({ calls }) => <Money usd={calls?.costPerPassUsd ?? null} bare reason="No price is known, or no row passed" />,
    },
    { id: 'p50', header: 'p50', align: 'right', wideOnly: true, cell: ({ calls }) => <Duration milliseconds={calls?.p50Ms ?? null} /> },
    { id: 'p95', header: 'p95', align: 'right', cell: ({ calls }) => <Duration milliseconds={calls?.p95Ms ?? null} /> },
  ]
  return (
    <Panel title="Variants" description="Each mean with its 95 % interval.">
      <Table
        label="Variants"
        columns={columns}
        rows={detail.variants.map((variant) => ({ variant, calls: detail.report?.calls.find((one) => one.variant === variant) }))}
        rowKey={({ variant }) => variant}
      />
    </Panel>
  )
}

const NO_PRICE = 'No price is known for its model'

function Score({ metric: one, reading }: { metric: ExperimentMetric | undefined; reading: Reading }): ReactNode {
  if (!one || one.mean === null) return <span className="text-faint">–</span>
  const { mean, ci, scored, na, errors, variant, metric } = one
  const rest = [
    plural(scored, 'row'),
    ...(ci ? [`${scoreText(ci.low, reading)} to ${scoreText(ci.high, reading)} (${ci.method})`] : []),
    ...(na > 0 ? [`${formatCount(na)} not applicable`] : []),
    ...(errors > 0 ? [`${formatCount(errors)} errors`] : []),
  ]
  return (
    <RowsLink
      metric={metric}
      variant={variant}
      label={`${metricTitle(metric)} of ${variant}: ${scoreText(mean, reading)}, ${rest.join(', ')}`}
    >
      <span data-tip={rest.join('\n')}>
        {scoreText(mean, reading)}
        {ci && <span className="text-sm text-faint"> ±{halfWidth((ci.high - ci.low) / 2, reading)}</span>}
        {errors > 0 && <span className="text-error"> !</span>}
      </span>
    </RowsLink>
  )
}

const halfWidth = (half: number, reading: Reading): string => scoreText(half, reading).replace('%', '')
