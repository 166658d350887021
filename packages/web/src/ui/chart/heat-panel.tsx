import { lazy, type ReactNode, Suspense } from 'react'
import { useSetView } from '../../data/view.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Skeleton } from '../skeleton.tsx'
import { ChartFrame, ValuesTable } from './chart-frame.tsx'
import type { HeatCell } from './heat-chart.tsx'
import { Readout, useReadout } from './readout.tsx'
import { bucketTitle, type TimeWindow } from './series.ts'
import { useMarks } from './use-marks.ts'

const HeatChart = lazy(() => import('./heat-chart.tsx'))

type Props = {
  title: string
  description?: ReactNode
  starts: number[]
  step: number
  window: TimeWindow
  /** One name per row, from the bottom up. */
  rows: readonly string[]
  /** How many, by row and bucket. */
  counts: readonly (readonly number[])[]
  /** A press on a cell: its bucket and its row. */
  onOpen?: (cell: HeatCell) => void
  height?: number
  actions?: ReactNode
  className?: string
}

/** A heat map over time with what belongs to it: value under the pointer, marks, table, CSV, zoom by drawing. */
export function HeatPanel({ title, description, starts, step, window, rows, counts, onOpen, height = 180, ...frame }: Props) {
  const { setRange } = useSetView()
  const marks = useMarks(window)
  const { line, say } = useReadout()
  const showAt = (cell: HeatCell | null) =>
    say(cell ? [bucketTitle(starts[cell.at] ?? 0), rows[cell.row] ?? '', formatCount(counts[cell.row]?.[cell.at] ?? 0)] : [])
  const filled = starts.flatMap((start, at) =>
    rows.flatMap((name, row) => {
      const count = counts[row]?.[at] ?? 0
      return count > 0 ? [{ start, at, row, name, count }] : []
    }),
  )
  return (
    <ChartFrame
      title={title}
      description={description}
      height={height}
      {...frame}
      csv={() => ({
        header: ['time', ...rows],
        rows: starts.map((start, at) => [new Date(start).toISOString(), ...rows.map((_, row) => counts[row]?.[at] ?? 0)]),
      })}
      table={() => (
        <ValuesTable
          title={title}
          header={['Time', 'Row', 'Count']}
          rows={filled.map(({ start, at, row, name, count }) => ({
            key: `${at} ${row}`,
            name: bucketTitle(start),
            cells: [name, formatCount(count)],
            onOpen: onOpen && (() => onOpen({ at, row })),
          }))}
        />
      )}
      chart={() => (
        <>
          <Readout line={line} />
          <Suspense fallback={<Skeleton className="h-full" />}>
            <HeatChart
              label={title}
              starts={starts}
              step={step}
              window={window}
              rows={rows}
              counts={counts}
              marks={marks}
              height={height - 16}
              onCursor={showAt}
              onBrush={(from, to) => setRange({ kind: 'absolute', from, to })}
              onPick={onOpen}
            />
          </Suspense>
        </>
      )}
    />
  )
}
