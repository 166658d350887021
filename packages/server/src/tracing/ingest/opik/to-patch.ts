import { fromUsd, type IngestHeader, type PatchFields, type SpanKind, type SpanPatch } from '@signalbox/schema'
import { sha256 } from '../../../lib/ids.ts'
import { own } from '../../../lib/own.ts'
import {
  firstWord,
  hexOfUuid,
  inOrder,
  isObject,
  type Json,
  microsecondsOf,
  objectOf,
  payloadOf,
  saysMore,
  stated,
  tagsOf,
  textsOf,
  wordOf,
} from '../json-values.ts'
import { usageOf } from './usage-of.ts'

type Kind = 'trace' | 'span'
/** `update`: a `PATCH`, which says when it was sent no more than what it changes. */
type About = { kind: Kind; update: boolean; header: IngestHeader }

/** What a message of an Opik client says. A trace of Opik's is a step of its own: the root of its spans, under the id of the trace. */
export function toPatch(sent: Json, { kind, update, header }: About): SpanPatch {
  const { projectId, keyId, receivedAt } = header
  const id = hexOfUuid(sent.id) ?? ''
  const traceId = kind === 'trace' ? id : (hexOfUuid(sent.trace_id) ?? '')
  const startedAt = microsecondsOf(sent.start_time)
  const said = microsecondsOf(sent.last_updated_at) ?? microsecondsOf(sent.end_time) ?? startedAt ?? receivedAt
  return {
    projectId,
    traceId,
    spanId: id,
    // A whole one tells when it was said: as far as it goes. What changes one counts from when it came, and so after that.
    at: update ? receivedAt : Math.min(said, receivedAt) - 1,
    id: sha256(`${kind} ${update ? 'update ' : ''}${inOrder(sent)}`).slice(0, 32),
    source: 'opik',
    keyId,
    receivedAt,
    ofTrace: kind === 'trace',
    fields: fieldsOf(sent, { kind, startedAt, header, traceId, update }),
  }
}

const KINDS: Record<string, SpanKind> = { general: 'span', tool: 'tool', llm: 'llm', guardrail: 'guardrail' }
const OPERATIONS: Partial<Record<SpanKind, string>> = { llm: 'chat', tool: 'execute_tool' }

type More = { kind: Kind; startedAt: number | undefined; header: IngestHeader; traceId: string; update: boolean }

function fieldsOf(sent: Json, { kind, startedAt, header, traceId, update }: More): PatchFields {
  const metadata = objectOf(sent.metadata)
  const failure = objectOf(sent.error_info)
  const failed = isObject(sent.error_info)
  const spanKind = kind === 'trace' ? 'chain' : own(KINDS, String(sent.type ?? ''))
  const provider = wordOf(sent.provider)
  const model = wordOf(sent.model)
  const usage = usageOf(sent.usage, provider ?? '')
  const cost = typeof sent.total_estimated_cost === 'number' ? sent.total_estimated_cost : Number(sent.total_estimated_cost ?? Number.NaN)
  const ttft = typeof sent.ttft === 'number' && sent.ttft >= 0 && sent.ttft < 1e9 ? sent.ttft : undefined
  // An update leaves out where its span hangs: it must not say that it hangs below the trace.
  const parentId = kind === 'trace' ? undefined : (hexOfUuid(sent.parent_span_id) ?? (update ? undefined : traceId))
  const project = firstWord(sent.project_name, header.clientProject)
  return stated({
    ...(kind === 'trace' && { externalId: wordOf(sent.id) }),
    parentId,
    kind: spanKind,
    name: wordOf(sent.name),
    startedAt,
    endedAt: microsecondsOf(sent.end_time),
    firstTokenAt: startedAt !== undefined && ttft !== undefined ? startedAt + Math.round(ttft * 1000) : undefined,
    stream: ttft === undefined ? undefined : true,
    status: failed ? 'error' : undefined,
    errorType: failed ? (wordOf(failure.exception_type) ?? 'error') : undefined,
    statusMessage: failed ? firstWord(failure.message, failure.traceback) : undefined,
    environment: wordOf(sent.environment),
    userId: firstWord(metadata.user_id),
    sessionId: firstWord(sent.thread_id),
    tags: [...new Set([...tagsOf(sent.tags), ...tagsOf(sent.tags_to_add)])],
    metadata: { ...textsOf(metadata), ...(project && { project }) },
    provider,
    model,
    requestModel: model,
    operation: spanKind && OPERATIONS[spanKind],
    usage,
    usageSource: usage && 'provider',
    cost: Number.isFinite(cost) && cost >= 0 && cost < 1e6 ? fromUsd(cost) : undefined,
    input: payloadOf(sent.input),
    output: payloadOf(sent.output),
    attributes: Object.fromEntries(Object.entries(sent).filter(([key, value]) => !ELSEWHERE.has(key) && saysMore(value))),
  })
}

/** What stands in columns and payloads is not kept twice. */
const ELSEWHERE = new Set(['id', 'input', 'output', 'name', '__proto__'])
