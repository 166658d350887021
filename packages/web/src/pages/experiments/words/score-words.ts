/** How the scores of a metric are read: shares as per cent, everything else as a number. */
export type Reading = 'share' | 'number'

/** What passes is a share; of what runs from 0 to 1 too. Means beyond that are numbers. */
export const readingOf = (values: readonly (number | null | undefined)[]): Reading =>
  values.every((value) => value === null || value === undefined || (value >= 0 && value <= 1)) ? 'share' : 'number'

/** `0.8333` → `83.3%`; as a number to four digits. */
export const scoreText = (value: number, reading: Reading): string =>
  reading === 'share' ? `${digits(value * 100)}%` : String(Number(value.toPrecision(4)))

/** `-0.123` → `−12.3 points`. */
export const differenceText = (value: number, reading: Reading): string =>
  reading === 'share' ? `${signed(digits(value * 100))} points` : signed(String(Number(value.toPrecision(3))))

/** Without its unit, for the ends of an interval. */
export const signedText = (value: number, reading: Reading): string =>
  signed(reading === 'share' ? digits(value * 100) : String(Number(value.toPrecision(3))))

/** `0.0004` → `p < 0.001`. */
export const pText = (p: number): string => (p < 0.001 ? 'p < 0.001' : `p ${p.toFixed(3)}`)

const digits = (value: number): string => (Math.round(value * 10) / 10).toFixed(1).replace(/\.0$/, '')
const signed = (text: string): string => (text.startsWith('-') ? `−${text.slice(1)}` : text === '0' ? '0' : `+${text}`)
