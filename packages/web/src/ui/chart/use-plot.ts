import 'uplot/dist/uPlot.min.css'
import { type RefObject, useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import { useShownTheme } from '../../data/theme.ts'
import type { Mark, TimeWindow } from './series.ts'

/** What every chart over time takes, whatever it draws. */
export type PlotProps = {
  label: string
  /** Milliseconds since 1970, one per bucket. */
  starts: number[]
  window: TimeWindow
  marks: readonly Mark[]
  height: number
  /** A range drawn with the mouse, in milliseconds. */
  onBrush: (from: number, to: number) => void
}

type Latest<P> = { current: P }
type Plan<P> = {
  /** Another shape is another chart; other values go into the chart that is there. */
  shape: string
  options: (latest: Latest<P>, width: number) => uPlot.Options
  data: (props: P) => uPlot.AlignedData
  /** A press without drawing: the bucket, and how high, as a value of the y axis. */
  onPress: (props: P, at: number, height: number) => void
}

/** Keeps one uPlot in an element: built when its shape or the theme changes, fed when its values do. */
export function usePlot<P extends PlotProps>(props: P, { shape, options, data, onPress }: Plan<P>): RefObject<HTMLDivElement | null> {
  const host = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot | null>(null)
  const latest = useRef(props)
  latest.current = props
  const theme = useShownTheme()
  const [width, setWidth] = useState(0)
  const { height } = props

  useEffect(() => {
    if (!host.current) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(host.current)
    return () => observer.disconnect()
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: a chart is built anew for another theme or shape; data and size follow below.
  useEffect(() => {
    if (!host.current || width === 0) return
    const made = new uPlot(options(latest, width), data(latest.current), host.current)
    plot.current = made
    let down = 0
    const press = (event: MouseEvent) => {
      down = event.clientX
    }
    const click = (event: MouseEvent) => {
      const at = made.cursor.idx
      if (Math.abs(event.clientX - down) >= 4 || at === null || at === undefined) return
      onPress(latest.current, at, made.posToVal(made.cursor.top ?? 0, 'y'))
    }
    made.over.addEventListener('mousedown', press)
    made.over.addEventListener('click', click)
    return () => {
      plot.current = null
      made.destroy()
    }
  }, [theme, shape, width === 0])

  useEffect(() => {
    if (width > 0) plot.current?.setSize({ width, height })
  }, [width, height])
  // biome-ignore lint/correctness/useExhaustiveDependencies: new values go into the chart that is there.
  useEffect(() => {
    plot.current?.setData(data(latest.current))
  }, [props])
  return host
}
