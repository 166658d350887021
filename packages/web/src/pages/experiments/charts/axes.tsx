export type Scale = { ticks: readonly number[]; at: (value: number) => number }

/** From the first tick to the last, over so many pixels. */
export function scaleOf(ticks: readonly number[], from: number, to: number): Scale {
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)]
  return { ticks, at: (value) => from + ((value - low) / (high - low || 1)) * (to - from) }
}

type Props = {
  y: Scale
  left: number
  right: number
  format: (value: number) => string
}
/** Lines from left to right with their values, quietly. */
export function GridLines({ y, left, right, format }: Props) {
  return (
    <g>
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line x1={left} x2={right} y1={y.at(tick)} y2={y.at(tick)} stroke="var(--line)" />
          <text x={left - 8} y={y.at(tick)} dy="0.32em" textAnchor="end" className="tabular fill-faint text-[11px]">
            {format(tick)}
          </text>
        </g>
      ))}
    </g>
  )
}
