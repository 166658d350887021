import { formatDuration } from '../../../lib/format-time.ts'
import type { Placed, TimelineLayout } from '../../../lib/timeline-layout.ts'
import { ticks, type Window } from './zoom.ts'

export const LANE = 22
export const AXIS = 24
const BAR = 18
const LABEL_FROM = 34

export type Scene = {
  layout: TimelineLayout
  window: Window
  /** How far down the rows are scrolled. */
  top: number
  width: number
  height: number
  chosen: string | undefined
  critical: ReadonlySet<string>
  dimmed: (placed: Placed) => boolean
}

/** The colours of the theme, read when a picture is made. */
export type Colours = Record<'text' | 'faint' | 'line' | 'surface' | 'accent' | 'llm' | 'other' | 'error' | 'warning', string>

export function readColours(element: Element): Colours {
  const style = getComputedStyle(element)
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    text: of('text'),
    faint: of('text-faint'),
    line: of('line'),
    surface: of('surface-1'),
    accent: of('accent'),
    llm: of('mark-1'),
    other: of('mark-3'),
    error: of('mark-error'),
    warning: of('mark-warning'),
  }
}

/** Draws what is in sight: spans narrower than a pixel are drawn once for each pixel, however many there are. */
export function paint(context: CanvasRenderingContext2D, scene: Scene, colours: Colours): void {
  const { width, height, window, layout, top } = scene
  const x = (micros: number) => ((micros - window.from) / (window.to - window.from)) * width
  context.clearRect(0, 0, width, height)
  context.font = '12px "Inter Variable", system-ui, sans-serif'
  context.textBaseline = 'middle'
  for (const tick of ticks(window, width / 110)) {
    context.fillStyle = colours.line
    context.fillRect(Math.round(x(tick)), AXIS, 1, height)
  }
  const first = Math.max(0, Math.floor(top / LANE))
  const last = Math.min(layout.lanes.length - 1, Math.ceil((top + height - AXIS) / LANE))
  for (let lane = first; lane <= last; lane += 1) {
    const y = AXIS + lane * LANE - top + (LANE - BAR) / 2
    const row = layout.lanes[lane] ?? []
    let drawnTo = Number.NEGATIVE_INFINITY
    for (let at = firstInSight(row, window.from); at < row.length; at += 1) {
      const placed = row[at] as Placed
      if (placed.start > window.to) break
      const left = Math.max(-2, x(placed.start))
      // A pixel less than it took, so that steps that follow each other are told apart.
      const right = Math.min(width + 2, Math.max(left + 2, x(placed.end) - 1))
      const isMarked = placed.node.span.spanId === scene.chosen || placed.node.span.status !== 'ok'
      if (right <= drawnTo + 1.5 && !isMarked) continue
      drawnTo = Math.max(drawnTo, right)
      bar(context, { placed, left, right, y, scene, colours })
    }
  }
  context.globalAlpha = 1
  context.fillStyle = colours.surface
  context.fillRect(0, 0, width, AXIS)
  context.fillStyle = colours.line
  context.fillRect(0, AXIS - 1, width, 1)
  context.fillStyle = colours.faint
  for (const tick of ticks(window, width / 110)) {
    const label = formatDuration(tick / 1000)
    const wide = context.measureText(label).width
    context.fillText(label, Math.min(Math.max(2, x(tick) + 3), width - wide - 2), AXIS / 2)
  }
}

type Bar = { placed: Placed; left: number; right: number; y: number; scene: Scene; colours: Colours }
function bar(context: CanvasRenderingContext2D, { placed, left, right, y, scene, colours }: Bar): void {
  const { span } = placed.node
  const wide = right - left
  const colour =
    span.status === 'error'
      ? colours.error
      : span.status === 'ok' || span.status === 'running'
        ? span.kind === 'llm'
          ? colours.llm
          : colours.other
        : colours.warning
  const dim = scene.dimmed(placed) ? 0.25 : 1
  const isCritical = scene.critical.has(span.spanId)
  context.fillStyle = colour
  // Thousands of bars are no wider than their edge.
  context.globalAlpha = wide <= 4 ? 0.7 * dim : 0.34 * dim
  context.fillRect(left, y, wide, BAR)
  if (wide <= 4 && !isCritical && span.spanId !== scene.chosen) return
  context.globalAlpha = dim
  if (wide > 4) context.fillRect(left, y, 3, BAR)
  if (span.status === 'running') for (let stripe = right - 3; stripe > left + 3; stripe -= 8) context.fillRect(stripe, y, 2, BAR)
  if (isCritical) {
    context.fillStyle = colours.text
    context.fillRect(left, y + BAR - 2, wide, 2)
  }
  if (span.spanId === scene.chosen) {
    context.strokeStyle = colours.accent
    context.lineWidth = 2
    context.strokeRect(left, y, wide, BAR)
  }
  if (wide > LABEL_FROM) label(context, { text: span.name || 'unnamed', left, wide, y, colour: colours.text })
}

type Label = { text: string; left: number; wide: number; y: number; colour: string }
function label(context: CanvasRenderingContext2D, { text, left, wide, y, colour }: Label): void {
  context.save()
  context.beginPath()
  context.rect(left, y, wide - 3, BAR)
  context.clip()
  context.fillStyle = colour
  // A bar that begins out of sight says its name at the edge.
  context.fillText(text.slice(0, 200), Math.max(left, 0) + 7, y + BAR / 2)
  context.restore()
}

/** The first of a row that ends in sight; the spans of a row do not overlap, so their ends are in order too. */
function firstInSight(row: readonly Placed[], from: number): number {
  let low = 0
  let high = row.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((row[middle]?.end ?? 0) < from) low = middle + 1
    else high = middle
  }
  return low
}

/** The span at a place of the picture. */
export function spanAt({ layout, window, top, width }: Scene, at: { x: number; y: number }): Placed | undefined {
  if (at.y < AXIS) return undefined
  const row = layout.lanes[Math.floor((at.y - AXIS + top) / LANE)] ?? []
  const scale = (window.to - window.from) / Math.max(1, width)
  const time = window.from + at.x * scale
  const first = firstInSight(row, time - 3 * scale)
  return row.slice(first, first + 3).find(({ start, end }) => start <= time + 2 * scale && end >= time - 3 * scale)
}
