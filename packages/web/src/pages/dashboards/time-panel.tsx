import type { DashboardPanel, Filter, PanelQuery } from '@signalbox/schema'
import { lazy, Suspense, useState } from 'react'
import { useKeyNames } from '../../data/use-key-names.ts'
import { useSetView } from '../../data/view.ts'
import { ValuesTable } from '../../ui/chart/chart-frame.tsx'
import { Legend } from '../../ui/chart/legend.tsx'
import { Readout, useReadout } from '../../ui/chart/readout.tsx'
import { bucketTitle, type Mark, PERCENTILES, type Series, STATUS_COLOURS, seriesLook } from '../../ui/chart/series.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { formOf, lineTitle, titleOf } from './forms.ts'
import type { Line, TimeData } from './panel-data.ts'
import { type Chrome, NothingHere, PanelFrame } from './panel-frame.tsx'
import { useDrill } from './use-drill.ts'
import type { PanelQueryState } from './use-panel-data.ts'
import { useSize } from './use-size.ts'

const TimeChart = lazy(() => import('../../ui/chart/time-chart.tsx'))

type Props = { panel: DashboardPanel; state: PanelQueryState; filters: readonly Filter[]; marks: readonly Mark[]; chrome: Chrome }

/** Lines or bars over time. A press on them leads to the traces of that piece of time. */
export function TimePanel({ panel, state, filters, marks, chrome }: Props) {
  const query = panel.query as PanelQuery
  const data = state.data as TimeData | undefined
  const { starts = [], lines = [], window = { from: 0, to: 1 }, step = 0 } = data ?? {}
  const title = titleOf(panel)
  const form = formOf(query.measures[0] ?? 'calls', panel)
  const bars = panel.kind !== 'line'
  const dimension = query.dimensions[0]
  const keyName = useKeyNames()
  const drill = useDrill(filters)
  const { setRange } = useSetView()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const { line, say } = useReadout()
  const [host, { height }] = useSize<HTMLDivElement>()
  const series = lines.map(
    (line, at): Series => ({ label: lineTitle(line, dimension, keyName), values: line.values, ...lookOf(line, at, { dimension, bars }) }),
  )
  const limits = panel.thresholds.map(
    ({ at, status, words }): Series => ({
      label: `${words} (from ${form.show(at)})`,
      colour: `mark-${status}`,
      dash: [2, 4],
      values: starts.map(() => at),
    }),
  )
  const all = [...series, ...limits]
  const shown = all.filter(({ label }) => !hidden.has(label))
  const numbers = series.filter(({ label }) => !hidden.has(label))
  const open = (start: number) => drill.open({ query, measure: query.measures[0] ?? 'calls', time: { from: start, to: start + step } })
  const showAt = (at: number | null) => {
    if (at === null) return say([])
    say([bucketTitle(starts[at] ?? 0), ...numbers.map(({ label, values }) => `${label} ${form.show(values[at] ?? null)}`)])
  }
  return (
    <PanelFrame
      title={title}
      chrome={chrome}
      state={state}
      note={data?.more && !lines.some(({ rest }) => rest) ? `the first ${lines.length} of more` : undefined}
      legend={all.length > 1 && <Legend series={all} stacked={bars} hidden={hidden} onChange={setHidden} />}
      csv={() => ({
        header: ['time', ...series.map(({ label }) => `${label} (${form.unit})`)],
        rows: starts.map((start, at) => [new Date(start).toISOString(), ...series.map(({ values }) => values[at])]),
      })}
      table={() => (
        <ValuesTable
          title={title}
          header={['Time', ...numbers.map(({ label }) => `${label} (${form.unit})`)]}
          rows={starts.map((start, at) => ({
            key: String(start),
            name: bucketTitle(start),
            cells: numbers.map(({ values }) => form.show(values[at] ?? null)),
            onOpen: () => open(start),
          }))}
        />
      )}
    >
      <div ref={host} className="absolute inset-0 px-2 pb-1">
        <Readout line={line} className="top-0.5" />
        {lines.length === 0 ? (
          <NothingHere />
        ) : (
          height > 0 && (
            <Suspense fallback={<Skeleton className="h-full" />}>
              <TimeChart
                label={title}
                starts={starts}
                window={window}
                series={shown}
                stacked={bars}
                format={form.axis}
                marks={marks}
                height={height - 4}
                onCursor={showAt}
                onBrush={(from, to) => setRange({ kind: 'absolute', from, to })}
                onPick={open}
              />
            </Suspense>
          )
        )}
      </div>
    </PanelFrame>
  )
}

/** Bars have no dashes to tell them apart: their colours are more. */
const STACKED = ['mark-1', 'mark-2', 'mark-4', 'mark-3', 'mark-5', 'mark-6']

/** Percentiles and statuses look everywhere the same; what is left over is grey. */
function lookOf(
  { measure, value, rest }: Line,
  at: number,
  { dimension, bars }: { dimension: string | undefined; bars: boolean },
): Pick<Series, 'colour' | 'dash'> {
  if (rest) return { colour: 'mark-unknown' }
  if (dimension === 'status') return { colour: STATUS_COLOURS[String(value)] ?? 'mark-3' }
  const percentile = dimension === undefined ? /P(50|95|99)$/.exec(measure)?.[1] : undefined
  if (percentile) return PERCENTILES[`p${percentile}` as keyof typeof PERCENTILES]
  return bars ? { colour: STACKED[at % STACKED.length] ?? 'mark-1' } : seriesLook(at)
}
