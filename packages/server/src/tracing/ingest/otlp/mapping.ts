/** Goes into every row: rows of an older mapping can be found and mapped again from their raw attributes. */
export const MAPPER_VERSION = 3

/**
 * Which attributes give which field, best first. Attributes are matched by their presence, never by the name of the
 * library that wrote them. Spellings of the OpenTelemetry GenAI conventions, old and new, and of OpenLLMetry,
 * OpenInference and the AI SDK. What is not here stays in the raw attributes.
 */
export const FIELDS = {
  operation: ['gen_ai.operation.name', 'llm.request.type', 'ai.operationId'],
  provider: [
    'gen_ai.provider.name',
    'gen_ai.system',
    'llm.provider',
    'llm.system',
    'ai.model.provider',
    'langsmith.metadata.ls_provider',
    'ls_provider',
  ],
  requestModel: [
    'gen_ai.request.model',
    'llm.request.model_name',
    'ai.model.id',
    'langsmith.metadata.ls_model_name',
    'ls_model_name',
    'langfuse.observation.model.name',
    'llm.model_name',
    'embedding.model_name',
    'reranker.model_name',
  ],
  responseModel: [
    'gen_ai.response.model',
    'ai.response.model',
    'llm.response.model_name',
    'llm.model_name',
    'langfuse.observation.model.name',
    'embedding.model_name',
    'reranker.model_name',
  ],
  /** What the provider calls its answer: the same answer, seen by a client and by the gateway, has the same. */
  responseId: ['gen_ai.response.id', 'ai.response.id'],
  name: ['langsmith.trace.name'],
  traceName: ['langfuse.trace.name'],
  toolName: ['gen_ai.tool.name', 'ai.toolCall.name', 'lk.function_tool.name', 'tool.name'],
  entityName: ['traceloop.entity.name'],
  functionId: ['ai.telemetry.functionId'],
  /** Of a library that leaves the spans around its own out. */
  appRoot: ['langfuse.internal.is_app_root', 'langfuse.internal.as_root'],
  stream: ['gen_ai.request.stream', 'llm.is_streaming'],
  finishReasons: [
    'gen_ai.response.finish_reasons',
    'ai.response.finishReason',
    'llm.finish_reason',
    'llm.response.finish_reason',
    'llm.response.stop_reason',
  ],
  level: ['langfuse.observation.level'],
  statusMessage: ['langfuse.observation.status_message'],
  errorType: ['error.type'],
  completionStart: ['langfuse.observation.completion_start_time'],
  firstChunkSeconds: ['gen_ai.response.time_to_first_chunk', 'gen_ai.server.time_to_first_token'],
  firstChunkMs: ['ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'],
  cost: ['gen_ai.usage.cost', 'gen_ai.usage.total_cost', 'llm.cost.total', 'operation.cost'],
  costDetails: ['langfuse.observation.cost_details'],
  /** JSON: buckets that exclude each other, or what OpenAI sends. */
  usageDetails: ['langfuse.observation.usage_details'],
  /** JSON: as LangChain counts. */
  usageMetadata: ['langsmith.usage_metadata', 'usage_metadata'],
  user: ['langfuse.user.id', 'user.id', 'enduser.id', 'ai.telemetry.metadata.userId', 'traceloop.association.properties.user_id'],
  session: [
    'langfuse.session.id',
    'session.id',
    'gen_ai.conversation.id',
    'ai.telemetry.metadata.sessionId',
    'traceloop.association.properties.session_id',
    'traceloop.association.properties.thread_id',
    'langsmith.metadata.session_id',
    'langsmith.metadata.thread_id',
    'langsmith.metadata.conversation_id',
    'langsmith.trace.session_id',
    'gcp.vertex.agent.session_id',
  ],
  environment: ['langfuse.environment', 'deployment.environment.name', 'deployment.environment'],
  service: ['service.name'],
  release: ['langfuse.release', 'service.version'],
  tags: ['langfuse.trace.tags', 'tag.tags', 'ai.telemetry.metadata.tags', 'langsmith.span.tags'],
  system: ['gen_ai.system_instructions'],
  /** The AI SDK puts these beside the text of an answer. */
  toolCalls: ['ai.response.toolCalls'],
  reasoning: ['ai.response.reasoning'],
  input: [
    'langfuse.observation.input',
    'gen_ai.input.messages',
    'ai.prompt.messages',
    'ai.prompt',
    'gen_ai.tool.call.arguments',
    'ai.toolCall.args',
    'gen_ai.retrieval.query.text',
    'ai.value',
    'ai.values',
    'input.value',
    'traceloop.entity.input',
    'gen_ai.prompt',
    'mlflow.spanInputs',
    'pydantic_ai.all_messages',
    'all_messages_events',
    'gcp.vertex.agent.llm_request',
    'gcp.vertex.agent.tool_call_args',
    'genkit:input',
    'lk.function_tool.arguments',
    'lk.user_input',
    'lk.chat_ctx',
    'tool_arguments',
    'langfuse.trace.input',
  ],
  output: [
    'langfuse.observation.output',
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
    'mlflow.spanOutputs',
    'final_result',
    'gcp.vertex.agent.llm_response',
    'gcp.vertex.agent.tool_response',
    'genkit:output',
    'lk.function_tool.output',
    'lk.response.text',
    'tool_response',
    'langfuse.trace.output',
  ],
} as const satisfies Record<string, readonly string[]>
export type Field = keyof typeof FIELDS

