import type { SpanKind } from '@signalbox/schema'

/** Goes into every row: rows of an older mapping can be found and mapped again from their raw attributes. */
export const MAPPER_VERSION = 1

/**
 * Which attributes give which field, best first. Attributes are matched by their presence, never by the name of the
 * library that wrote them. Spellings of the OpenTelemetry GenAI conventions, old and new, and of OpenLLMetry,
 * OpenInference and the AI SDK. What is not here stays in the raw attributes.
 */
export const FIELDS = {
  operation: ['gen_ai.operation.name', 'llm.request.type', 'ai.operationId'],
  provider: ['gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'llm.system', 'ai.model.provider', 'ls_provider'],
  requestModel: [
    'gen_ai.request.model',
    'llm.request.model_name',
    'ai.model.id',
    'ls_model_name',
    'llm.model_name',
    'embedding.model_name',
  ],
  responseModel: ['gen_ai.response.model', 'ai.response.model', 'llm.response.model_name', 'llm.model_name', 'embedding.model_name'],
  toolName: ['ai.toolCall.name'],
  stream: ['gen_ai.request.stream', 'llm.is_streaming'],
  finishReasons: ['gen_ai.response.finish_reasons', 'ai.response.finishReason', 'llm.finish_reason'],
  errorType: ['error.type'],
  firstChunkSeconds: ['gen_ai.response.time_to_first_chunk', 'gen_ai.server.time_to_first_token'],
  firstChunkMs: ['ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'],
  cost: ['gen_ai.usage.cost', 'gen_ai.usage.total_cost', 'llm.cost.total'],
  user: ['langfuse.user.id', 'user.id', 'enduser.id', 'ai.telemetry.metadata.userId', 'traceloop.association.properties.user_id'],
  session: [
    'langfuse.session.id',
    'session.id',
    'gen_ai.conversation.id',
    'ai.telemetry.metadata.sessionId',
    'traceloop.association.properties.session_id',
    'traceloop.association.properties.thread_id',
  ],
  environment: ['langfuse.environment', 'deployment.environment.name', 'deployment.environment'],
  service: ['service.name'],
  release: ['langfuse.release', 'service.version'],
  tags: ['langfuse.trace.tags', 'tag.tags', 'ai.telemetry.metadata.tags', 'langsmith.span.tags'],
  metadata: ['metadata'],
  system: ['gen_ai.system_instructions'],
  input: [
    'gen_ai.input.messages',
    'ai.prompt.messages',
    'ai.prompt',
    'gen_ai.tool.call.arguments',
    'ai.toolCall.args',
    'gen_ai.retrieval.query.text',
    'input.value',
    'traceloop.entity.input',
    'ai.value',
    'ai.values',
    'gen_ai.prompt',
  ],
  output: [
    'gen_ai.output.messages',
    'ai.response.text',
    'ai.response.object',
    'ai.response.toolCalls',
    'gen_ai.tool.call.result',
    'ai.toolCall.result',
    'gen_ai.retrieval.documents',
    'output.value',
    'traceloop.entity.output',
    'gen_ai.completion',
  ],
} as const satisfies Record<string, readonly string[]>
export type Field = keyof typeof FIELDS

/** Fields that a resource may give where the span does not. */
export const RESOURCE_FIELDS = ['environment', 'service', 'release', 'user', 'session'] as const satisfies readonly Field[]

/** Messages spread over one attribute per leaf: `gen_ai.prompt.0.role`. They are better than `input.value` and what comes after it, no better than what stands before. */
export const FLATTENED = [
  { prefix: 'llm.input_messages.', to: 'input' },
  { prefix: 'gen_ai.prompt.', to: 'input' },
  { prefix: 'llm.output_messages.', to: 'output' },
  { prefix: 'gen_ai.completion.', to: 'output' },
  { prefix: 'retrieval.documents.', to: 'output' },
] as const
export const FLATTENED_BEFORE = { input: 'input.value', output: 'output.value' } as const

/** Attributes `<prefix><key>` are the user's own metadata. */
export const METADATA_PREFIXES = [
  'traceloop.association.properties.',
  'ai.telemetry.metadata.',
  'langfuse.trace.metadata.',
  'langfuse.observation.metadata.',
]

/** Token counts: which prefix of an attribute belongs to which convention of the normaliser. */
export const USAGE_PREFIXES = [
  { prefix: 'gen_ai.usage.', convention: 'genai' },
  { prefix: 'ai.usage.', convention: 'genai' },
  { prefix: 'llm.usage.', convention: 'genai' },
  { prefix: 'llm.token_count.', convention: 'openinference' },
] as const

/** What kind of span an attribute with this value makes, best attribute first; values in lower case. */
export const KINDS: readonly { attribute: string; kinds: Readonly<Record<string, SpanKind>> }[] = [
  {
    attribute: 'langfuse.observation.type',
    kinds: {
      generation: 'llm',
      embedding: 'embedding',
      tool: 'tool',
      retriever: 'retriever',
      agent: 'agent',
      chain: 'chain',
      guardrail: 'guardrail',
      evaluator: 'evaluator',
    },
  },
  {
    attribute: 'openinference.span.kind',
    kinds: {
      llm: 'llm',
      embedding: 'embedding',
      chain: 'chain',
      retriever: 'retriever',
      reranker: 'reranker',
      tool: 'tool',
      agent: 'agent',
      guardrail: 'guardrail',
      evaluator: 'evaluator',
      prompt: 'chain',
    },
  },
  {
    attribute: 'gen_ai.operation.name',
    kinds: {
      chat: 'llm',
      text_completion: 'llm',
      generate_content: 'llm',
      embeddings: 'embedding',
      retrieval: 'retriever',
      search_memory: 'retriever',
      rerank: 'reranker',
      execute_tool: 'tool',
      create_agent: 'agent',
      invoke_agent: 'agent',
      agent_step: 'agent',
      invoke_workflow: 'workflow',
      plan: 'chain',
    },
  },
  { attribute: 'traceloop.span.kind', kinds: { workflow: 'workflow', task: 'chain', agent: 'agent', tool: 'tool' } },
  { attribute: 'llm.request.type', kinds: { chat: 'llm', completion: 'llm', embedding: 'embedding', rerank: 'reranker' } },
  {
    attribute: 'ai.operationId',
    kinds: {
      'ai.generatetext.dogenerate': 'llm',
      'ai.streamtext.dostream': 'llm',
      'ai.generateobject.dogenerate': 'llm',
      'ai.streamobject.dostream': 'llm',
      'ai.embed.doembed': 'embedding',
      'ai.embedmany.doembed': 'embedding',
      'ai.toolcall': 'tool',
      'ai.generatetext': 'agent',
      'ai.streamtext': 'agent',
      'ai.generateobject': 'agent',
      'ai.streamobject': 'agent',
      'ai.embed': 'chain',
      'ai.embedmany': 'chain',
    },
  },
]
/** Without any of those: a span that names a tool is one, then a span that names a model is a call of it. */
export const TOOL_ATTRIBUTES = ['gen_ai.tool.name', 'gen_ai.tool.call.id']

/** Spans of these kinds repeat what the calls below them used. */
export const AGGREGATES: ReadonlySet<SpanKind> = new Set(['agent', 'workflow', 'chain'])

/** Events whose time is that of the first token. */
export const FIRST_TOKEN_EVENTS: ReadonlySet<string> = new Set([
  'ai.stream.firstChunk',
  'gen_ai.content.first_token',
  'new_token',
  'First Token Stream Event',
])

/** The event that carries the whole exchange, in the same attributes as a span. */
export const DETAILS_EVENT = 'gen_ai.client.inference.operation.details'
/** Older conventions: one event per message. `role` where it is not in the event. */
export const MESSAGE_EVENTS: Readonly<Record<string, { to: 'input' | 'output'; role: string }>> = {
  'gen_ai.system.message': { to: 'input', role: 'system' },
  'gen_ai.user.message': { to: 'input', role: 'user' },
  'gen_ai.assistant.message': { to: 'input', role: 'assistant' },
  'gen_ai.tool.message': { to: 'input', role: 'tool' },
  'gen_ai.choice': { to: 'output', role: 'assistant' },
}
/** Older still: all messages of a side in one attribute of an event. */
export const CONTENT_EVENTS: Readonly<Record<string, { to: 'input' | 'output'; attribute: string }>> = {
  'gen_ai.content.prompt': { to: 'input', attribute: 'gen_ai.prompt' },
  'gen_ai.content.completion': { to: 'output', attribute: 'gen_ai.completion' },
}
