import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useSetView } from '../../data/view.ts'
import { bucketFor } from '../../lib/time-range.ts'
import { Panel } from '../panel.tsx'
import { Skeleton } from '../skeleton.tsx'
import { ChartFrame, ValuesTable } from './chart-frame.tsx'
import { Legend } from './legend.tsx'
import { Readout, useReadout } from './readout.tsx'
import { bucketTitle, type Series, type TimeWindow } from './series.ts'
import { useMarks } from './use-marks.ts'

const TimeChart = lazy(() => import('./time-chart.tsx'))

type Props = {
  title: string
  description?: ReactNode
  /** Stands in the table and in the file. */
  unit: string
  starts: number[]
  window: TimeWindow
  series: Series[]
  /** Bars that stand on each other; only for sums. */
  stacked?: boolean
  format: (value: number) => string
  /**
   * A press on the chart, or on a number of the table: the piece of time that it stands for, and which series where the press
   * tells: a part of a stack, a cell.
   */
  onOpen?: (from: number, to: number, label?: string) => void
  /** How long that piece is, in milliseconds; a bucket of the window where it is absent. */
  step?: number | undefined
  height?: number
  actions?: ReactNode
  className?: string
}

/** A chart over time with what belongs to it: legend that switches series, value at the crosshair, marks, table, CSV, zoom by drawing. */
export function ChartPanel({
  title,
  description,
  unit,
  starts,
  window,
  series,
  stacked = false,
  format,
  onOpen,
  step,
  height = CHART_HEIGHT,
  actions,
  className,
}: Props) {
  const { setRange } = useSetView()
  const length = step ?? bucketFor(window).milliseconds
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const { line, say } = useReadout()
  const shown = series.filter((one) => !hidden.has(one.label))
  const marks = useMarks(window)
  // What lies outside of the window is not in the numbers either.
  const cut = step === undefined ? window : { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }
  const open = onOpen && ((start: number, label?: string) => onOpen(Math.max(start, cut.from), Math.min(start + length, cut.to), label))
  const showAt = (at: number | null) => {
    if (at === null) return say([])
    const values = shown.map((one) => `${one.label} ${one.values[at] === null ? '–' : format(one.values[at] ?? 0)}`)
    say([bucketTitle(starts[at] ?? 0), ...values])
  }
  return (
    <ChartFrame
      title={title}
      description={description}
      height={height}
      className={className}
      actions={actions}
      legend={<Legend series={series} stacked={stacked} hidden={hidden} onChange={setHidden} />}
      csv={() => ({
        header: ['time', ...series.map((one) => `${one.label} (${unit})`)],
        rows: starts.map((start, at) => [new Date(start).toISOString(), ...series.map((one) => one.values[at])]),
      })}
      table={() => (
        <ValuesTable
          title={title}
          header={['Time', ...shown.map((one) => `${one.label} (${unit})`)]}
          rows={starts.map((start, at) => ({
            key: String(start),
            name: bucketTitle(start),
            cells: shown.map(({ values }) => (values[at] === null || values[at] === undefined ? '–' : format(values[at]))),
            onOpen: open && (() => open(start)),
            onCell: open && stacked ? (cell) => open(start, shown[cell]?.label) : undefined,
          }))}
        />
      )}
      chart={() => (
        <>
          <Readout line={line} />
          <Suspense fallback={<Skeleton className="h-full" />}>
            <TimeChart
              label={title}
              starts={starts}
              window={window}
              series={shown}
              stacked={stacked}
              format={format}
              marks={marks}
              height={height - 16}
              onCursor={showAt}
              onBrush={(from, to) => setRange({ kind: 'absolute', from, to })}
              onPick={open}
            />
          </Suspense>
        </>
      )}
    />
  )
}

const CHART_HEIGHT = 180

/** The place of a chart whose numbers are on their way. */
export function ChartSkeleton({ height = CHART_HEIGHT, className }: { height?: number; className?: string }) {
  return (
    <Panel title={<Skeleton className="h-4 w-24" />} {...(className && { className })}>
      <div className="p-2" style={{ height }}>
        <Skeleton className="h-full" />
      </div>
    </Panel>
  )
}
