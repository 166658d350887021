import { niceTicks } from '../../../lib/nice-ticks.ts'
import { GridLines, scaleOf } from './axes.tsx'
import { useWidth } from './use-width.ts'

export type Dot = {
  key: string
  name: string
  x: number
  y: number
  /** How far the value may be off, where that is known. */
  low: number | null
  high: number | null
  colour: string
  /** The one that others are held against. */
  isBaseline: boolean
}
type Props = {
  label: string
  dots: readonly Dot[]
  height: number
  xTitle: string
  yTitle: string
  formatX: (value: number) => string
  formatY: (value: number) => string
  onOpen: (dot: Dot) => void
}

const MARGIN = { left: 56, right: 16, top: 22, bottom: 36 }

/** What is got for what it costs: a dot per variant, with the interval of its score. Each dot is a button. */
export default function Scatter({ label, dots, height, xTitle, yTitle, formatX, formatY, onOpen }: Props) {
  const [host, width] = useWidth<HTMLDivElement>()
  const ys = dots.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y])
  const right = width - MARGIN.right
  const bottom = height - MARGIN.bottom
  const x = scaleOf(niceTicks(0, Math.max(...dots.map((dot) => dot.x), 0), Math.max(2, Math.floor(width / 110))), MARGIN.left, right)
  const y = scaleOf(niceTicks(Math.min(...ys), Math.max(...ys), 5), bottom, MARGIN.top)
  const best = [...frontier(dots)]
  return (
    <div ref={host} style={{ height }}>
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a drawing.
        <svg width={width} height={height} role="group" aria-label={`${label}. The same numbers are in the table view.`}>
          <GridLines y={y} left={MARGIN.left} right={right} format={formatY} />
          {x.ticks.map((tick) => (
            <text key={tick} x={x.at(tick)} y={bottom + 16} textAnchor="middle" className="tabular fill-faint text-[11px]">
              {formatX(tick)}
            </text>
          ))}
          <text x={right} y={height - 4} textAnchor="end" className="fill-soft text-[11px]">
            {xTitle}
          </text>
          <text x={MARGIN.left} y={12} className="fill-soft text-[11px]">
            {yTitle}
          </text>
          {best.length > 1 && (
            <polyline
              points={best.map((dot) => `${x.at(dot.x)},${y.at(dot.y)}`).join(' ')}
              fill="none"
              stroke="var(--line-strong)"
              strokeDasharray="3 3"
            />
          )}
          {dots.map((dot) => (
            <DotMark
              key={dot.key}
              dot={dot}
              at={{ x: x.at(dot.x), y: y.at(dot.y) }}
              scale={y}
              right={right}
              tip={tipOf(dot, formatX, formatY)}
              onOpen={onOpen}
            />
          ))}
        </svg>
      )}
    </div>
  )
}

const tipOf = ({ name, x, y, low, high }: Dot, formatX: Props['formatX'], formatY: Props['formatY']): string =>
  `${name}: ${formatY(y)}${low === null || high === null ? '' : ` (${formatY(low)} to ${formatY(high)})`}, ${formatX(x)}`

type MarkProps = {
  dot: Dot
  at: { x: number; y: number }
  scale: { at: (value: number) => number }
  right: number
  tip: string
  onOpen: (dot: Dot) => void
}
function DotMark({ dot, at, scale, right, tip, onOpen }: MarkProps) {
  const atRight = at.x > right - 120
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button element cannot stand in a drawing.
    <g
      role="button"
      tabIndex={0}
      aria-label={tip}
      data-tip={tip}
      onClick={() => onOpen(dot)}
      onKeyDown={({ key }) => (key === 'Enter' || key === ' ') && onOpen(dot)}
      className="cursor-pointer outline-none [&:focus-visible_circle]:stroke-accent [&:focus-visible_circle]:stroke-[3]"
    >
      {dot.low !== null && dot.high !== null && (
        <path
          d={`M${at.x - 4},${scale.at(dot.low)}h8m-4,0V${scale.at(dot.high)}m-4,0h8`}
          fill="none"
          stroke={`var(--${dot.colour})`}
          strokeWidth="1.5"
        />
      )}
      <circle
        cx={at.x}
        cy={at.y}
        r="5.5"
        fill={dot.isBaseline ? 'var(--surface-1)' : `var(--${dot.colour})`}
        stroke={`var(--${dot.colour})`}
        strokeWidth="2"
      />
      <text x={at.x + (atRight ? -10 : 10)} y={at.y - 8} textAnchor={atRight ? 'end' : 'start'} className="fill-text text-[12px]">
        {dot.name}
      </text>
    </g>
  )
}

/** The dots that no other one beats on both sides, from the cheapest on. */
export function* frontier(dots: readonly Dot[]): Generator<Dot> {
  let most = Number.NEGATIVE_INFINITY
  for (const dot of dots.toSorted((one, other) => one.x - other.x || other.y - one.y)) {
    if (dot.y <= most) continue
    most = dot.y
    yield dot
  }
}
