/** Where a span stands in its trace, as far as the list of traces needs it. */
export type Standing = { spanId: string; startedAt: number; root: boolean; entry: boolean }

/**
 * The spans at which a trace is to be shown: its roots, and while there is none the earliest that is known. Follows from which
 * spans there are, not from the order in which they came.
 */
export function entriesOf(spans: readonly Standing[]): Set<string> {
  const roots = spans.filter(({ root }) => root)
  if (roots.length > 0) return new Set(roots.map(({ spanId }) => spanId))
  let first: Standing | undefined
  for (const span of spans)
    if (!first || span.startedAt < first.startedAt || (span.startedAt === first.startedAt && span.spanId < first.spanId)) first = span
  return new Set(first ? [first.spanId] : [])
}
