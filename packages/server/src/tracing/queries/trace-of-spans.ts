import { type Trace, toUsd } from '@signalbox/schema'
import type { StoredSpan } from './span-columns.ts'
import { toIso } from './time.ts'

/** What the trace of a span needs beside what the span itself answers. */
export const TRACE_COLUMNS = 'entry, externalId'
export type SpanOfTrace = StoredSpan & { entry: number; externalId: string }

/** A trace from all its spans, by the rules of `tracesById`; a test holds the two against each other. */
export function traceOfSpans(spans: readonly [SpanOfTrace, ...SpanOfTrace[]]): Trace {
  const byFace = spans.toSorted((a, b) => rank(a) - rank(b) || a.startedAtMicros - b.startedAtMicros || compare(a.spanId, b.spanId))
  const byEnd = spans.toSorted((a, b) => rank(a) - rank(b) || end(b) - end(a))
  const [face = spans[0]] = byFace
  const started = smallest(spans.map((span) => span.startedAtMicros))
  const leaves = spans.filter((span) => span.usageRole === 'leaf')
  const costs = leaves.flatMap(({ cost }) => (cost === null ? [] : [cost]))
  const firstTokens = spans.flatMap(({ startedAtMicros, firstTokenMs }) =>
    firstTokenMs === null ? [] : [startedAtMicros / 1000 + firstTokenMs],
  )
  const first = (name: 'externalId' | 'sessionId' | 'userId' | 'environment' | 'inputPreview') =>
    byFace.find((span) => span[name] !== '')?.[name]
  return {
    traceId: face.traceId,
    externalId: first('externalId') ?? null,
    name: face.name,
    startedAt: toIso(started),
    durationMs: Math.max(0, rounded((-smallest(spans.map((span) => -end(span))) - started) / 1000)),
    status: face.status,
    spanCount: spans.length,
    errorCount: spans.filter(({ status }) => status === 'error' || status === 'interrupted').length,
    inputTokens: sum(leaves.map((span) => span.inputTokens)),
    outputTokens: sum(leaves.map((span) => span.outputTokens)),
    costUsd: toUsd(costs.length === 0 ? null : sum(costs)),
    unpricedCount: leaves.filter((span) => span.cost === null && span.inputTokens + span.outputTokens > 0).length,
    firstTokenMs: firstTokens.length === 0 ? null : rounded(smallest(firstTokens) - started / 1000),
    models: some(spans.map(({ model }) => model).filter(Boolean), MOST_MODELS),
    sessionId: first('sessionId') ?? null,
    userId: first('userId') ?? null,
    environment: first('environment') ?? null,
    tags: some(
      spans.flatMap(({ tags }) => tags),
      MOST_TAGS,
    ),
    inputPreview: first('inputPreview') ?? '',
    outputPreview: byEnd.find((span) => span.outputPreview !== '')?.outputPreview ?? '',
  }
}

/** A trace of an agent may name hundreds; a list shows a few. */
export const MOST_MODELS = 20
export const MOST_TAGS = 50

const rank = (span: SpanOfTrace): number => (span.parentId === '' ? 0 : 2) + (span.entry === 1 ? 0 : 1)
const end = (span: SpanOfTrace): number => span.startedAtMicros + span.durationMs * 1000
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
/** `Math.min(...)` would put a trace of 200,000 spans on the stack. */
const smallest = (numbers: number[]): number => numbers.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY)
const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0)
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000
const some = (texts: string[], most: number): string[] => [...new Set(texts)].sort(compare).slice(0, most)
