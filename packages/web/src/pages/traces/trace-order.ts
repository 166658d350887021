import { TraceSort } from '@signalbox/schema'

export const NEWEST_FIRST: TraceSort = '-startedAt'

/** The order that the address names; nonsense is the default. */
export const readOrder = (text: string | undefined): TraceSort => TraceSort.safeParse(text).data ?? NEWEST_FIRST

/** Whether a list can be sorted by a column. */
export const isSorted = (column: string): boolean => TraceSort.safeParse(column).success

/** How a column is sorted, in the words of `aria-sort`; undefined where it cannot be. */
export function directionOf(column: string, order: TraceSort): 'descending' | 'ascending' | 'none' | undefined {
  if (order === `-${column}`) return 'descending'
  if (order === column) return 'ascending'
  return isSorted(column) ? 'none' : undefined
}

/** What a press on the head of a column makes of the order: largest first, then smallest first, then newest first again. */
export function nextOrder(column: string, order: TraceSort): TraceSort {
  const next = { none: `-${column}`, descending: column, ascending: NEWEST_FIRST }[directionOf(column, order) ?? 'none']
  return readOrder(next)
}
