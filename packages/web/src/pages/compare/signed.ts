/** How the second number differs from the first, with its sign and its share: `+1.20 s (+40%)`; null where they are the same. */
export function signed(a: number, b: number, format: (value: number) => string): string | null {
  const by = b - a
  if (by === 0) return null
  const sign = by > 0 ? '+' : '−'
  const share = a === 0 ? '' : ` (${sign}${formatPercent(Math.abs(by) / Math.abs(a))})`
  return `${sign}${format(Math.abs(by))}${share}`
}

const formatPercent = (share: number): string =>
  share >= 10 ? `${Math.round(share)}×` : `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)}%`
