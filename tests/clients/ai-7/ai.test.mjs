// The AI SDK 7 with @ai-sdk/otel, whose agents repeat what their calls used: a loop with a tool, a stream, an error.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { createOpenAI } from '@ai-sdk/openai'
import { OpenTelemetry } from '@ai-sdk/otel'
import { context, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { generateText, registerTelemetry, stepCountIs, streamText, tool } from 'ai'
import { MockLanguageModelV4, simulateReadableStream } from 'ai/test'
import { z } from 'zod'
import { key, traceOf, url, whole } from '../stored.mjs'

const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, headers: { authorization: `Bearer ${key}` } })
const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
provider.register()
registerTelemetry(new OpenTelemetry())
const tracer = provider.getTracer('app')
after(() => provider.shutdown())

const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key })
const telemetry = { functionId: 'support' }
const weather = tool({
  description: 'The weather of a city.',
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `sunny in ${city}`,
})
const usage = {
  inputTokens: { total: 100, noCache: 30, cacheRead: 60, cacheWrite: 10 },
  outputTokens: { total: 20, text: 5, reasoning: 15 },
}
const finish = { unified: 'stop', raw: 'stop' }

/** What is done inside a span of the application; returns its context. */
async function inside(work) {
  const span = tracer.startSpan('request', { attributes: { 'user.id': 'u-7' } })
  try {
    await context.with(trace.setSpan(context.active(), span), () => work(span.spanContext()))
  } finally {
    span.end()
    await provider.forceFlush()
  }
  return span.spanContext()
}

test('a loop with a tool through the gateway: its numbers are the gateway’s, counted once', async () => {
  const prompt = JSON.stringify({ tools: [{ name: 'weather', arguments: { city: 'Pune' } }] })
  const { traceId } = await inside(async ({ traceId: ours, spanId }) => {
    const { text } = await generateText({
      model: openai.chat('openai/script'),
      prompt,
      tools: { weather },
      stopWhen: stepCountIs(3),
      headers: { traceparent: `00-${ours}-${spanId}-01` },
      telemetry,
    })
    assert.ok(text.includes('sunny in Pune'), text)
  })
  // The request, the agent, two steps with a call each, the tool, and the gateway's side of both calls.
  const { trace: stored, spans, named } = await traceOf(traceId, 9)
  const call = named('weather')
  assert.equal(call.kind, 'tool')
  assert.ok(JSON.stringify((await whole(call)).output).includes('sunny in Pune'))
  const served = spans.filter(({ source }) => source === 'gateway')
  const calls = spans.filter(({ source, kind }) => source === 'otlp' && kind === 'llm')
  assert.deepEqual([served.length, calls.length], [2, 2])
  assert.ok(spans.every(({ source, usageRole, inputTokens }) => source === 'gateway' || usageRole === 'aggregate' || inputTokens === 0))
  const sum = (name) => served.reduce((total, span) => total + span[name], 0)
  assert.deepEqual([stored.inputTokens, stored.outputTokens], [sum('inputTokens'), sum('outputTokens')])
})

test('beside the gateway: tokens in buckets, streamed, and an agent that repeats them', async () => {
  const model = new MockLanguageModelV4({
    provider: 'openai.chat',
    modelId: 'gpt-4o',
    doStream: async () => ({
      stream: simulateReadableStream({
        initialDelayInMs: 5,
        chunks: [
          { type: 'stream-start', warnings: [] },
          { type: 'response-metadata', id: 'not-of-the-gateway', modelId: 'gpt-4o-2024-08-06', timestamp: new Date(0) },
          { type: 'text-start', id: '1' },
          { type: 'text-delta', id: '1', delta: 'Hello, ' },
          { type: 'text-delta', id: '1', delta: 'world' },
          { type: 'text-end', id: '1' },
          { type: 'finish', finishReason: finish, usage },
        ],
      }),
    }),
  })
  const { traceId } = await inside(async () => {
    const { textStream } = streamText({ model, prompt: 'Hi', telemetry })
    let text = ''
    for await (const piece of textStream) text += piece
    assert.equal(text, 'Hello, world')
  })
  const { trace: stored, spans } = await traceOf(traceId, 4)
  const [call, ...others] = spans.filter(({ kind }) => kind === 'llm')
  assert.equal(others.length, 0)
  const { input, cacheRead, cacheWrite, output, reasoning } = call.usage
  assert.deepEqual([input, cacheRead, cacheWrite, input + cacheRead + cacheWrite, output + reasoning], [30, 60, 10, 100, 20])
  assert.deepEqual([call.model, call.usageRole, call.finishReason], ['gpt-4o-2024-08-06', 'leaf', 'stop'])
  const agent = spans.find(({ operation }) => operation === 'invoke_agent')
  assert.deepEqual([agent.kind, agent.usageRole, agent.inputTokens], ['agent', 'aggregate', 100])
  assert.deepEqual([stored.inputTokens, stored.outputTokens, stored.costUsd], [100, 20, call.costUsd])
  assert.ok(Number(call.costUsd) > 0, `it costs ${call.costUsd}`)
  const read = await whole(call)
  assert.ok(JSON.stringify(read.output).includes('Hello, world'), JSON.stringify(read.output))
})

test('an error', async () => {
  const prompt = JSON.stringify({ fault: 429 })
  const { traceId } = await inside(() =>
    assert.rejects(generateText({ model: openai.chat('openai/faults'), prompt, maxRetries: 0, telemetry })),
  )
  const { trace: stored, spans } = await traceOf(traceId, 3)
  assert.ok(stored.errorCount > 0)
  assert.ok(spans.some(({ kind, status, errorType }) => kind === 'llm' && status === 'error' && errorType !== null))
})
