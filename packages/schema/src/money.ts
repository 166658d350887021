/** Integer billionths of a US dollar: the only unit in which money is stored or added. */
export type NanoUsd = number

/** `1500000` → `"0.0015"`: the exact decimal, without trailing zeros. `null` (unknown) stays `null`. */
export function toUsd(nano: NanoUsd | null): string | null {
  if (nano === null) return null
  const sign = nano < 0 ? '-' : ''
  const digits = String(Math.abs(Math.round(nano))).padStart(10, '0')
  const fraction = digits.slice(-9).replace(/0+$/, '')
  return `${sign}${digits.slice(0, -9)}${fraction && `.${fraction}`}`
}

/** `"0.0015"` → `1500000`. */
export const fromUsd = (usd: string | number): NanoUsd => Math.round(Number(usd) * 1e9)
