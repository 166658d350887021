type Props = {
  /** Where the value lies and how far it may be off. */
  value: number
  low: number
  high: number
  /** How far the bar reaches to both sides of zero. */
  reach: number
  tone: 'ok' | 'error' | 'unknown'
  label: string
}

const WIDTH = 132
const HEIGHT = 16

/** A difference and its interval around zero: what lies wholly on one side of the line is shown by the rows, what crosses it is not. */
export function IntervalBar({ value, low, high, reach, tone, label }: Props) {
  const at = (number: number) => WIDTH / 2 + (Math.max(-reach, Math.min(reach, number)) / (reach || 1)) * (WIDTH / 2 - 4)
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={label} data-tip={label} className="shrink-0">
      <line x1="4" x2={WIDTH - 4} y1={HEIGHT / 2} y2={HEIGHT / 2} stroke="var(--line)" />
      <line x1={WIDTH / 2} x2={WIDTH / 2} y1="1" y2={HEIGHT - 1} stroke="var(--mark-3)" />
      <line x1={at(low)} x2={at(high)} y1={HEIGHT / 2} y2={HEIGHT / 2} stroke={`var(--mark-${tone})`} strokeWidth="3" />
      <circle cx={at(value)} cy={HEIGHT / 2} r="4" fill={`var(--mark-${tone})`} stroke="var(--surface-1)" strokeWidth="1.5" />
    </svg>
  )
}
