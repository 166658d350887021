import type { IngestHeader, PatchFields, ScoreRow, ScoreSource, SpanKind, SpanPatch } from '@signalbox/schema'
import { traceIdOf } from '../../../lib/ids.ts'
import { own } from '../../../lib/own.ts'
import { toMicros } from '../../queries/time.ts'
import { feedbackId, scoreColumns, storableTime } from '../../scores/score-row.ts'
import {
  type ObservationBody,
  type ObservationEvent,
  readEvent,
  type ScoreBody,
  type ScoreEvent,
  type TraceBody,
  type TraceEvent,
} from './events.ts'
import { observationSpanOf, rootSpanOf } from './ids.ts'
import { costOf, usageOf } from './usage.ts'

/** What the edge writes into its journal: the body as it came, or the events of it that were good. */
export type JournaledBatch = {
  batch: unknown[]
  /** It came with a public key. */
  publicKey?: true
}

/** A batch that the edge has accepted: what it says about spans, and scores. */
export function decodeLangfuse(header: IngestHeader, body: Buffer): { patches: SpanPatch[]; scores: ScoreRow[] } {
  const { batch, publicKey } = JSON.parse(body.toString('utf8')) as JournaledBatch
  const patches: SpanPatch[] = []
  const scores: ScoreRow[] = []
  for (const sent of batch) {
    const read = readEvent(sent)
    if ('wrong' in read) throw new Error(`an event of Langfuse's protocol: ${read.wrong.join('; ')}`)
    const { event } = read
    // What a client says about itself is nothing about a trace.
    if (event.type === 'sdk-log') continue
    if (event.type === 'score-create') scores.push(scoreOf(event, header, publicKey === true))
    else patches.push(event.type === 'trace-create' ? traceOf(event, header) : spanOf(event, header))
  }
  return { patches, scores }
}

/** A trace is a span of its own, below which hang the observations without a parent. It ends, as far as anybody knows, with what is said of it last. */
function traceOf({ id, timestamp, body }: TraceEvent, header: IngestHeader): SpanPatch {
  const written = body.id ?? id
  const traceId = traceIdOf(header.projectId, written)
  const at = toMicros(timestamp)
  const { tags, sessionId, userId, release } = body
  return {
    ...identityOf(header, { id, at, traceId, spanId: rootSpanOf(traceId) }),
    ofTrace: true,
    fields: {
      ...commonOf(body, { written, traceId }),
      startedAt: body.timestamp ? toMicros(body.timestamp) : at,
      endedAt: at,
      ...(tags && { tags }),
      ...(sessionId && { sessionId }),
      ...(userId && { userId }),
      ...(release && { release }),
    },
  }
}

/** Observations may be sent without a trace: then they are one of their own. */
function spanOf({ id, timestamp, type, body }: ObservationEvent, header: IngestHeader): SpanPatch {
  const written = body.traceId ?? body.id
  const { projectId } = header
  const traceId = traceIdOf(projectId, written)
  const parent = body.parentObservationId
  const kind = kindOf(type, body)
  const endTime = body.endTime ?? (type === 'event-create' ? (body.startTime ?? timestamp) : undefined)
  const { completionStartTime, startTime, model, level, statusMessage } = body
  const usage = usageOf(body)
  const cost = costOf(body)
  const fields: PatchFields = {
    ...commonOf(body, { written, traceId }),
    parentId: parent && traceIdOf(projectId, parent) !== traceId ? observationSpanOf(projectId, traceId, parent) : rootSpanOf(traceId),
    ...(kind && { kind }),
    ...(startTime && { startedAt: toMicros(startTime) }),
    ...(endTime && { endedAt: toMicros(endTime) }),
    ...(completionStartTime && { firstTokenAt: toMicros(completionStartTime), stream: true }),
    ...(model && { model, requestModel: model }),
    ...(level?.toUpperCase() === 'ERROR' && { status: 'error' as const }),
    ...(statusMessage && { statusMessage }),
    ...(usage && { usage, usageSource: 'provider' as const }),
    ...(cost && { cost: cost.cost, costParts: cost.parts }),
  }
  // An update of a part of it must not move it: only what names a parent, or makes it, says where it hangs.
  if (!parent && type.endsWith('-update')) delete fields.parentId
  if (type === 'event-create') fields.attributes = { ...fields.attributes, type: 'EVENT' }
  const spanId = observationSpanOf(projectId, traceId, body.id)
  return { ...identityOf(header, { id, at: toMicros(timestamp), traceId, spanId }), ofTrace: false, fields }
}