/** Fields that a resource may give where the span does not. */
export const RESOURCE_FIELDS = ['environment', 'service', 'release', 'user', 'session'] as const satisfies readonly Field[]

/** Messages spread over one attribute per leaf: `gen_ai.prompt.0.role`. They are better than `input.value` and what comes after it, no better than what stands before. */
export const FLATTENED = [
  { prefix: 'llm.input_messages.', to: 'input' },
  { prefix: 'llm.prompts.', to: 'input' },
  { prefix: 'reranker.input_documents.', to: 'input' },
  { prefix: 'embedding.embeddings.', to: 'input' },
  { prefix: 'gen_ai.prompt.', to: 'input' },
  { prefix: 'llm.output_messages.', to: 'output' },
  { prefix: 'llm.choices.', to: 'output' },
  { prefix: 'gen_ai.completion.', to: 'output' },
  { prefix: 'retrieval.documents.', to: 'output' },
  { prefix: 'reranker.output_documents.', to: 'output' },
] as const
export const FLATTENED_BEFORE = { input: 'ai.prompt.messages', output: 'ai.response.text' } as const
/** What is asked about a list of documents stands beside it. */
export const RERANKER_QUERY = 'reranker.query'

/** Attributes `<prefix><key>` are the user's own metadata. */
export const METADATA_PREFIXES = [
  'traceloop.association.properties.',
  'ai.telemetry.metadata.',
  'langfuse.trace.metadata.',
  'langfuse.observation.metadata.',
  'langsmith.metadata.',
]
/** Of these, clients in Python write each value as JSON, texts too. */
export const METADATA_AS_JSON = ['langfuse.trace.metadata.', 'langfuse.observation.metadata.']
/** JSON objects of metadata, all in one attribute. */
export const METADATA_OBJECTS = ['metadata', 'langfuse.trace.metadata', 'langfuse.observation.metadata', 'langsmith.metadata']
/** What has no column and is worth a filter: attribute → the name among the metadata, best first. */
export const METADATA_ATTRIBUTES: Readonly<Record<string, string>> = {
  'langfuse.observation.prompt.name': 'promptName',
  'gen_ai.prompt.name': 'promptName',
  'signalbox.prompt.name': 'promptName',
  'signalbox.prompt.version': 'promptVersion',
  'signalbox.prompt.hash': 'promptHash',
  'traceloop.prompt.key': 'promptName',
  'prompt.id': 'promptId',
  'langfuse.observation.prompt.version': 'promptVersion',
  'traceloop.prompt.version': 'promptVersion',
  'llm.prompt_template.version': 'promptVersion',
  'langfuse.trace.name': 'traceName',
  'langfuse.version': 'version',
  'langfuse.experiment.id': 'experimentId',
  'langfuse.experiment.name': 'experimentName',
  'langfuse.experiment.item.id': 'experimentItemId',
  'langsmith.reference_example_id': 'referenceExampleId',
  'gen_ai.agent.name': 'agent',
  'agent.name': 'agent',
  'gen_ai.workflow.name': 'workflow',
  'traceloop.workflow.name': 'workflow',
  'graph.node.id': 'graphNodeId',
  'graph.node.name': 'graphNodeName',
  'graph.node.parent_id': 'graphNodeParentId',
  'langsmith.trace.session_name': 'project',
}
/** Attributes of a resource that name the project of another tool. */
export const PROJECT_ATTRIBUTES = ['openinference.project.name', 'arize.project.name', 'langsmith.trace.session_name']

/** Where the columns of user and session take their value from among the metadata, when nothing else names one. */
export const METADATA_USER = ['user_id', 'userId']
export const METADATA_SESSION = ['session_id', 'sessionId', 'thread_id', 'conversation_id']

/** Token counts: which prefix of an attribute belongs to which convention of the normaliser. */
export const USAGE_PREFIXES = [
  { prefix: 'gen_ai.usage.', convention: 'genai' },
  { prefix: 'ai.usage.', convention: 'genai' },
  { prefix: 'llm.usage.', convention: 'genai' },
  { prefix: 'llm.token_count.', convention: 'openinference' },
] as const

/** Costs by what was paid for, in US dollars. */
export const COST_PREFIX = 'llm.cost.'

/** Judgements that a span carries: about itself, or, on the span of an evaluator, about the one that it links to. */
export const FEEDBACK = [
  { prefix: 'annotations.', member: 'annotation', about: 'span' },
  { prefix: 'evaluations.', member: 'evaluation', about: 'linked' },
  { prefix: 'trace.annotations.', member: 'annotation', about: 'trace' },
  { prefix: 'session.annotations.', member: 'annotation', about: 'session' },
] as const
/** The same as an event of the span that is judged. */
export const EVALUATION_EVENT = 'gen_ai.evaluation.result'

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
