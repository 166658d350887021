import type { SpanWithPayload } from '@signalbox/schema'

const WEEK = 7 * 86_400_000_000
/** The engine refuses an insert into more than 100 partitions (weeks), and slows down long before. */
const MAX_WEEKS = 40

/** Divides rows so that no block touches more than 40 weeks. The same rows always give the same blocks. */
export function blocksOf(rows: readonly SpanWithPayload[]): SpanWithPayload[][] {
  const weekOf = ({ span }: SpanWithPayload) => Math.floor(span.startedAt / WEEK)
  const weeks = [...new Set(rows.map(weekOf))]
  if (weeks.length <= MAX_WEEKS) return rows.length > 0 ? [[...rows]] : []
  const blockOfWeek = new Map(weeks.sort((a, b) => a - b).map((week, index) => [week, Math.floor(index / MAX_WEEKS)]))
  const blocks: SpanWithPayload[][] = []
  for (const row of rows) {
    const index = blockOfWeek.get(weekOf(row)) ?? 0
    blocks[index] ??= []
    blocks[index].push(row)
  }
  return blocks
}