const identityOf = (
  { projectId, keyId, receivedAt }: IngestHeader,
  message: Pick<SpanPatch, 'id' | 'at' | 'traceId' | 'spanId'>,
): Omit<SpanPatch, 'ofTrace' | 'fields'> => ({ projectId, keyId, receivedAt, source: 'langfuse', ...message })

/** What is asked and answered stands in fields of its own; all the rest is kept as it was sent. */
function commonOf(body: TraceBody | ObservationBody, { written, traceId }: { written: string; traceId: string }): PatchFields {
  const { input, output, ...rest } = body
  const { name, environment } = body
  const metadata = { ...namedOf(body), ...metadataOf(body.metadata) }
  const inputText = textOf(input)
  const outputText = textOf(output)
  const kept = Object.entries(rest).filter(([, value]) => value !== null && value !== undefined)
  return {
    ...(written !== traceId && { externalId: written }),
    ...(name && { name }),
    ...(environment && { environment }),
    ...(inputText && { input: inputText }),
    ...(outputText && { output: outputText }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    attributes: Object.fromEntries(kept),
  }
}

const textOf = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value)

/** What has no column and is worth a filter stands among the metadata, by the names that spans of OpenTelemetry have for it. */
function namedOf(body: TraceBody | ObservationBody): Record<string, string> {
  const { version, level, promptName, promptVersion } = body as Partial<ObservationBody>
  const step = level?.toUpperCase()
  return {
    ...(version && { version }),
    ...(step && step !== 'DEFAULT' && step !== 'ERROR' && { level: step }),
    ...(promptName && { promptName }),
    ...(typeof promptVersion === 'number' && { promptVersion: String(promptVersion) }),
  }
}

/** Metadata may be any JSON; what is no object is one value. */
function metadataOf(metadata: unknown): Record<string, string> {
  if (metadata === null || metadata === undefined) return {}
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) return { metadata: textOf(metadata) ?? '' }
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([key, value]) => {
      const text = textOf(value)
      return text === undefined ? [] : [[key, text]]
    }),
  )
}

const KINDS: Record<string, SpanKind> = {
  generation: 'llm',
  span: 'span',
  event: 'span',
  agent: 'agent',
  tool: 'tool',
  chain: 'chain',
  retriever: 'retriever',
  evaluator: 'evaluator',
  embedding: 'embedding',
  guardrail: 'guardrail',
}

/** `span-update` is how clients end spans of every type, so it says nothing about which it is. */
function kindOf(type: string, body: ObservationBody): SpanKind | undefined {
  const [noun = ''] = type.split('-')
  if (noun === 'observation') return own(KINDS, body.type?.toLowerCase() ?? '')
  return type === 'span-update' ? undefined : own(KINDS, noun)
}

const SOURCES: Record<string, ScoreSource> = { API: 'api', EVAL: 'eval', ANNOTATION: 'annotation' }
const TYPES: Record<NonNullable<ScoreBody['dataType']>, ScoreRow['type']> = {
  NUMERIC: 'numeric',
  BOOLEAN: 'boolean',
  CATEGORICAL: 'categorical',
  TEXT: 'text',
  CORRECTION: 'text',
}

function scoreOf({ id, timestamp, body }: ScoreEvent, { projectId, keyId, receivedAt }: IngestHeader, isFeedback: boolean): ScoreRow {
  const { value, dataType, traceId, observationId, configId, queueId } = body
  const type = dataType ? TYPES[dataType] : typeof value === 'string' ? 'categorical' : typeof value === 'boolean' ? 'boolean' : 'numeric'
  const known = traceId ? traceIdOf(projectId, traceId) : ''
  const metadata = metadataOf(body.metadata)
  const besides = { configId, queueId, ...(dataType === 'CORRECTION' && { dataType }) }
  for (const [key, said] of Object.entries(besides)) if (typeof said === 'string' && said) metadata[key] = said
  const written = body.id ?? id
  return {
    projectId,
    id: isFeedback ? feedbackId(written) : written,
    traceId: known,
    spanId: observationId ? observationSpanOf(projectId, known, observationId) : '',
    sessionId: body.sessionId ?? '',
    runId: body.datasetRunId ?? '',
    name: body.name,
    type,
    ...scoreColumns(value, type),
    comment: body.comment ?? '',
    source: isFeedback ? 'feedback' : (own(SOURCES, body.source?.toUpperCase() ?? 'API') ?? 'api'),
    authorId: keyId,
    environment: body.environment ?? '',
    metadata,
    at: storableTime(toMicros(timestamp)),
    receivedAt,
  }
}
