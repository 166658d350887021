import type { SpanKind } from '@signalbox/schema'

/** LangSmith's words for ours. */
export const RUN_TYPES: Record<SpanKind, string> = {
  llm: 'llm',
  embedding: 'embedding',
  tool: 'tool',
  retriever: 'retriever',
  reranker: 'retriever',
  agent: 'chain',
  workflow: 'chain',
  chain: 'chain',
  guardrail: 'chain',
  evaluator: 'chain',
  span: 'chain',
}
export const kindsOfRunType = (type: string): SpanKind[] =>
  (Object.keys(RUN_TYPES) as SpanKind[]).filter((kind) => RUN_TYPES[kind] === type.toLowerCase())
