import type { SpanKind } from '@signalbox/schema'

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
  {
    attribute: 'langsmith.span.kind',
    kinds: {
      llm: 'llm',
      embedding: 'embedding',
      tool: 'tool',
      retriever: 'retriever',
      chain: 'chain',
      prompt: 'chain',
      parser: 'chain',
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
  {
    attribute: 'mlflow.spanType',
    kinds: {
      llm: 'llm',
      chat_model: 'llm',
      embedding: 'embedding',
      tool: 'tool',
      retriever: 'retriever',
      reranker: 'reranker',
      agent: 'agent',
      chain: 'chain',
      parser: 'chain',
      evaluator: 'evaluator',
      guardrail: 'guardrail',
      workflow: 'workflow',
    },
  },
  {
    attribute: 'genkit:metadata:subtype',
    kinds: {
      model: 'llm',
      embedder: 'embedding',
      tool: 'tool',
      retriever: 'retriever',
      reranker: 'reranker',
      evaluator: 'evaluator',
      agent: 'agent',
      flow: 'workflow',
      prompt: 'chain',
    },
  },
]
/** Without any of those: a span that names a tool is one, then a span that names a model is a call of it. */
export const TOOL_ATTRIBUTES = ['gen_ai.tool.name', 'gen_ai.tool.call.id', 'lk.function_tool.name']

/** Spans of these kinds repeat what the calls below them used. */
export const AGGREGATES: ReadonlySet<SpanKind> = new Set(['agent', 'workflow', 'chain'])
