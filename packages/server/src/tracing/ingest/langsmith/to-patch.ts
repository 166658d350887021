import type { IngestHeader, PatchFields, SpanKind, SpanPatch } from '@signalbox/schema'
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
import type { Attachment, RunIds, RunMessage } from './body.ts'
import { generationsOf, messageOf, usageOf } from './usage-of.ts'
import { BARE } from './without-content.ts'

/** What a message of a LangSmith client says about its run. */
export function toPatch({ method, ids, run }: RunMessage, header: IngestHeader): SpanPatch {
  const startedAt = microsecondsOf(run.start_time)
  // Only what begins a run tells when it was said. What changes one counts from when it came, and so always after that.
  const at = method === 'post' ? Math.min(startedAt ?? header.receivedAt, header.receivedAt) - 1 : header.receivedAt
  return { ...identity(ids, header), at, id: sha256(`${method} ${inOrder(run)}`).slice(0, 32), fields: fieldsOf(ids, run, header) }
}

/** Files come apart from their runs. */
export function attachmentPatch({ runId: _, name, ...file }: Attachment, ids: RunIds, header: IngestHeader): SpanPatch {
  return {
    ...identity(ids, header),
    at: header.receivedAt,
    id: sha256(`attachment ${name} ${inOrder(file)}`).slice(0, 32),
    fields: { attributes: { [`attachment.${name}`]: file } },
  }
}

const identity = ({ traceId, spanId }: RunIds, { projectId, keyId, receivedAt }: IngestHeader) => ({
  projectId,
  traceId,
  spanId,
  source: 'langsmith' as const,
  keyId,
  receivedAt,
  ofTrace: spanId === traceId,
})

const KINDS: Record<string, SpanKind> = {
  llm: 'llm',
  chat_model: 'llm',
  chain: 'chain',
  tool: 'tool',
  retriever: 'retriever',
  embedding: 'embedding',
  agent: 'agent',
  prompt: 'span',
  parser: 'span',
}
const OPERATIONS: Partial<Record<SpanKind, string>> = {
  llm: 'chat',
  embedding: 'embeddings',
  tool: 'execute_tool',
  retriever: 'retrieval',
  agent: 'invoke_agent',
}

function fieldsOf(ids: RunIds, run: Json, header: IngestHeader): PatchFields {
  const extra = objectOf(run.extra)
  const metadata = objectOf(extra.metadata)
  const params = objectOf(extra.invocation_params)
  const outputs = objectOf(run.outputs)
  const kind = own(KINDS, String(run.run_type ?? '').toLowerCase())
  const requestModel = firstWord(metadata.ls_model_name, params.model, params.model_name)
  const firstTokenAt = firstTokenOf(run.events)
  const error = payloadOf(run.error)
  const { usage, cost } = usageOf(outputs, metadata)
  const [input, output] = run[BARE] === true ? [] : [payloadOf(run.inputs), payloadOf(run.outputs)]
  return stated({
    ...(ids.parentId === '' && { externalId: wordOf(run.trace_id) ?? wordOf(run.id) }),
    parentId: ids.parentId || undefined,
    kind,
    name: wordOf(run.name),
    startedAt: microsecondsOf(run.start_time),
    endedAt: microsecondsOf(run.end_time),
    firstTokenAt,
    status: error === undefined ? undefined : 'error',
    errorType: error === undefined ? undefined : errorTypeOf(error),
    statusMessage: error?.slice(0, 2000),
    environment: firstWord(metadata.environment, metadata.env),
    release: firstWord(metadata.revision_id, metadata.app_version),
    userId: firstWord(metadata.user_id),
    sessionId: firstWord(metadata.session_id, metadata.thread_id, metadata.conversation_id),
    tags: tagsOf(run.tags),
    metadata: metadataOf(metadata, run, header),
    provider: firstWord(metadata.ls_provider),
    requestModel,
    model: modelOf(outputs) ?? requestModel,
    operation: metadata.ls_model_type === 'llm' ? 'text_completion' : kind && OPERATIONS[kind],
    stream: firstTokenAt === undefined ? undefined : true,
    finishReason: finishOf(outputs),
    usage,
    usageSource: usage && 'provider',
    cost,
    input: input === '{}' ? undefined : input,
    output: output === '{}' ? undefined : output,
    attributes: attributesOf(run, extra),
  })
}

function firstTokenOf(events: unknown): number | undefined {
  if (!Array.isArray(events)) return undefined
  const first = events.find((event) => isObject(event) && event.name === 'new_token') as Json | undefined
  return first && microsecondsOf(first.time)
}

/** `TypeError: boom` and Python's `ValueError('boom')Traceback…` name their kind first. */
const errorTypeOf = (error: string): string => /^([A-Za-z_][\w.]{0,99})\s*[:(]/.exec(error)?.[1] ?? 'error'

/** What has a column of its own, or is of the tracer's doing, is left to the attributes. */
function metadataOf(metadata: Json, run: Json, header: IngestHeader): Record<string, string> {
  const own = Object.fromEntries(Object.entries(metadata).filter(([key]) => !/^ls_|^usage_metadata$/.test(key)))
  const project = firstWord(run.session_name) ?? header.clientProject
  const projectId = hexOfUuid(run.session_id)
  return {
    ...textsOf(own),
    ...(project && { project }),
    ...(projectId && { project_id: String(run.session_id) }),
    ...(typeof run.reference_example_id === 'string' && { reference_example_id: run.reference_example_id.slice(0, 100) }),
  }
}

/** The model that answered, as OpenAI's and Anthropic's answers and LangChain's messages name it. */
function modelOf(outputs: Json): string | undefined {
  const ofMessages = generationsOf(outputs).map((generation) => objectOf(messageOf(generation).response_metadata))
  return firstWord(
    outputs.model,
    ...ofMessages.flatMap((said) => [said.model_name, said.model]),
    objectOf(outputs.llm_output).model_name,
    objectOf(outputs.response_metadata).model_name,
  )
}

function finishOf(outputs: Json): string | undefined {
  const choices = Array.isArray(outputs.choices) ? outputs.choices.filter(isObject).map((choice) => choice.finish_reason) : []
  const generations = generationsOf(outputs).flatMap((generation) => [
    objectOf(generation.generation_info ?? generation.generationInfo).finish_reason,
    objectOf(messageOf(generation).response_metadata).finish_reason,
    objectOf(messageOf(generation).response_metadata).stop_reason,
  ])
  const reasons = [...choices, outputs.stop_reason, ...generations].flatMap((reason) => wordOf(reason) ?? [])
  return reasons.length === 0 ? undefined : [...new Set(reasons)].join(',')
}

/** What stands in columns and payloads is not kept twice. */
const ELSEWHERE = new Set(['id', 'inputs', 'outputs', 'extra', 'name', 'child_runs', '__proto__'])

function attributesOf(run: Json, extra: Json): Json {
  const attributes: Json = {}
  for (const [key, value] of Object.entries(run)) if (!ELSEWHERE.has(key) && saysMore(value)) attributes[key] = value
  for (const [key, value] of Object.entries(extra)) if (saysMore(value)) attributes[`extra.${key}`] = value
  return attributes
}
