import { type CallStart, type Filter, noUsage, type RunningReport, type Span, SpanRow } from '@signalbox/schema'
import { newsOfSpans, type SpansNews } from '../lib/live.ts'
import { usageColumns } from './call-to-span.ts'
import { matchesFilter, matchesSearch } from './queries/matches-span.ts'
import { toSpan } from './queries/span-columns.ts'
import type { SpanOfTrace } from './queries/trace-of-spans.ts'

/** An edge that says nothing for so long is gone, and so are its calls: the journal makes what was interrupted known. */
const SILENT_MS = 10_000
/** A call that ended is shown as running until its span is there; where that never comes, until then. */
const UNSTORED_MS = 15_000
const MOST_LISTED = 200

type Known = { row: SpanOfTrace; projectId: string; endedAt?: number }
type Edge = { heardAt: number; others: Record<string, number>; calls: Map<string, Known> }

/** The calls that edges have under way, as they tell. Kept in memory only: each core shows those of its own edges. */
export type RunningCalls = {
  /** Answers whether the edge was known: if not, it tells everything again. */
  hear(report: RunningReport): boolean
  /** These are stored now. */
  stored(rows: readonly { spanId: string }[]): void
  ofTrace(projectId: string, traceId: string): SpanOfTrace[]
  list(projectId: string, asked: { filter?: readonly Filter[] | undefined; search?: string | undefined }): { spans: Span[]; more: number }
}

export function createRunningCalls({ now, onNews }: { now(): number; onNews(news: SpansNews): void }): RunningCalls {
  const edges = new Map<string, Edge>()

  function* alive(projectId: string): Generator<SpanOfTrace> {
    const time = now()
    for (const [id, edge] of edges) {
      if (time - edge.heardAt > SILENT_MS) {
        edges.delete(id)
        continue
      }
      for (const [spanId, call] of edge.calls) {
        if (call.endedAt !== undefined && time - call.endedAt > UNSTORED_MS) edge.calls.delete(spanId)
        else if (call.projectId === projectId) yield call.row
      }
    }
  }

  return {
    hear({ edgeId, all, began, ended, others }) {
      const known = edges.get(edgeId)
      if (!known && !all) return false
      const edge = known && !all ? known : { heardAt: 0, others: {}, calls: new Map<string, Known>() }
      edges.set(edgeId, edge)
      edge.heardAt = now()
      edge.others = others
      for (const start of began) edge.calls.set(start.spanId, { row: rowOf(start), projectId: start.projectId })
      for (const spanId of ended) {
        const call = edge.calls.get(spanId)
        if (call) call.endedAt = now()
      }
      for (const news of newsOfSpans(began.map(({ projectId, traceId, startedAt }) => ({ projectId, traceId, receivedAt: startedAt }))))
        onNews(news)
      return true
    },
    stored(rows) {
      for (const { calls } of edges.values()) if (calls.size > 0) for (const { spanId } of rows) calls.delete(spanId)
    },
    ofTrace: (projectId, traceId) => [...alive(projectId)].filter((row) => row.traceId === traceId),
    list(projectId, { filter = [], search = '' }) {
      const spans = [...alive(projectId)].map(toSpan)
      const found = spans.filter((span) => filter.every((one) => matchesFilter(span, one)) && matchesSearch(span, search))
      found.sort((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))
      const others = [...edges.values()].reduce((sum, edge) => sum + (edge.others[projectId] ?? 0), 0)
      return { spans: found.slice(0, MOST_LISTED), more: Math.max(0, found.length - MOST_LISTED) + others }
    },
  }
}

/** A call as its span will be, as far as its beginning tells. */
function rowOf(start: CallStart): SpanOfTrace {
  const row = SpanRow.parse({
    ...start,
    name: `${start.operation} ${start.requestModel}`.trim(),
    source: 'gateway',
    status: 'running',
    durationMs: 0,
    entry: start.shadowOf === undefined ? 1 : 0,
    stream: start.stream ? 1 : 0,
    ...usageColumns(noUsage()),
    promptName: start.prompt?.name ?? '',
    promptVersion: start.prompt ? String(start.prompt.version) : '',
    promptHash: start.prompt?.hash ?? '',
    inputBytes: start.requestBytes,
    receivedAt: start.startedAt,
  })
  return { ...row, startedAtMicros: row.startedAt, inputTokens: 0, outputTokens: 0 }
}
