// OpenInference's instrumentation of the OpenAI SDK, as Phoenix and Arize use it, with calls through the gateway.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai'
import { context, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import OpenAI from 'openai'
import { key, traceOf, until, url, whole } from '../stored.mjs'

const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, headers: { authorization: `Bearer ${key}` } })
const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ 'openinference.project.name': 'shop', 'service.name': 'app' }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
})
provider.register()
const instrumentation = new OpenAIInstrumentation()
instrumentation.setTracerProvider(provider)
instrumentation.manuallyInstrument(OpenAI)
const tracer = provider.getTracer('app')
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })
after(() => provider.shutdown())

async function inside(work, attributes = {}) {
  const span = tracer.startSpan('answer', {
    attributes: {
      'openinference.span.kind': 'CHAIN',
      'input.value': 'Hi',
      'session.id': 's-1',
      'user.id': 'u-1',
      'tag.tags': ['a'],
      ...attributes,
    },
  })
  try {
    await context.with(trace.setSpan(context.active(), span), work)
  } finally {
    span.end()
    await provider.forceFlush()
  }
  return span.spanContext().traceId
}

const usage = { input: 20, output: 10, cacheRead: 5 }

test('a call with a tool, whose numbers are the gateway’s', async () => {
  const traceId = await inside(async () => {
    const text = JSON.stringify({ tools: [{ name: 'weather', arguments: { city: 'Pune' } }] })
    await openai.chat.completions.create({
      model: 'openai/script',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: [{ type: 'text', text }] },
      ],
      tools: [
        { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
      ],
    })
  })
  const { trace: stored, spans, named } = await traceOf(traceId, 2)
  const chain = named('answer')
  assert.deepEqual([chain.kind, chain.metadata.project, chain.sessionId, chain.userId, chain.tags], ['chain', 'shop', 's-1', 'u-1', ['a']])
  const call = spans.find(({ kind }) => kind === 'llm')
  assert.deepEqual([call.parentId, call.usageRole, call.costUsd], [chain.spanId, 'aggregate', null])
  assert.ok(call.inputTokens > 0 && call.outputTokens > 0)
  const { trace: served } = await traceOf(call.metadata.gatewayTraceId, 1)
  assert.deepEqual([served.inputTokens, served.outputTokens], [call.inputTokens, call.outputTokens])
  assert.equal(stored.inputTokens, 0)
  const read = await whole(call)
  assert.equal(read.input[0].content, 'Be brief.')
  assert.equal(read.output[0].tool_calls[0].function.name, 'weather')
})

test('a stream', async () => {
  const traceId = await inside(async () => {
    const stream = await openai.chat.completions.create({
      model: 'openai/echo',
      messages: [{ role: 'user', content: 'one two three' }],
      stream: true,
      stream_options: { include_usage: true },
    })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? ''
    assert.equal(text, 'one two three')
  })
  const { spans } = await traceOf(traceId, 2)
  const call = spans.find(({ kind }) => kind === 'llm')
  assert.ok(JSON.stringify((await whole(call)).output).includes('one two three'))
})

// This version never ends the span of a call that fails, so it is not sent. The gateway has it.
test('an error', async () => {
  const traceId = await inside(() => {
    const { traceId: ours, spanId } = trace.getActiveSpan().spanContext()
    const request = { model: 'openai/faults', messages: [{ role: 'user', content: '{"fault":429}' }] }
    return assert.rejects(openai.chat.completions.create(request, { headers: { traceparent: `00-${ours}-${spanId}-01` } }))
  })
  const { spans, named } = await traceOf(traceId, 2)
  const call = spans.find(({ kind }) => kind === 'llm')
  assert.deepEqual([call.status, call.source, call.parentId], ['error', 'gateway', named('answer').spanId])
})

test('spans of one’s own: cached tokens, costs, documents, and a judgement', async () => {
  const own = 'llm-of-my-own'
  const traceId = await inside(async () => {
    const span = tracer.startSpan('own', {
      attributes: {
        'openinference.span.kind': 'LLM',
        'llm.model_name': own,
        'llm.token_count.prompt': usage.input,
        'llm.token_count.prompt_details.cache_read': usage.cacheRead,
        'llm.token_count.completion': usage.output,
        'llm.cost.total': 0.5,
        'annotations.0.annotation.name': 'correctness',
        'annotations.0.annotation.score': 0.75,
        'annotations.0.annotation.annotator_kind': 'LLM',
      },
    })
    span.end()
    const found = tracer.startSpan('find', {
      attributes: {
        'openinference.span.kind': 'RETRIEVER',
        'retrieval.documents.0.document.content': 'Rails',
        'retrieval.documents.0.document.score': 0.5,
      },
    })
    found.end()
  })
  const { trace: stored, named } = await traceOf(traceId, 3)
  const call = named('own')
  assert.deepEqual([call.usage.input, call.usage.cacheRead, call.usage.output, call.usageRole, call.costUsd], [15, 5, 10, 'leaf', '0.5'])
  assert.deepEqual([stored.inputTokens, stored.outputTokens, stored.costUsd], [20, 10, '0.5'])
  assert.deepEqual((await whole(named('find'))).output, [{ content: 'Rails', score: 0.5 }])
  const { scores } = await until(`/api/v1/scores?traceId=${traceId}`, (body) => body.scores.length > 0)
  assert.deepEqual([scores[0].name, scores[0].value, scores[0].spanId, scores[0].source], ['correctness', 0.75, call.spanId, 'eval'])
})
