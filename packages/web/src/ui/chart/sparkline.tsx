const WIDTH = 100
const HEIGHT = 20

/** The course of a number, without axes: only where the number itself stands beside it. Its floor is zero. */
export function Sparkline({ values, colour = 'mark-3' }: { values: readonly (number | null)[]; colour?: string }) {
  const top = Math.max(...values.map((value) => value ?? 0), 0)
  return (
    <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" className="h-5 w-full">
      {top > 0 && (
        <path d={linePath(values, top)} fill="none" stroke={`var(--${colour})`} strokeWidth="1.25" vectorEffect="non-scaling-stroke" />
      )}
    </svg>
  )
}

/** Unknown values leave a gap; a lonely one is a short stroke. */
export function linePath(values: readonly (number | null)[], top: number): string {
  const step = WIDTH / Math.max(values.length - 1, 1)
  const point = (at: number, value: number) => `${round(at * step)} ${round(HEIGHT - 1 - (value / top) * (HEIGHT - 2))}`
  return values
    .map((value, at) => {
      if (value === null) return ''
      const before = at > 0 ? values[at - 1] : null
      const after = values[at + 1]
      if (before !== null && before !== undefined) return `L${point(at, value)}`
      return `M${point(at, value)}${after === null || after === undefined ? 'h1' : ''}`
    })
    .join('')
}
const round = (value: number) => Math.round(value * 100) / 100
