/** What a table shows where a value is not known. */
export const UNKNOWN = '–'

/**
 * Three significant digits of a decimal dollar string: `"0.00012345"` → `$0.000123`, `"12.345"` → `$12.3`.
 * Unknown (`null`) is `–`, never 0. `bare` leaves the sign to the header of a column.
 */
export function formatUsd(usd: string | number | null | undefined, { bare = false } = {}): string {
  if (usd === null || usd === undefined) return UNKNOWN
  const value = Number(usd)
  if (!Number.isFinite(value)) return UNKNOWN
  const text = significant.format(Math.abs(value))
  return `${value < 0 ? '−' : ''}${bare ? '' : '$'}${text}`
}

/** Every digit there is, for the tooltip. */
export function exactUsd(usd: string | number | null | undefined): string {
  if (usd === null || usd === undefined) return 'Unknown: no price is known for this model'
  return `$${typeof usd === 'number' ? usd.toFixed(9).replace(/\.?0+$/, '') : usd}`
}

const significant = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3, minimumSignificantDigits: 1, useGrouping: true })
