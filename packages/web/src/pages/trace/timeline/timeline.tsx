import { Maximize, Minus, Plus, Scan } from 'lucide-react'
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useShortcuts } from '../../../data/shortcuts.ts'
import { criticalPath } from '../../../lib/critical-path.ts'
import { plural } from '../../../lib/format-number.ts'
import { formatDuration } from '../../../lib/format-time.ts'
import { layOutTimeline, type Placed } from '../../../lib/timeline-layout.ts'
import { IconButton } from '../../../ui/button.tsx'
import { isInGroup, type SpanGroup } from '../span-group.ts'
import type { TraceView } from '../use-trace-view.ts'
import { AXIS, type Colours, LANE, paint, readColours, type Scene, spanAt } from './paint.ts'
import { around, moved, type Window, zoomed } from './zoom.ts'

type Props = { view: TraceView; now: number; group: SpanGroup | undefined; onSelect: (spanId: string) => void }

/** The steps of a trace over time: parallel ones below each other, the chain that was waited for underlined. */
export default function Timeline({ view, now: clock, group, onSelect }: Props) {
  const { tree, chosen, text } = view
  const now = tree.running ? clock : 0
  const total = Math.max(1, tree.running ? Math.max(tree.duration, now) : tree.duration)
  const layout = useMemo(() => layOutTimeline(tree, now), [tree, now])
  const critical = useMemo(() => criticalPath(tree, now), [tree, now])
  /** Null: the whole trace, however it grows. */
  const [zoom, setZoom] = useState<Window | null>(null)
  const [top, setTop] = useState(0)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [hovered, setHovered] = useState<{ placed: Placed; x: number; y: number } | null>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const frame = useRef<HTMLDivElement>(null)
  const window = zoom ?? { from: 0, to: total }
  const deepest = Math.max(0, layout.lanes.length * LANE - Math.max(0, size.height - AXIS) + 8)
  const wanted = text.trim().toLowerCase()
  const scene: Scene = {
    layout,
    window,
    top: Math.min(top, deepest),
    ...size,
    chosen,
    critical: critical.spanIds,
    dimmed: ({ node: { span } }) =>
      (group !== undefined && !isInGroup(span, group)) ||
      (wanted !== '' && !`${span.name} ${span.kind} ${span.model ?? ''} ${span.spanId}`.toLowerCase().includes(wanted)),
  }
  const latest = useRef({ scene, total, deepest })
  latest.current = { scene, total, deepest }

  useEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  const [colours, setColours] = useState<Colours | null>(null)
  useEffect(() => {
    const read = () => setColours(readColours(document.documentElement))
    read()
    const observer = new MutationObserver(read)
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => observer.disconnect()
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: painted anew whenever anything of the scene, or the theme, is another.
  useEffect(() => {
    const element = canvas.current
    if (!element || size.width === 0 || !colours) return
    const ratio = devicePixelRatio || 1
    if (element.width !== size.width * ratio || element.height !== size.height * ratio) {
      element.width = size.width * ratio
      element.height = size.height * ratio
    }
    const context = element.getContext('2d')
    if (!context) return
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    paint(context, scene, colours)
  }, [layout, window.from, window.to, scene.top, size, chosen, critical, group, wanted, colours])

  // What is chosen elsewhere, by key or by search, is brought into sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each choice, not whenever something grows.
  useEffect(() => {
    const lane = chosen === undefined ? undefined : layout.laneOf.get(chosen)
    const placed = lane === undefined ? undefined : layout.lanes[lane]?.find(({ node }) => node.span.spanId === chosen)
    if (lane === undefined || !placed || size.height === 0) return
    const room = size.height - AXIS - LANE
    setTop((before) => (lane * LANE < before ? lane * LANE : lane * LANE > before + room ? lane * LANE - room : before))
    if (zoom && (placed.end < zoom.from || placed.start > zoom.to)) {
      const middle = (placed.start + placed.end) / 2
      const half = (zoom.to - zoom.from) / 2
      setZoom(moved({ from: middle - half, to: middle + half }, 0, total))
    }
  }, [chosen, size.height])

  // Listened to by hand: React's own listener could not keep the page from zooming.
  useEffect(() => {
    const element = frame.current
    if (!element) return
    const onWheel = (event: WheelEvent) => {
      const { scene: shown, total: whole, deepest: most } = latest.current
      event.preventDefault()
      const sideways = event.shiftKey ? event.deltaY : event.deltaX
      if (event.ctrlKey || event.metaKey) {
        const share = (event.clientX - element.getBoundingClientRect().left) / Math.max(1, shown.width)
        const middle = shown.window.from + (shown.window.to - shown.window.from) * share
        setZoom(orWhole(zoomed(shown.window, Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.01), middle, whole), whole))
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        setZoom(orWhole(moved(shown.window, sideways / Math.max(1, shown.width), whole), whole))
      } else setTop(Math.min(most, Math.max(0, shown.top + event.deltaY)))
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [])

  const place = (event: { clientX: number; clientY: number }) => {
    const box = canvas.current?.getBoundingClientRect()
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) }
  }
  const drag = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.button !== 0) return
    const began = { x: event.clientX, y: event.clientY, scene }
    let far = false
    const element = event.currentTarget
    const move = (next: globalThis.PointerEvent) => {
      far ||= Math.abs(next.clientX - began.x) + Math.abs(next.clientY - began.y) > 4
      if (!far) return
      setHovered(null)
      setZoom(orWhole(moved(began.scene.window, (began.x - next.clientX) / Math.max(1, size.width), total), total))
      setTop(Math.min(deepest, Math.max(0, began.scene.top + began.y - next.clientY)))
    }
    const end = (next: globalThis.PointerEvent) => {
      element.removeEventListener('pointermove', move)
      element.removeEventListener('pointerup', end)
      element.removeEventListener('pointercancel', end)
      const found = far || next.type === 'pointercancel' ? undefined : spanAt(latest.current.scene, place(next))
      if (found) onSelect(found.node.span.spanId)
    }
    element.setPointerCapture(event.pointerId)
    element.addEventListener('pointermove', move)
    element.addEventListener('pointerup', end)
    element.addEventListener('pointercancel', end)
  }
  const toChosen = () => {
    const placed = layout.lanes[layout.laneOf.get(chosen ?? '') ?? -1]?.find(({ node }) => node.span.spanId === chosen)
    if (placed) setZoom(orWhole(around(placed.start, placed.end, total), total))
  }
  const middle = (window.from + window.to) / 2
  const closer = () => setZoom(orWhole(zoomed(window, 0.6, middle, total), total))
  const wider = () => setZoom(orWhole(zoomed(window, 1 / 0.6, middle, total), total))
  useShortcuts({
    '+': closer,
    '=': closer,
    '-': wider,
    0: () => setZoom(null),
    z: toChosen,
    ',': () => setZoom(orWhole(moved(window, -0.25, total), total)),
    '.': () => setZoom(orWhole(moved(window, 0.25, total), total)),
  })
  const span = tree.running || chosen === undefined ? undefined : view.rows[view.at]?.node.span
  return (
    <>
      <div ref={frame} className="relative min-h-0 flex-1 overflow-hidden">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`Timeline of ${plural(tree.count, 'span')} in ${formatDuration(total / 1000)}`}
          style={{ width: size.width, height: size.height }}
          className="absolute inset-0 cursor-default touch-none"
          onPointerDown={drag}
          onDoubleClick={toChosen}
          onPointerMove={(event) => {
            const at = place(event)
            const placed = event.buttons === 0 ? spanAt(scene, at) : undefined
            setHovered(placed ? { placed, ...at } : null)
          }}
          onPointerLeave={() => setHovered(null)}
        />
        {hovered && <Hint placed={hovered.placed} x={hovered.x} y={hovered.y} width={size.width} height={size.height} />}
        <p role="status" className="sr-only">
          {span && `${span.kind} ${span.name}, ${formatDuration(span.durationMs)}`}
        </p>
      </div>
      <footer className="flex h-8 shrink-0 items-center gap-2 border-t border-line pr-2 pl-3 text-sm text-faint">
        <span
          className="min-w-0 flex-1 truncate"
          data-tip="What was waited for: would these be quicker, the trace would be. Underlined above."
        >
          <span className="text-soft underline decoration-2 underline-offset-2">Critical path</span>{' '}
          {critical.byKind.map(([kind, micros]) => `${kind} ${formatDuration(micros / 1000)}`).join(', ')}
        </span>
        {zoom && (
          <span className="tabular whitespace-nowrap">
            {formatDuration(zoom.from / 1000)} to {formatDuration(zoom.to / 1000)}
          </span>
        )}
        <IconButton label="Closer  +" size="small-icon" onClick={closer}>
          <Plus size={14} />
        </IconButton>
        <IconButton label="Wider  -" size="small-icon" onClick={wider}>
          <Minus size={14} />
        </IconButton>
        <IconButton label="To the chosen span  z" size="small-icon" onClick={toChosen}>
          <Scan size={14} />
        </IconButton>
        <IconButton label="The whole trace  0" size="small-icon" onClick={() => setZoom(null)}>
          <Maximize size={13} />
        </IconButton>
      </footer>
    </>
  )
}

/** A window over everything is none, so that it grows with the trace. */
const orWhole = (window: Window, total: number): Window | null => (window.from <= 0 && window.to >= total ? null : window)

type HintProps = { placed: Placed; x: number; y: number; width: number; height: number }
function Hint({ placed: { node, start, end }, x, y, width, height }: HintProps) {
  const { span } = node
  return (
    <div
      aria-hidden
      style={{ left: Math.max(4, Math.min(x + 12, width - 264)), ...(y > height - 90 ? { bottom: height - y + 10 } : { top: y + 16 }) }}
      className="floating pointer-events-none absolute z-10 max-w-64 px-2.5 py-1.5 text-sm"
    >
      <p className="truncate font-medium">{span.name || 'unnamed'}</p>
      <p className="tabular text-soft">
        {span.kind}, {formatDuration((end - start) / 1000)} from {formatDuration(start / 1000)}
      </p>
      {span.model && <p className="truncate font-mono text-faint">{span.model}</p>}
      {span.status !== 'ok' && <p className="text-soft">{span.status}</p>}
    </div>
  )
}
