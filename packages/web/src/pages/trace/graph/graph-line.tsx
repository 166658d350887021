import type { GraphEdge } from '../../../lib/agent-graph.ts'
import { classNames } from '../../../lib/class-names.ts'
import { formatCount, plural } from '../../../lib/format-number.ts'
import { formatDuration } from '../../../lib/format-time.ts'
import type { Layout } from '../../../lib/layered-layout.ts'
import { BOX } from './sizes.ts'

type Point = { x: number; y: number }
type Props = { edge: GraphEdge; from: Point; to: Point; line: Layout['lines'][number]; paired: boolean }

/** An arrow with how often it was taken; one that leads back up is dashed, so that a loop can be seen. */
export function GraphLine({ edge, from, to, line, paired }: Props) {
  const points = edge.from === edge.to ? null : through({ from, to, line, shift: paired ? 16 : 0 })
  const path = points ? curve(points) : loop(from)
  const middle = points ? middleOf(points) : { x: from.x + BOX.width / 2 + 20, y: from.y }
  const text = `${formatCount(edge.count)}×${edge.errors ? `  ${formatCount(edge.errors)}!` : ''}`
  const width = 10 + text.length * 6
  const times = `${plural(edge.count, 'time')}${edge.errors ? `, ${plural(edge.errors, 'error')}` : ''}`
  return (
    <g data-tip={`${times}, ${formatDuration(edge.durationMs)}`}>
      <title>{`${nameOf(edge.from)} to ${nameOf(edge.to)}: ${times}`}</title>
      <path
        d={path}
        fill="none"
        strokeWidth={Math.min(3.5, 1.2 + Math.log10(edge.count))}
        strokeDasharray={line.back ? '5 4' : undefined}
        markerEnd={edge.errors ? 'url(#arrow-error)' : 'url(#arrow)'}
        className={edge.errors ? 'stroke-mark-error' : 'stroke-mark-3'}
      />
      <path d={path} fill="none" strokeWidth={14} className="stroke-transparent" />
      <rect x={middle.x - width / 2} y={middle.y - 8} width={width} height={16} rx={3} className="fill-surface-1" />
      <text
        x={middle.x}
        y={middle.y + 4}
        textAnchor="middle"
        className={classNames('tabular text-xs', edge.errors ? 'fill-error' : 'fill-text-soft')}
      >
        {text}
      </text>
    </g>
  )
}

const nameOf = (key: string) => key.replace(/^\w+:/, '')

/** From the edge of one box, around those between, to the edge of the other. Two arrows between the same boxes stand apart. */
function through({ from, to, line, shift }: { from: Point; to: Point; line: Props['line']; shift: number }): Point[] {
  const down = to.y > from.y
  const aside = line.back ? shift : -shift
  const half = (BOX.height / 2) * (down ? 1 : -1)
  return [
    { x: from.x + aside, y: from.y + half },
    ...line.points.map(({ x, y }) => ({ x: x + aside / 2, y })),
    { x: to.x + aside, y: to.y - half },
  ]
}

function curve(points: readonly Point[]): string {
  const [first, ...others] = points
  if (!first) return ''
  let path = `M${first.x} ${first.y}`
  let before = first
  for (const point of others) {
    const middle = (before.y + point.y) / 2
    path += ` C${before.x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}`
    before = point
  }
  return path
}

function loop({ x, y }: Point): string {
  const right = x + BOX.width / 2
  return `M${right} ${y - 11} C${right + 34} ${y - 22} ${right + 34} ${y + 22} ${right} ${y + 11}`
}

function middleOf(points: readonly Point[]): Point {
  const at = Math.floor((points.length - 1) / 2)
  const [a, b] = [points[at], points[at + 1]]
  return a && b ? { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 } : { x: 0, y: 0 }
}
