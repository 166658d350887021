import type { SpanWithPayload } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { createPricing } from '../../../pricing/price.ts'
import { decodeOtlp } from './decode-otlp.ts'
import type { DecodedTraces } from './decoded.ts'
import type { MapContext } from './map-context.ts'
import { mapOtlp } from './map-otlp.ts'
import { splitSpans } from './split-spans.ts'
import { withoutContent } from './without-content.ts'

const context: MapContext = { projectId: 'default', keyId: 'key_1', receivedAt: 1_731_925_770_000_000, price: createPricing([]).price }
const SECRET = 'the-secret-recipe'
const text = (key: string, value = SECRET) => ({ key, value: { stringValue: value } })
const base = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  startTimeUnixNano: '1731925760123456789',
  endTimeUnixNano: '1731925761623456789',
}

const decoded = (span: object, around: { resource?: object[]; scope?: object[] } = {}): DecodedTraces => {
  const scopeSpans = [
    { scope: { name: 'lib', attributes: around.scope ?? [] }, spans: [{ ...base, spanId: 'b7ad6b7169203331', name: 'step', ...span }] },
  ]
  const body = { resourceSpans: [{ resource: { attributes: around.resource ?? [] }, scopeSpans }] }
  return decodeOtlp(Buffer.from(JSON.stringify(body)), 'otlp-json')
}
/** As it goes through the journal: what the edge writes, decoded and mapped by the core. */
const stored = (traces: DecodedTraces): SpanWithPayload[] =>
  mapOtlp(decodeOtlp(Buffer.from(JSON.stringify(withoutContent(traces))), 'otlp-decoded'), context)

test.each(
  `gen_ai.input.messages gen_ai.output.messages gen_ai.system_instructions gen_ai.prompt gen_ai.prompt.0.content gen_ai.completion
   gen_ai.completion.0.content gen_ai.completion.0.tool_calls.0.arguments gen_ai.tool.call.arguments gen_ai.tool.call.result gen_ai.tool.definitions
   gen_ai.retrieval.documents gen_ai.retrieval.query.text
   input.value output.value llm.input_messages.0.message.content llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments
   llm.prompts llm.prompt_template.variables llm.tools.0.tool.json_schema retrieval.documents.0.document.content reranker.query
   embedding.embeddings.0.embedding.text tool.parameters
   ai.prompt ai.prompt.messages ai.prompt.tools ai.response.text ai.response.object ai.response.toolCalls ai.response.reasoning ai.result.text
   ai.toolCall.args ai.toolCall.result ai.value ai.values
   traceloop.entity.input traceloop.entity.output langfuse.observation.input langfuse.trace.output mlflow.spanInputs
   pydantic_ai.all_messages tool_arguments gcp.vertex.agent.llm_request`
    .trim()
    .split(/\s+/),
)('%s is not stored, wherever it stands', (key) => {
  const attributes = [text(key)]
  const span = {
    attributes,
    events: [{ name: 'any', attributes }],
    links: [{ traceId: base.traceId, spanId: 'b7ad6b7169203332', attributes }],
  }
  const traces = decoded(span, { resource: attributes, scope: attributes })
  expect(JSON.stringify(mapOtlp(traces, context))).toContain(SECRET)
  expect(JSON.stringify(withoutContent(traces))).not.toContain(SECRET)
  expect(JSON.stringify(stored(traces))).not.toContain(SECRET)
})

test.each([
  ['gen_ai.user.message', 'content'],
  ['gen_ai.system.message', 'gen_ai.event.content'],
  ['gen_ai.assistant.message', 'tool_calls'],
  ['gen_ai.tool.message', 'id_or_anything'],
  ['gen_ai.choice', 'message'],
  ['gen_ai.content.prompt', 'gen_ai.prompt'],
  ['gen_ai.content.completion', 'gen_ai.completion'],
  ['gen_ai.client.inference.operation.details', 'gen_ai.input.messages'],
])('the event %s stays, its %s does not', (name, key) => {
  const event = {
    name,
    timeUnixNano: '1731925761000000000',
    attributes: [text(key), text('gen_ai.system', 'openai'), text('role', 'user')],
  }
  const [row] = stored(decoded({ events: [event] }))
  expect(JSON.stringify(row)).not.toContain(SECRET)
  expect(row).toMatchObject({ span: { inputPreview: '', outputPreview: '' }, payload: { input: '', output: '' } })
  expect(JSON.parse(row?.payload.attributes ?? '').events).toEqual([
    { name, timeUnixNano: '1731925761000000000', attributes: expect.objectContaining({ 'gen_ai.system': 'openai' }) },
  ])
})

test('everything else is as if the content had been kept', () => {
  const input = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: 'What is in it?' }] }])
  const attributes = [
    text('gen_ai.operation.name', 'chat'),
    text('gen_ai.request.model', 'gpt-4o'),
    text('gen_ai.output.type', 'text'),
    { key: 'gen_ai.usage.input_tokens', value: { intValue: '1000' } },
    { key: 'gen_ai.usage.prompt_tokens', value: { intValue: '1000' } },
    { key: 'odd', value: { kvlistValue: { values: [{ key: '__proto__', value: { arrayValue: { values: [{ doubleValue: 'NaN' }] } } }] } } },
    text('user.id', 'ada'),
    text('metadata', '{"plan":"gold"}'),
    text('gen_ai.tool.name', 'lookup'),
    text('input.mime_type', 'application/json'),
  ]
  const content = [text('gen_ai.input.messages', input), text('gen_ai.output.messages', 'Grüße')]
  const failed = {
    status: { code: 2, message: 'no' },
    events: [{ name: 'exception', attributes: [text('exception.type', 'Timeout'), text('exception.message', 'too late')] }],
  }
  const [whole] = mapOtlp(decoded({ attributes: [...attributes, ...content], ...failed }), context)
  const [bare] = stored(decoded({ attributes: [...attributes, ...content], ...failed }))
  const [never] = mapOtlp(decoded({ attributes, ...failed }), context)
  expect(bare?.payload).toEqual({ ...never?.payload, input: '', output: '' })
  expect(bare?.span).toEqual({ ...whole?.span, inputPreview: '', outputPreview: '' })
  expect(bare?.span).toMatchObject({ inputBytes: Buffer.byteLength(input), outputBytes: 7, userId: 'ada', errorType: 'Timeout' })
})

test('parts of a body hold every span once, with what it belongs to', () => {
  const spansOf = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) => ({ ...base, spanId: (from + i).toString(16).padStart(16, '0'), name: 'step' }))
  const scopes = (name: string, from: number) => ({
    scopeSpans: [
      { scope: { name }, spans: spansOf(5, from) },
      { scope: {}, spans: [] },
    ],
  })
  const body = { resourceSpans: [scopes('a', 1), scopes('b', 6), scopes('c', 11)] }
  const traces = decodeOtlp(Buffer.from(JSON.stringify(body)), 'otlp-json')
  for (const most of [1, 4, 5, 7, 15, 100]) {
    const parts = splitSpans(traces, most)
    expect(parts.flatMap((part) => mapOtlp(part, context))).toEqual(mapOtlp(traces, context))
    expect(parts.map((part) => mapOtlp(part, context).length).every((count) => count > 0 && count <= most)).toBe(true)
  }
  expect(splitSpans({ resources: [] }, 10)).toEqual([])
})
