import { CONTENT_EVENTS, FIELDS, FLATTENED, MESSAGE_EVENTS } from './mapping.ts'

/** Whether an attribute of this key holds what was asked, answered, called, found or instructed, by the conventions that are known. */
export const isContent = (key: string): boolean =>
  CONTENT_KEYS.has(key) || CONTENT_PREFIXES.some((prefix) => key.startsWith(prefix)) || EXPLANATION.test(key)
/** Why something was judged as it was quotes what was judged. */
const EXPLANATION = /^(?:(?:trace|session)\.)?(?:annotations|evaluations)\.\d+\.(?:annotation|evaluation)\.(?:explanation|metadata)$/

/** Events that are a message: of their attributes only those that cannot be a part of it are no content. */
export const isMessageEvent = (name: string): boolean => Object.hasOwn(MESSAGE_EVENTS, name) || Object.hasOwn(CONTENT_EVENTS, name)
export const isBesideMessage = (key: string): boolean => BESIDE_MESSAGE.has(key)

const BESIDE_MESSAGE = new Set(['event.name', 'finish_reason', 'gen_ai.provider.name', 'gen_ai.system', 'index', 'role'])

/** Beside what becomes input or output here: the same in other spellings, and what conventions put next to it. */
const CONTENT_KEYS = new Set<string>([
  ...FIELDS.input,
  ...FIELDS.output,
  ...FIELDS.system,
  // OpenTelemetry GenAI
  'gen_ai.event.content',
  'gen_ai.evaluation.explanation',
  'gen_ai.tool.definitions',
  // AI SDK
  'ai.documents',
  'ai.embedding',
  'ai.embeddings',
  'ai.response.files',
  'ai.response.providerMetadata',
  'ai.response.reasoning',
  'ai.schema',
  'ai.toolCall.input',
  'ai.toolCall.output',
  // OpenInference
  'document.content',
  'embedding.text',
  'embedding.vector',
  'llm.function_call',
  'llm.prompt_template.template',
  'llm.prompt_template.variables',
  'reranker.query',
  'tool.json_schema',
  'tool.parameters',
  // OpenLLMetry
  'db.query.result.document',
  'traceloop.prompt.template',
  'traceloop.prompt.template_variables',
  // Langfuse, MLflow, Haystack
  'langfuse.observation.input',
  'langfuse.observation.output',
  'langfuse.trace.input',
  'langfuse.trace.output',
  'haystack.component.input',
  'haystack.component.output',
  'mlflow.chat.messages',
  'mlflow.spanInputs',
  'mlflow.spanOutputs',
  // Pydantic AI, Logfire
  'all_messages_events',
  'events',
  'final_result',
  'model_request_parameters',
  'pydantic_ai.all_messages',
  'request_data',
  'response_data',
  'tool_arguments',
  'tool_response',
  // Agent Development Kit
  'gcp.vertex.agent.data',
  'gcp.vertex.agent.llm_request',
  'gcp.vertex.agent.llm_response',
  'gcp.vertex.agent.tool_call_args',
  'gcp.vertex.agent.tool_response',
])

const CONTENT_PREFIXES: readonly string[] = [
  ...FLATTENED.map(({ prefix }) => prefix),
  'gen_ai.completion',
  'gen_ai.input.messages',
  'gen_ai.output.messages',
  'gen_ai.prompt',
  'gen_ai.retrieval.documents',
  'gen_ai.system_instructions',
  'gen_ai.tool.call.arguments',
  'gen_ai.tool.call.result',
  'ai.prompt',
  'ai.result.',
  'embedding.embeddings',
  'llm.choices',
  'llm.completions',
  'llm.prompts',
  'llm.request.functions',
  'llm.tools',
  'message.',
  'message_content.',
  'reranker.input_documents',
  'reranker.output_documents',
  'retrieval.documents',
  'tool_call.function.arguments',
]
