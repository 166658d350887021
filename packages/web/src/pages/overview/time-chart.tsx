import 'uplot/dist/uPlot.min.css'
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import { useShownTheme } from '../../data/theme.ts'

export type Series = {
  label: string
  /** The name of a colour of `tokens.css`. */
  colour: string
  dash?: number[]
  values: (number | null)[]
}
export type TimeChartProps = {
  label: string
  /** Milliseconds since 1970, one per value. */
  starts: number[]
  window: { from: number; to: number }
  series: Series[]
  stacked?: boolean
  format: (value: number) => string
  /** The place of the crosshair, or null when it is gone. */
  onCursor: (at: number | null) => void
  /** A range drawn with the mouse, in milliseconds. */
  onBrush: (from: number, to: number) => void
  /** A click without drawing: the start of the bucket. */
  onPick: (start: number) => void
}

const HEIGHT = 164

/** One chart over time: bars that stand on each other, or lines. Its crosshair moves on every chart of the page. */
export default function TimeChart(props: TimeChartProps) {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  const theme = useShownTheme()
  const [width, setWidth] = useState(0)
  const { starts, series, stacked = false, label, window } = props
  const shape = series.map((one) => `${one.label}|${one.colour}`).join()

  useEffect(() => {
    if (!host.current) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(host.current)
    return () => observer.disconnect()
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart is built anew for another theme or other series; data and size follow below.
  useEffect(() => {
    if (!host.current || width === 0) return
    const made = new uPlot(options(latest, width), data(latest.current), host.current)
    plot.current = made
    const over = made.over
    let down = 0
    const press = (event: MouseEvent) => {
      down = event.clientX
    }
    const click = (event: MouseEvent) => {
      const at = made.cursor.idx
      if (Math.abs(event.clientX - down) < 4 && at !== null && at !== undefined) latest.current.onPick(latest.current.starts[at] ?? 0)
    }
    over.addEventListener('mousedown', press)
    over.addEventListener('click', click)
    return () => {
      plot.current = null
      made.destroy()
    }
  }, [theme, shape, stacked, width === 0])

  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height: HEIGHT })
  }, [width])
  // biome-ignore lint/correctness/useExhaustiveDependencies: new values go into the chart that is there.
  useEffect(() => {
    plot.current?.setData(data(latest.current))
  }, [starts, series, window])

  return <div ref={host} role="img" aria-label={`${label}. The same numbers are in the table view.`} className="h-[164px] w-full" />
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
  const { series, stacked = false } = latest.current
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const font = '11px "Inter Variable", sans-serif'
  const drawn = stacked ? [...series].reverse() : series
  const bars = uPlot.paths.bars?.({ size: [0.82, 40], align: 1 })
  const axis = { stroke: colour('text-faint'), font, ticks: { show: false } }
  return {
    width,
    height: HEIGHT,
    // Room on top for the line that tells the values at the crosshair.
    padding: [24, 18, 0, 0],
    legend: { show: false },
    focus: { alpha: 1 },
    scales: {
      x: { time: true, range: () => [latest.current.window.from / 1000, latest.current.window.to / 1000] },
      y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 24,
        gap: 6,
        grid: { show: false },
        space: 72,
        values: (_, splits, __, ___, step) => splits.map((split) => tick(split, step)),
      },
      {
        ...axis,
        size: 56,
        gap: 8,
        space: 28,
        grid: { stroke: colour('line'), width: 1 },
        values: (_, splits) => splits.map((split) => latest.current.format(split)),
      },
    ],
    cursor: {
      sync: { key: 'overview', setSeries: false },
      y: false,
      points: { show: !stacked, size: 6 },
      drag: { x: true, y: false, setScale: false, dist: 4 },
    },
    series: [
      {},
      ...drawn.map((one): uPlot.Series => {
        const paint = colour(one.colour)
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
    hooks: {
      setCursor: [
        (made) => latest.current.onCursor(made.cursor.left !== undefined && made.cursor.left >= 0 ? (made.cursor.idx ?? null) : null),
      ],
      setSelect: [
        (made) => {
          if (made.select.width < 4) return
          const from = made.posToVal(made.select.left, 'x') * 1000
          const to = made.posToVal(made.select.left + made.select.width, 'x') * 1000
          made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
          // Only the chart that the mouse is on may say so: the others follow by themselves.
          if (made.cursor.event) latest.current.onBrush(Math.round(from), Math.round(to))
        },
      ],
    },
  }
}

/** Points without a neighbour: no line would show them. */
function lonely(made: uPlot, at: number): number[] {
  const values = made.data[at] ?? []
  const known = (index: number) => values[index] !== null && values[index] !== undefined
  return Array.from(values, (_, index) => index).filter((index) => known(index) && !known(index - 1) && !known(index + 1))
}

function tick(seconds: number, step: number): string {
  const date = new Date(seconds * 1000)
  const midnight = date.getHours() === 0 && date.getMinutes() === 0
  if (step >= 86_400 || midnight) return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}
