import type { Score, Span } from '@signalbox/schema'
import type { Payload } from '../langfuse/read-payloads.ts'
import { uuidOf } from '../uuids.ts'
import { RUN_TYPES } from './run-types.ts'

export type RunParts = { span: Span; payload: Payload; sessionId: string; scores: readonly Score[] }

/** A span as a run of LangSmith's older API. What its client sent beside our columns comes back as it was sent. */
export function toRun({ span, payload, sessionId, scores }: RunParts): Record<string, unknown> {
  const { attributes } = payload
  const ended = span.status === 'running' ? null : later(span.startedAt, span.durationMs)
  const sides = costsOf(span)
  return {
    id: uuidOf(span.spanId),
    name: span.name,
    run_type: textOf(attributes.run_type) ?? RUN_TYPES[span.kind],
    trace_id: uuidOf(span.traceId),
    parent_run_id: span.parentId ? uuidOf(span.parentId) : null,
    session_id: sessionId,
    dotted_order: textOf(attributes.dotted_order) ?? dottedOrder(span),
    start_time: span.startedAt,
    end_time: ended,
    first_token_time: span.firstTokenMs === null ? null : later(span.startedAt, span.firstTokenMs),
    status: span.status === 'running' ? 'pending' : span.status === 'ok' ? 'success' : 'error',
    error: span.status === 'ok' || span.status === 'running' ? null : (textOf(attributes.error) ?? span.statusMessage ?? span.status),
    inputs: asObject(payload.input, 'input'),
    outputs: asObject(payload.output, 'output'),
    events: Array.isArray(attributes.events) ? attributes.events : [],
    extra: extraOf(span, attributes),
    serialized: attributes.serialized ?? null,
    tags: span.tags,
    reference_example_id: textOf(attributes.reference_example_id) ?? null,
    prompt_tokens: span.inputTokens,
    completion_tokens: span.outputTokens,
    total_tokens: span.inputTokens + span.outputTokens,
    total_cost: span.costUsd,
    prompt_cost: sides.input,
    completion_cost: sides.output,
    feedback_stats: feedbackStats(scores),
    app_path: `/traces/${span.traceId}`,
    execution_order: 1,
    child_run_ids: null,
  }
}

/** The same in the words of the newer API, `selects` being names such as `START_TIME`: without any only the id. */
export function toSelectedRun(parts: RunParts, selects: readonly string[]): Record<string, unknown> {
  const run = toRun(parts)
  const { span } = parts
  const more: Record<string, unknown> = {
    ...run,
    project_id: run.session_id,
    parent_run_ids: run.parent_run_id === null ? [] : [run.parent_run_id],
    is_root: run.parent_run_id === null,
    latency_seconds: span.durationMs / 1000,
    thread_id: span.sessionId,
    metadata: (run.extra as { metadata?: unknown }).metadata,
    error_preview: run.error,
    inputs_preview: span.inputPreview,
    outputs_preview: span.outputPreview,
    total_cost: numberOf(run.total_cost),
    prompt_cost: numberOf(run.prompt_cost),
    completion_cost: numberOf(run.completion_cost),
    manifest: run.serialized,
  }
  const names = ['id', ...selects.map((select) => select.toLowerCase())]
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(more, name) ? [[name, more[name]]] : [])))
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
const numberOf = (value: unknown): number | null => (typeof value === 'string' ? Number(value) : null)
const later = (iso: string, ms: number): string => new Date(Date.parse(iso) + ms).toISOString()

/** Inputs and outputs are objects there. */
const asObject = (value: unknown, name: string): unknown =>
  value === null || value === undefined ? null : typeof value === 'object' && !Array.isArray(value) ? value : { [name]: value }

function extraOf(span: Span, attributes: Record<string, unknown>): Record<string, unknown> {
  const extra: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(attributes)) if (key.startsWith('extra.')) extra[key.slice('extra.'.length)] = value
  return { ...extra, metadata: extra.metadata ?? span.metadata }
}

/** Of a span that came from elsewhere: its own step. */
const dottedOrder = ({ startedAt, spanId }: Span): string => `${startedAt.replace(/[-:.Z]/g, '').padEnd(21, '0')}Z${uuidOf(spanId)}`

function costsOf({ costParts }: Span): { input: string | null; output: string | null } {
  const sum = (isOutput: boolean) => {
    const parts = Object.entries(costParts).filter(([bucket]) => /^output|^reasoning/.test(bucket) === isOutput)
    return parts.length === 0 ? null : String(parts.reduce((total, [, part]) => total + Number(part), 0))
  }
  return { input: sum(false), output: sum(true) }
}

function feedbackStats(scores: readonly Score[]): Record<string, unknown> | null {
  if (scores.length === 0) return null
  const stats = [...Map.groupBy(scores, ({ name }) => name)].map(([name, some]) => {
    const numbers = some.flatMap(({ value }) => (typeof value === 'number' ? [value] : typeof value === 'boolean' ? [Number(value)] : []))
    return [
      name,
      {
        n: some.length,
        avg: numbers.length === 0 ? null : numbers.reduce((a, b) => a + b, 0) / numbers.length,
        comments: some.flatMap(({ comment }) => comment ?? []),
      },
    ]
  })
  return Object.fromEntries(stats)
}
