import { niceTicks } from '../../../lib/nice-ticks.ts'
import { GridLines, scaleOf } from './axes.tsx'
import { useWidth } from './use-width.ts'

/** What a run came to, of one variant. */
export type TrendPoint = {
  key: string
  /** Which run: points of the same run stand above each other. */
  run: string
  title: string
  variant: string
  series: string
  /** When, as people read it. */
  at: string
  /** The same in few words, for the axis. */
  day: string
  mean: number
  low: number | null
  high: number | null
  /** Of the dataset: a line stands where it becomes another one. */
  version: number | null
}
type Props = {
  label: string
  points: readonly TrendPoint[]
  colours: ReadonlyMap<string, { colour: string; dash?: number[] }>
  height: number
  format: (value: number) => string
  onOpen: (point: TrendPoint) => void
}

const MARGIN = { left: 56, right: 20, top: 20, bottom: 28 }

/** A score from run to run with its interval; each point leads to its run. Runs stand at equal distances, not on a clock. */
export default function Trend({ label, points, colours, height, format, onOpen }: Props) {
  const [host, width] = useWidth<HTMLDivElement>()
  const runs = [...new Set(points.map(({ run }) => run))]
  const ys = points.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean])
  const y = scaleOf(niceTicks(Math.min(...ys), Math.max(...ys), 4), height - MARGIN.bottom, MARGIN.top)
  const right = width - MARGIN.right
  const step = (right - MARGIN.left) / Math.max(1, runs.length)
  const x = (run: string) => MARGIN.left + step * (runs.indexOf(run) + 0.5)
  const every = Math.ceil(runs.length / Math.max(1, Math.floor(width / 80)))
  return (
    <div ref={host} style={{ height }}>
      {width > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a drawing.
        <svg width={width} height={height} role="group" aria-label={`${label}. The same numbers are in the table view.`}>
          <GridLines y={y} left={MARGIN.left} right={right} format={format} />
          {runs.map((run, at) => {
            const first = points.find((point) => point.run === run)
            const before = points.find((point) => point.run === runs[at - 1])
            const isNew = at > 0 && first && before && first.version !== null && first.version !== before.version
            return (
              <g key={run}>
                {isNew && (
                  <g>
                    <line
                      x1={x(run) - step / 2}
                      x2={x(run) - step / 2}
                      y1={MARGIN.top}
                      y2={height - MARGIN.bottom}
                      stroke="var(--mark-3)"
                      strokeDasharray="3 3"
                    />
                    <text x={x(run) - step / 2 + 4} y={MARGIN.top - 6} className="fill-soft text-[11px]">
                      dataset v{first.version}
                    </text>
                  </g>
                )}
                {at % every === 0 && (
                  <text x={x(run)} y={height - 8} textAnchor="middle" className="fill-faint text-[11px]">
                    {first?.day}
                  </text>
                )}
              </g>
            )
          })}
          {[...colours].map(([series, { colour, dash }], nth) => {
            const own = points.filter((point) => point.series === series)
            // Those of one run stand a little apart, so that their intervals can be told from each other.
            const shift = (nth - (colours.size - 1) / 2) * Math.min(10, step / (colours.size + 1))
            return (
              <g key={series}>
                <polyline
                  points={own.map((point) => `${x(point.run) + shift},${y.at(point.mean)}`).join(' ')}
                  fill="none"
                  stroke={`var(--${colour})`}
                  strokeWidth="1.5"
                  strokeDasharray={dash?.join(' ')}
                />
                {own.map((point) => (
                  <Mark key={point.key} point={point} x={x(point.run) + shift} scale={y} colour={colour} format={format} onOpen={onOpen} />
                ))}
              </g>
            )
          })}
        </svg>
      )}
    </div>
  )
}

type MarkProps = Pick<Props, 'format' | 'onOpen'> & {
  point: TrendPoint
  x: number
  scale: { at: (value: number) => number }
  colour: string
}
function Mark({ point, x, scale, colour, format, onOpen }: MarkProps) {
  const { title, series, mean, low, high, at } = point
  const tip = `${title}, ${series}: ${format(mean)}${low === null || high === null ? '' : ` (${format(low)} to ${format(high)})`}, ${at}`
  return (
    // biome-ignore lint/a11y/useSemanticElements: a button element cannot stand in a drawing.
    <g
      role="button"
      tabIndex={0}
      aria-label={tip}
      data-tip={tip}
      onClick={() => onOpen(point)}
      onKeyDown={({ key }) => (key === 'Enter' || key === ' ') && onOpen(point)}
      className="cursor-pointer outline-none [&:focus-visible_circle]:stroke-accent [&:focus-visible_circle]:stroke-[3]"
    >
      {low !== null && high !== null && (
        <path d={`M${x},${scale.at(low)}V${scale.at(high)}`} stroke={`var(--${colour})`} strokeWidth="1.5" opacity="0.6" />
      )}
      <circle cx={x} cy={scale.at(mean)} r="4.5" fill={`var(--${colour})`} stroke="var(--surface-1)" strokeWidth="1.5" />
    </g>
  )
}
