import type { Trace } from '@signalbox/schema'

export type TracePage = { traces: Trace[]; nextCursor?: string | undefined }
export type TracePages = { pages: TracePage[]; pageParams: (string | undefined)[] }

/** Traces of the newest page that the list does not show yet. */
export function countNew(list: TracePages, head: TracePage): number {
  const known = new Set(list.pages.flatMap((page) => page.traces.map((trace) => trace.traceId)))
  return head.traces.filter((trace) => !known.has(trace.traceId)).length
}

/**
 * The list with its newest page read again: new rows on top, known rows brought up to date, the rest where it was.
 * Where more arrived than a page holds there would be a gap, so the list begins anew.
 */
export function mergeHead(list: TracePages, head: TracePage): TracePages {
  const fresh = new Map(head.traces.map((trace) => [trace.traceId, trace]))
  const overlaps = list.pages.some((page) => page.traces.some((trace) => fresh.has(trace.traceId)))
  const [first, ...others] = list.pages
  if (!first || (!overlaps && head.nextCursor !== undefined)) return { pages: [head], pageParams: [undefined] }
  const rest = (page: TracePage): TracePage => ({ ...page, traces: page.traces.filter((trace) => !fresh.has(trace.traceId)) })
  return { ...list, pages: [{ ...first, traces: [...head.traces, ...rest(first).traces] }, ...others.map(rest)] }
}
