import type { Score, Span, SpanKind, Trace } from '@signalbox/schema'
import { rootSpanOf } from '../../tracing/ingest/langfuse/ids.ts'
import type { Payload } from './read-payloads.ts'

/** Langfuse's words for ours. What a generation is there is a call of a model here. */
export const TYPES: Record<SpanKind, string> = {
  llm: 'GENERATION',
  embedding: 'EMBEDDING',
  tool: 'TOOL',
  retriever: 'RETRIEVER',
  reranker: 'RETRIEVER',
  agent: 'AGENT',
  workflow: 'CHAIN',
  chain: 'CHAIN',
  guardrail: 'GUARDRAIL',
  evaluator: 'EVALUATOR',
  span: 'SPAN',
}
export const kindsOf = (type: string): SpanKind[] =>
  (Object.keys(TYPES) as SpanKind[]).filter((kind) => TYPES[kind] === (type === 'EVENT' ? 'SPAN' : type.toUpperCase()))

/** Whether a span stands for a trace of Langfuse's protocol: there it is no observation. */
export const isTraceSpan = ({ source, spanId, traceId }: Pick<Span, 'source' | 'spanId' | 'traceId'>): boolean =>
  source === 'langfuse' && spanId === rootSpanOf(traceId)

const stringOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)
const usd = (text: string | null): number => (text === null ? 0 : Number(text))

/** A trace without its observations: what it says of itself is on the span that it enters with. */
export function toTrace(trace: Trace, entry: Span | undefined, payload: Payload, projectId: string): Record<string, unknown> {
  const { attributes } = payload
  return {
    id: trace.externalId ?? trace.traceId,
    projectId,
    timestamp: trace.startedAt,
    name: trace.name,
    input: payload.input,
    output: payload.output,
    sessionId: trace.sessionId,
    userId: trace.userId,
    release: entry?.release ?? null,
    version: stringOf(attributes.version ?? attributes['langfuse.version']),
    metadata: metadataOf(entry?.metadata ?? {}),
    tags: trace.tags,
    public: attributes.public === true || attributes['langfuse.trace.public'] === true,
    environment: trace.environment ?? 'default',
    htmlPath: `/traces/${trace.traceId}`,
    latency: trace.durationMs / 1000,
    totalCost: usd(trace.costUsd),
    createdAt: trace.startedAt,
    updatedAt: trace.startedAt,
  }
}

/** Values are kept as text; what was an object or a list is one again. */
const metadataOf = (metadata: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, /^[[{]/.test(value) ? parsed(value) : value]))

export function toObservation(span: Span, payload: Payload, written: { traceId: string }): Record<string, unknown> {
  const { attributes } = payload
  const ended = span.status === 'running' ? null : later(span.startedAt, span.durationMs)
  const isOurs = span.source === 'langfuse'
  const usageDetails = Object.fromEntries(Object.entries(span.usage).filter(([, tokens]) => tokens > 0))
  const [inputCost, outputCost] = [costOf(span, 'input'), costOf(span, 'output')]
  const totalCost = span.costUsd === null ? null : Number(span.costUsd)
  const parent = span.parentId
  return {
    id: (isOurs ? stringOf(attributes.id) : null) ?? span.spanId,
    traceId: written.traceId,
    type: attributes.type === 'EVENT' ? 'EVENT' : TYPES[span.kind],
    name: span.name,
    startTime: span.startedAt,
    endTime: attributes.type === 'EVENT' ? null : ended,
    completionStartTime: span.firstTokenMs === null ? null : later(span.startedAt, span.firstTokenMs),
    model: span.model ?? span.requestModel,
    modelParameters: parsed(attributes.modelParameters ?? attributes['langfuse.observation.model.parameters'] ?? null),
    input: payload.input,
    output: payload.output,
    version: stringOf(attributes.version ?? attributes['langfuse.version']),
    metadata: metadataOf(span.metadata),
    usage: {
      input: span.inputTokens,
      output: span.outputTokens,
      total: span.inputTokens + span.outputTokens,
      unit: 'TOKENS',
      inputCost,
      outputCost,
      totalCost,
    },
    usageDetails: { ...usageDetails, total: span.inputTokens + span.outputTokens },
    costDetails: totalCost === null ? {} : { ...costs(span), total: totalCost },
    level: span.status === 'error' ? 'ERROR' : (stringOf(attributes.level ?? attributes['langfuse.observation.level']) ?? 'DEFAULT'),
    statusMessage: span.statusMessage,
    parentObservationId:
      parent === null || parent === rootSpanOf(span.traceId)
        ? null
        : ((isOurs ? stringOf(attributes.parentObservationId) : null) ?? parent),
    promptId: null,
    promptName: span.promptName ?? stringOf(attributes.promptName ?? attributes['langfuse.observation.prompt.name']),
    promptVersion: numberOf(span.promptVersion ?? attributes.promptVersion ?? attributes['langfuse.observation.prompt.version']),
    modelId: null,
    inputPrice: null,
    outputPrice: null,
    totalPrice: null,
    calculatedInputCost: inputCost,
    calculatedOutputCost: outputCost,
    calculatedTotalCost: totalCost,
    latency: span.durationMs / 1000,
    timeToFirstToken: span.firstTokenMs === null ? null : span.firstTokenMs / 1000,
    environment: span.environment ?? 'default',
    createdAt: span.startedAt,
    updatedAt: span.startedAt,
  }
}

const numberOf = (value: unknown): number | null => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}
const later = (iso: string, ms: number): string => new Date(Date.parse(iso) + ms).toISOString()
const costs = (span: Span): Record<string, number> =>
  Object.fromEntries(Object.entries(span.costParts).map(([bucket, part]) => [bucket, Number(part)]))
const isOutput = (bucket: string): boolean => /^output|reasoning/.test(bucket)

/** Of all the buckets of a side; null where no parts are known. */
function costOf(span: Span, side: 'input' | 'output'): number | null {
  const parts = Object.entries(costs(span)).filter(([bucket]) => isOutput(bucket) === (side === 'output'))
  return parts.length === 0 ? null : parts.reduce((sum, [, part]) => sum + part, 0)
}

function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

export const SCORE_TYPES = { numeric: 'NUMERIC', boolean: 'BOOLEAN', categorical: 'CATEGORICAL', text: 'TEXT' } as const
export const SCORE_SOURCES = { api: 'API', eval: 'EVAL', annotation: 'ANNOTATION', feedback: 'API' } as const

export function toLangfuseScore(score: Score, written: { traceId: string | null; observationId: string | null }): Record<string, unknown> {
  const { type, value, metadata } = score
  return {
    id: score.id,
    ...written,
    sessionId: score.sessionId,
    datasetRunId: score.runId,
    name: score.name,
    source: SCORE_SOURCES[score.source],
    dataType: metadata.dataType === 'CORRECTION' ? 'CORRECTION' : SCORE_TYPES[type],
    value: type === 'numeric' ? value : type === 'boolean' ? Number(value) : type === 'categorical' ? 0 : undefined,
    stringValue: type === 'boolean' ? (value ? 'True' : 'False') : typeof value === 'string' ? value : undefined,
    comment: score.comment,
    metadata: metadataOf(metadata),
    authorUserId: score.source === 'annotation' ? score.authorId : null,
    configId: metadata.configId ?? null,
    queueId: metadata.queueId ?? null,
    environment: score.environment ?? 'default',
    timestamp: score.at,
    createdAt: score.at,
    updatedAt: score.at,
  }
}
