import uPlot from 'uplot'
import { axisLook, colourOf, cursorAt, onSelect, timeAxis, timeOptions, timeScale } from './plot-options.ts'
import type { Series } from './series.ts'
import { type PlotProps, usePlot } from './use-plot.ts'

type TimeChartProps = PlotProps & {
  series: Series[]
  stacked: boolean
  format: (value: number) => string
  /** The place of the crosshair, or null when it is gone. */
  onCursor: (at: number | null) => void
  /** A click without drawing: the start of the bucket, and the part of the stack that was hit. */
  onPick: ((start: number, label?: string) => void) | undefined
}

/** One chart over time: bars that stand on each other, or lines. Its crosshair moves on every chart of the page. */
export default function TimeChart(props: TimeChartProps) {
  const { label, height, series, stacked } = props
  const host = usePlot(props, {
    shape: `${stacked} ${series.map((one) => `${one.label}|${one.colour}|${one.dash}`).join()}`,
    options,
    data,
    onPress: ({ onPick, starts, stacked, series }, at, height) =>
      onPick?.(starts[at] ?? 0, stacked ? partAt(series, at, height) : undefined),
  })
  return (
    <div ref={host} role="img" aria-label={`${label}. The same numbers are in the table view.`} className="w-full" style={{ height }} />
  )
}

function data({ starts, series, stacked }: TimeChartProps): uPlot.AlignedData {
  const seconds = starts.map((start) => start / 1000)
  if (!stacked) return [seconds, ...series.map((one) => one.values)]
  // The first series lies at the bottom. Each is drawn as the sum up to itself, the tallest first, behind the others.
  const sums: number[][] = []
  let below = starts.map(() => 0)
  for (const one of series) {
    below = below.map((sum, at) => sum + (one.values[at] ?? 0))
    sums.unshift(below)
  }
  return [seconds, ...sums]
}

function options(latest: { current: TimeChartProps }, width: number): uPlot.Options {
  const { series, stacked } = latest.current
  const shared = timeOptions(latest, width)
  const drawn = stacked ? [...series].reverse() : series
  const bars = uPlot.paths.bars?.({ size: [0.82, 40], align: 1 })
  return {
    ...shared,
    scales: { x: timeScale(latest), y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      timeAxis(),
      {
        ...axisLook(),
        size: 56,
        gap: 8,
        space: 28,
        grid: { stroke: colourOf('line'), width: 1 },
        values: (_, splits) => distinct(splits.map((split) => latest.current.format(split))),
      },
    ],
    cursor: { ...shared.cursor, points: { show: !stacked, size: 6 } },
    series: [
      {},
      ...drawn.map((one): uPlot.Series => {
        const paint = colourOf(one.colour)
        if (stacked)
          return { label: one.label, stroke: paint, fill: paint, width: 0, points: { show: false }, ...(bars && { paths: bars }) }
        return {
          label: one.label,
          stroke: paint,
          width: 1.5,
          spanGaps: false,
          points: { show: true, size: 4, fill: paint, filter: lonely },
          ...(one.dash && { dash: one.dash }),
        }
      }),
    ],
    hooks: { setCursor: [(made) => latest.current.onCursor(cursorAt(made))], setSelect: [onSelect(latest)] },
  }
}

/** Points without a neighbour: no line would show them. */
function lonely(made: uPlot, at: number): number[] {
  const values = made.data[at] ?? []
  const known = (index: number) => values[index] !== null && values[index] !== undefined
  return Array.from(values, (_, index) => index).filter((index) => known(index) && !known(index - 1) && !known(index + 1))
}

/** Which part of a stack lies at a height; none above it. */
export function partAt(series: readonly Series[], at: number, height: number): string | undefined {
  let top = 0
  for (const { label, values } of series) {
    top += values[at] ?? 0
    if (height <= top) return label
  }
  return undefined
}

/** Each label once, at its highest line: half a call is no call. */
const distinct = (labels: string[]): string[] => labels.map((label, at) => (label === labels[at + 1] ? '' : label))
