import type uPlot from 'uplot'
import { axisLook, colourOf, cursorAt, onSelect, timeAxis, timeOptions, timeScale } from './plot-options.ts'
import { type PlotProps, usePlot } from './use-plot.ts'

export type HeatCell = { at: number; row: number }
type HeatChartProps = PlotProps & {
  /** The length of a bucket in milliseconds. */
  step: number
  /** One name per row, from the bottom up. */
  rows: readonly string[]
  /** Room for the names, in pixels. */
  namesWidth?: number
  /** How many, by row and bucket. */
  counts: readonly (readonly number[])[]
  onCursor: (cell: HeatCell | null) => void
  onPick: ((cell: HeatCell) => void) | undefined
}

/** How many fell where: time from left to right, rows from the bottom up, darker is more. */
export default function HeatChart(props: HeatChartProps) {
  const { label, height, rows } = props
  const host = usePlot(props, {
    shape: rows.join('|'),
    options,
    data: ({ starts }) => [starts.map((start) => start / 1000), starts.map(() => null)],
    onPress: ({ onPick }, at, value) => onPick?.({ at, row: rowOf(value, rows.length) }),
  })
  return (
    <div ref={host} role="img" aria-label={`${label}. The same numbers are in the table view.`} className="w-full" style={{ height }} />
  )
}

const rowOf = (value: number, rows: number) => Math.min(Math.max(Math.floor(value), 0), rows - 1)

function options(latest: { current: HeatChartProps }, width: number): uPlot.Options {
  const { rows } = latest.current
  const shared = timeOptions(latest, width)
  // Every second name where they would stand too close.
  const every = Math.ceil((rows.length * 14) / Math.max(latest.current.height - 48, 1))
  return {
    ...shared,
    scales: { x: timeScale(latest), y: { range: () => [0, rows.length] } },
    axes: [
      timeAxis(),
      {
        ...axisLook(),
        size: latest.current.namesWidth ?? 56,
        gap: 8,
        grid: { show: false },
        splits: () => rows.map((_, row) => row + 0.5).filter((_, row) => row % every === 0),
        values: (_, splits) => splits.map((split) => rows[Math.floor(split)] ?? ''),
      },
    ],
    cursor: { ...shared.cursor, points: { show: false } },
    series: [{}, { label: 'cells', paths: () => null, points: { show: false } }],
    hooks: {
      draw: [(made) => drawCells(made, latest.current)],
      setCursor: [
        (made) => {
          const at = cursorAt(made)
          // A crosshair that another chart moved has no height of its own here.
          const own = made.cursor.event !== undefined && made.cursor.event !== null
          if (at === null || !own) return latest.current.onCursor(null)
          latest.current.onCursor({ at, row: rowOf(made.posToVal(made.cursor.top ?? 0, 'y'), rows.length) })
        },
      ],
      setSelect: [onSelect(latest)],
    },
  }
}

function drawCells(plot: uPlot, { starts, step, counts }: HeatChartProps): void {
  const most = Math.max(...counts.flat(), 1)
  const context = plot.ctx
  const { left, top, width, height } = plot.bbox
  context.save()
  context.beginPath()
  context.rect(left, top, width, height)
  context.clip()
  context.fillStyle = colourOf('mark-1')
  starts.forEach((start, at) => {
    const x = Math.round(plot.valToPos(start / 1000, 'x', true))
    const right = Math.round(plot.valToPos((start + step) / 1000, 'x', true))
    counts.forEach((row, index) => {
      const count = row[at] ?? 0
      if (count === 0) return
      const y = Math.round(plot.valToPos(index + 1, 'y', true))
      const bottom = Math.round(plot.valToPos(index, 'y', true))
      // By the root: a few slow ones must be seen beside thousands of quick ones.
      context.globalAlpha = 0.16 + 0.84 * Math.sqrt(count / most)
      context.fillRect(x, y, Math.max(right - x - 1, 1), Math.max(bottom - y - 1, 1))
    })
  })
  context.restore()
}
