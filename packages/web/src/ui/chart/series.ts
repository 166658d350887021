/** One line, or one colour of a stack of bars. */
export type Series = {
  label: string
  /** The name of a colour of `tokens.css`. */
  colour: string
  dash?: number[]
  /** One per bucket; null is unknown and leaves a gap. */
  values: (number | null)[]
}

/** Something that happened at a moment and may be why a line bends: a deploy, another prompt, another route. */
export type Mark = { id: string; at: number; kind: string; title: string; url?: string | null }

/** A stretch of time in milliseconds since 1970: `from` belongs to it, `to` does not. */
export type TimeWindow = { from: number; to: number }

/**
 * How the lines of a split look, the most important first. Few colours and then dashes, so that they also differ
 * without colour; green, amber and red are left to what is good or bad.
 */
export function seriesLook(at: number): { colour: string; dash?: number[] } {
  const colour = COLOURS[at % COLOURS.length] ?? 'mark-1'
  const dash = DASHES[Math.floor(at / COLOURS.length) % DASHES.length]
  return { colour, ...(dash && { dash }) }
}
const COLOURS = ['mark-1', 'mark-2', 'mark-4', 'mark-3']
const DASHES = [undefined, [6, 3], [2, 3]]

/** What each status looks like, from the bottom of a stack up. */
export const STATUS_COLOURS: Record<string, string> = {
  ok: 'mark-ok',
  error: 'mark-error',
  aborted: 'mark-warning',
  interrupted: 'mark-unknown',
  incomplete: 'mark-3',
}

/** Percentiles differ by dash as well as by colour. */
export const PERCENTILES = {
  p50: { colour: 'mark-3', dash: [2, 3] },
  p95: { colour: 'mark-1' },
  p99: { colour: 'mark-4', dash: [6, 3] },
}

/** The moment at which a bucket begins, as a line of a table has it. */
export const bucketTitle = (start: number): string =>
  new Date(start).toLocaleString('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hour12: false })
