import type { SpanOutline } from '@signalbox/schema'

/** A span in short for tests: what a test does not say is ordinary. `at` is in milliseconds after the first. */
export function outline({ at = 0, ...given }: Partial<SpanOutline> & { at?: number } = {}): SpanOutline {
  return {
    spanId: 'a',
    parentId: null,
    kind: 'span',
    name: given.spanId ?? 'a',
    status: 'ok',
    errorType: null,
    statusMessage: null,
    startedAt: new Date(Date.UTC(2026, 10, 20) + at).toISOString(),
    durationMs: 10,
    firstTokenMs: null,
    provider: null,
    model: null,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: null,
    usageRole: 'leaf',
    ...given,
  }
}
