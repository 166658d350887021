import type uPlot from 'uplot'
import { markLayer } from './mark-layer.ts'
import type { PlotProps } from './use-plot.ts'

/** A colour of the theme that is on, by its name in `tokens.css`. */
export const colourOf = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

const FONT = '11px "Inter Variable", sans-serif'
/** How every axis looks. */
export const axisLook = () => ({ stroke: colourOf('text-faint'), font: FONT, ticks: { show: false } })

/** What all charts over time share: the axis of time, a crosshair that moves on every chart of the page, zoom by drawing, marks. */
export function timeOptions<P extends PlotProps>(latest: { current: P }, width: number) {
  return {
    width,
    height: latest.current.height,
    // Room on top for the line that tells the values at the crosshair.
    padding: [24, 18, 0, 0],
    legend: { show: false },
    focus: { alpha: 1 },
    plugins: [markLayer(() => latest.current.marks)],
    cursor: {
      sync: { key: 'page', setSeries: false },
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 4 },
    },
  } satisfies Partial<uPlot.Options>
}

export const timeScale = (latest: { current: PlotProps }): uPlot.Scale => ({
  time: true,
  range: () => [latest.current.window.from / 1000, latest.current.window.to / 1000],
})

export const timeAxis = (): uPlot.Axis => ({
  ...axisLook(),
  size: 24,
  gap: 6,
  grid: { show: false },
  space: 72,
  values: (_, splits, __, ___, step) => splits.map((split) => tick(split, step)),
})

/** The bucket under the pointer, or null when it has left. */
export const cursorAt = (plot: uPlot): number | null =>
  plot.cursor.left !== undefined && plot.cursor.left >= 0 ? (plot.cursor.idx ?? null) : null

/** Tells what was drawn with the mouse, and takes the drawing away. */
export const onSelect = (latest: { current: PlotProps }) => (plot: uPlot) => {
  if (plot.select.width < 4) return
  const from = plot.posToVal(plot.select.left, 'x') * 1000
  const to = plot.posToVal(plot.select.left + plot.select.width, 'x') * 1000
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
  // Only the chart that the mouse is on may say so: the others follow by themselves.
  if (plot.cursor.event) latest.current.onBrush(Math.round(from), Math.round(to))
}

function tick(seconds: number, step: number): string {
  const date = new Date(seconds * 1000)
  const midnight = date.getHours() === 0 && date.getMinutes() === 0
  if (step >= 86_400 || midnight) return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })
  return date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
}
