// The exporters of OpenTelemetry: JSON, protobuf and gRPC, each with gzip, send one trace of an agent. What is stored is the same.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Metadata } from '@grpc/grpc-js'
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { grpc, key, traceOf, url, whole } from '../stored.mjs'

const headers = { authorization: `Bearer ${key}` }
const metadata = new Metadata()
metadata.set('authorization', `Bearer ${key}`)
const exporters = {
  'http/json': () => new JsonExporter({ url: `${url}/v1/traces`, headers, compression: 'gzip' }),
  'http/protobuf': () => new ProtoExporter({ url: `${url}/otel/v1/traces`, headers, compression: 'gzip' }),
  grpc: () => new GrpcExporter({ url: `http://${grpc}`, metadata, compression: 'gzip' }),
}

/** Hands on what is exported, and the outcome of each export. */
function watched(exporter) {
  const outcomes = []
  return {
    outcomes,
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        outcomes.push(result)
        done(result)
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  }
}

const messages = (role, ...parts) => JSON.stringify([{ role, parts }])

for (const [name, make] of Object.entries(exporters)) {
  describe(name, () => {
    test('an agent with a call, a tool and an error', async () => {
      const exporter = watched(make())
      const provider = new NodeTracerProvider({
        resource: resourceFromAttributes({ 'service.name': 'shop', 'deployment.environment.name': 'test' }),
        spanProcessors: [new BatchSpanProcessor(exporter)],
      })
      const tracer = provider.getTracer('my-own', '1.0')
      const agent = tracer.startSpan('invoke_agent shop', {
        attributes: {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'shop',
          'gen_ai.conversation.id': 'c-1',
          'user.id': 'u-1',
          'gen_ai.usage.input_tokens': 100,
          'gen_ai.usage.output_tokens': 20,
        },
      })
      const inside = trace.setSpan(context.active(), agent)
      const chat = tracer.startSpan(
        'chat gpt-4o',
        {
          kind: SpanKind.CLIENT,
          attributes: {
            'gen_ai.operation.name': 'chat',
            'gen_ai.provider.name': 'openai',
            'gen_ai.request.model': 'gpt-4o',
            'gen_ai.response.model': 'gpt-4o-2024-08-06',
            'gen_ai.response.finish_reasons': ['tool_call'],
            'gen_ai.request.stream': true,
            'gen_ai.response.time_to_first_chunk': 0.002,
            'gen_ai.usage.input_tokens': 100,
            'gen_ai.usage.cache_read.input_tokens': 40,
            'gen_ai.usage.output_tokens': 20,
            'gen_ai.usage.reasoning.output_tokens': 5,
            'gen_ai.input.messages': messages('user', { type: 'text', content: 'Grüße, 世界' }),
            'gen_ai.output.messages': messages('assistant', { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Pune' } }),
            'my.number': 1.5,
            'my.list': ['a', 'b'],
          },
        },
        inside,
      )
      chat.end()
      const tool = tracer.startSpan(
        'execute_tool weather',
        {
          attributes: {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': 'weather',
            'gen_ai.tool.call.arguments': '{"city":"Pune"}',
          },
        },
        inside,
      )
      tool.recordException(new RangeError('no such city'))
      tool.setStatus({ code: SpanStatusCode.ERROR, message: 'no such city' })
      tool.end()
      agent.end()
      await provider.forceFlush()
      await provider.shutdown()
      assert.deepEqual(
        exporter.outcomes.map(({ code, error }) => [code, error?.message]),
        [[0, undefined]],
      )

      const { trace: stored, spans, named } = await traceOf(agent.spanContext().traceId, 3)
      assert.equal(spans.length, 3)
      const [stem, call, step] = [named('invoke_agent shop'), named('chat gpt-4o'), named('weather')]
      assert.deepEqual([call.parentId, step.parentId, stem.parentId], [stem.spanId, stem.spanId, null])
      assert.deepEqual(
        [stem.kind, stem.usageRole, stem.userId, stem.sessionId, stem.service, stem.environment, stem.metadata.agent],
        ['agent', 'aggregate', 'u-1', 'c-1', 'shop', 'test', 'shop'],
      )
      assert.deepEqual([call.kind, call.provider, call.model, call.requestModel], ['llm', 'openai', 'gpt-4o-2024-08-06', 'gpt-4o'])
      assert.deepEqual([call.finishReason, call.stream, call.firstTokenMs, call.usageRole], ['tool_call', true, 2, 'leaf'])
      const { input, cacheRead, output, reasoning } = call.usage
      assert.deepEqual([input, cacheRead, output, reasoning], [60, 40, 15, 5])
      assert.ok(Number(call.costUsd) > 0, `it costs ${call.costUsd}`)
      assert.deepEqual([step.kind, step.status, step.errorType, step.statusMessage], ['tool', 'error', 'RangeError', 'no such city'])
      // Counted once, though the agent repeats it.
      assert.deepEqual([stored.inputTokens, stored.outputTokens, stored.costUsd], [100, 20, call.costUsd])

      const read = await whole(call)
      assert.ok(JSON.stringify(read.input).includes('Grüße, 世界'), JSON.stringify(read.input))
      assert.deepEqual([read.attributes.attributes['my.number'], read.attributes.attributes['my.list']], [1.5, ['a', 'b']])
      const failed = await whole(step)
      assert.equal(failed.attributes.events[0].attributes['exception.message'], 'no such city')
    })

    test('a batch of many spans, and the same batch again', async () => {
      const exporter = watched(make())
      const ended = []
      const provider = new NodeTracerProvider({
        spanProcessors: [{ onStart() {}, onEnd: (span) => ended.push(span), forceFlush: async () => {}, shutdown: async () => {} }],
      })
      const tracer = provider.getTracer('my-own')
      const root = tracer.startSpan('root')
      for (let i = 0; i < 300; i++) tracer.startSpan(`step ${i}`, {}, trace.setSpan(context.active(), root)).end()
      root.end()
      for (let round = 0; round < 2; round++) await new Promise((done) => exporter.export(ended, done))
      assert.deepEqual(
        exporter.outcomes.map(({ code }) => code),
        [0, 0],
      )
      const { trace: stored } = await traceOf(root.spanContext().traceId, 301)
      assert.equal(stored.spanCount, 301)
      await exporter.shutdown()
    })
  })
}
