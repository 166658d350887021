import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtoExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPricing } from '../../../pricing/price.ts'
import { checkOtlp } from './check-otlp.ts'
import { decodeOtlp } from './decode-otlp.ts'
import { mapOtlp } from './map-otlp.ts'

type Received = { contentType: string; body: Buffer }
const received: Received[] = []
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  received.push({
    contentType: String(request.headers['content-type']),
    body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body,
  })
  response.end()
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())

/** The spans of a small agent run, sent by both official exporters at once. */
async function exportBoth(): Promise<{ proto: Buffer; json: Buffer }> {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`
  const exporters = [new ProtoExporter({ url }), new JsonExporter({ url })] as unknown as SpanExporter[]
  const provider = new NodeTracerProvider({ spanProcessors: exporters.map((exporter) => new BatchSpanProcessor(exporter)) })
  const tracer = provider.getTracer('shop-agent', '2.0')
  const remote = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: 1,
    isRemote: true,
  })
  const agent = tracer.startSpan(
    'invoke_agent shop',
    { attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 12 } },
    remote,
  )
  const inside = trace.setSpan(remote, agent)
  const chat = tracer.startSpan(
    'chat gpt-4o',
    {
      kind: SpanKind.CLIENT,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.request.temperature': 0.5,
        'gen_ai.response.finish_reasons': ['stop'],
        'gen_ai.usage.input_tokens': 12,
        'gen_ai.usage.output_tokens': 4,
        'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"Straße 🚀?"}]}]',
      },
      links: [{ context: { traceId: '1af7651916cd43dd8448eb211c80319c', spanId: 'c7ad6b7169203331', traceFlags: 1 } }],
    },
    inside,
  )
  chat.end()
  const tool = tracer.startSpan('execute_tool find', { attributes: { 'gen_ai.tool.name': 'find' } }, inside)
  tool.recordException(new RangeError('nothing there'))
  tool.setStatus({ code: SpanStatusCode.ERROR })
  tool.end()
  agent.end()
  await provider.forceFlush()
  await provider.shutdown()
  const bodyOf = (type: string) => received.find(({ contentType }) => contentType.startsWith(type))?.body ?? Buffer.alloc(0)
  return { proto: bodyOf('application/x-protobuf'), json: bodyOf('application/json') }
}

test('what the official exporters send is taken, and both encodings map to the same rows', async () => {
  const { proto, json } = await exportBoth()
  const origins = [{ name: expect.stringMatching(/, opentelemetry nodejs \d/), spans: 3, rejected: 0 }]
  expect(checkOtlp(proto, 'otlp-protobuf')).toEqual({ spans: 3, rejected: 0, message: '', origins })
  expect(checkOtlp(json, 'otlp-json')).toEqual({ spans: 3, rejected: 0, message: '', origins })

  const context = { projectId: 'default', keyId: '', receivedAt: Date.now() * 1000, price: createPricing([]).price }
  const rows = mapOtlp(decodeOtlp(proto, 'otlp-protobuf'), context)
  expect(mapOtlp(decodeOtlp(json, 'otlp-json'), context)).toEqual(rows)

  const spans = new Map(rows.map(({ span }) => [span.kind, span]))
  const agent = spans.get('agent')
  expect(agent).toMatchObject({ entry: 1, parentId: 'b7ad6b7169203331', usageRole: 'aggregate', cost: null, scope: 'shop-agent' })
  expect(spans.get('llm')).toMatchObject({
    entry: 0,
    parentId: agent?.spanId,
    usageInput: 12,
    usageOutput: 4,
    cost: 70_000,
    inputPreview: 'Straße 🚀?',
    finishReason: 'stop',
  })
  expect(spans.get('tool')).toMatchObject({ status: 'error', errorType: 'RangeError', statusMessage: 'nothing there' })
  for (const span of spans.values()) expect(Math.abs(span.startedAt / 1000 - Date.now())).toBeLessThan(60_000)
})
