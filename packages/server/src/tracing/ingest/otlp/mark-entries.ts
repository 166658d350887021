import type { SpanWithPayload } from '@signalbox/schema'

const MOST_TRACES = 100_000

/**
 * Marks, beside roots, the earliest span of each trace whose root is not there, so that the trace can be found.
 * Traces that were met before are not marked again, except on the span that was marked: a batch that is applied a
 * second time gets the same marks. Remembers the last `size` traces of this process; a root that comes later is an entry too.
 */
export function createEntryMarker(size = MOST_TRACES): (rows: readonly SpanWithPayload[]) => void {
  /** Trace → the span that is its entry here. */
  const seen = new Map<string, string>()

  return (rows) => {
    const rootless = new Map<string, SpanWithPayload[]>()
    for (const row of rows) {
      const trace = `${row.span.projectId} ${row.span.traceId}`
      const group = rootless.get(trace)
      if (group) group.push(row)
      else rootless.set(trace, [row])
    }
    for (const [trace, group] of rootless) {
      const root = group.find(({ span }) => span.entry === 1)
      const known = seen.get(trace)
      const entry = root ?? (known === undefined ? earliest(group) : group.find(({ span }) => span.spanId === known))
      if (entry) entry.span.entry = 1
      if (known !== undefined) seen.delete(trace)
      seen.set(trace, known ?? entry?.span.spanId ?? '')
    }
    for (const trace of seen.keys()) {
      if (seen.size <= size) break
      seen.delete(trace)
    }
  }
}

function earliest(rows: readonly SpanWithPayload[]): SpanWithPayload | undefined {
  let first: SpanWithPayload | undefined
  for (const row of rows) {
    if (
      !first ||
      row.span.startedAt < first.span.startedAt ||
      (row.span.startedAt === first.span.startedAt && row.span.spanId < first.span.spanId)
    )
      first = row
  }
  return first
}
