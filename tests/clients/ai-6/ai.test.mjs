// The AI SDK 6 with its own telemetry: a loop with a tool, a stream, an error, through the gateway and beside it.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { createOpenAI } from '@ai-sdk/openai'
import { context, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { generateText, stepCountIs, streamText, tool } from 'ai'
import { MockLanguageModelV3, simulateReadableStream } from 'ai/test'
import { z } from 'zod'
import { key, traceOf, traceOfUser, url, whole } from '../stored.mjs'

const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, headers: { authorization: `Bearer ${key}` } })
const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] })
provider.register()
const tracer = provider.getTracer('app')
after(() => provider.shutdown())

const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: key })
const telemetry = (userId) => ({
  isEnabled: true,
  functionId: 'support',
  metadata: { userId, sessionId: 's-1', tags: ['a', 'b'], plan: 'pro' },
  tracer,
})
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

test('a loop with a tool through the gateway: its numbers are the gateway’s, counted once', async () => {
  const userId = randomUUID()
  const prompt = JSON.stringify({ tools: [{ name: 'weather', arguments: { city: 'Pune' } }] })
  const { text } = await generateText({
    model: openai.chat('openai/script'),
    prompt,
    tools: { weather },
    stopWhen: stepCountIs(3),
    experimental_telemetry: telemetry(userId),
  })
  assert.ok(text.includes('sunny in Pune'), text)
  await provider.forceFlush()
  const { spans, named } = await traceOfUser(userId, 4)
  const root = named('support:ai.generateText')
  assert.deepEqual([root.kind, root.usageRole, root.parentId, root.sessionId], ['agent', 'aggregate', null, 's-1'])
  assert.deepEqual([root.tags, root.metadata.plan], [['a', 'b'], 'pro'])
  const call = named('weather')
  assert.deepEqual([call.kind, call.parentId], ['tool', root.spanId])
  assert.ok(JSON.stringify((await whole(call)).output).includes('sunny in Pune'))
  const steps = spans.filter(({ kind }) => kind === 'llm')
  assert.equal(steps.length, 2)
  for (const step of steps) {
    assert.ok(step.inputTokens > 0 && step.outputTokens > 0, `${step.inputTokens} and ${step.outputTokens} tokens`)
    assert.deepEqual([step.usageRole, step.costUsd, step.requestModel], ['aggregate', null, 'openai/script'])
    // The other half of it, which counts, is the gateway's.
    const { trace: served } = await traceOf(step.metadata.gatewayTraceId, 1)
    assert.deepEqual([served.inputTokens, served.outputTokens], [step.inputTokens, step.outputTokens])
    assert.notEqual(served.costUsd, null)
  }
  const asked = await whole(steps.find(({ finishReason }) => finishReason === 'tool-calls'))
  assert.ok(JSON.stringify(asked.output).includes('"weather"'), JSON.stringify(asked.output))
})

test('a call that joins the trace of the gateway’s is counted once in one trace', async () => {
  const parent = tracer.startSpan('request')
  await context.with(trace.setSpan(context.active(), parent), async () => {
    const { traceId, spanId } = parent.spanContext()
    await generateText({
      model: openai.chat('openai/echo'),
      prompt: 'Hello there',
      headers: { traceparent: `00-${traceId}-${spanId}-01` },
      experimental_telemetry: telemetry(randomUUID()),
    })
  })
  parent.end()
  await provider.forceFlush()
  const { trace: stored, spans } = await traceOf(parent.spanContext().traceId, 4)
  const served = spans.find(({ source }) => source === 'gateway')
  assert.deepEqual([stored.inputTokens, stored.outputTokens, stored.costUsd], [served.inputTokens, served.outputTokens, served.costUsd])
})

test('beside the gateway: tokens in buckets, streamed', async () => {
  const userId = randomUUID()
  const model = new MockLanguageModelV3({
    provider: 'openai.chat',
    modelId: 'gpt-4o',
    doStream: async () => ({
      stream: simulateReadableStream({
        initialDelayInMs: 5,
        chunks: [
          { type: 'stream-start', warnings: [] },
          { type: 'response-metadata', id: `id-${userId}`, modelId: 'gpt-4o-2024-08-06', timestamp: new Date(0) },
          { type: 'text-start', id: '1' },
          { type: 'text-delta', id: '1', delta: 'Hello, ' },
          { type: 'text-delta', id: '1', delta: 'world' },
          { type: 'text-end', id: '1' },
          { type: 'finish', finishReason: finish, usage },
        ],
      }),
    }),
  })
  const { textStream } = streamText({ model, prompt: 'Hi', experimental_telemetry: telemetry(userId) })
  let text = ''
  for await (const piece of textStream) text += piece
  assert.equal(text, 'Hello, world')
  await provider.forceFlush()
  const { trace: stored, named } = await traceOfUser(userId, 2)
  const call = named('support:ai.streamText.doStream')
  const { input, cacheRead, cacheWrite, output, reasoning } = call.usage
  assert.deepEqual([input, cacheRead, cacheWrite, output, reasoning], [30, 60, 10, 5, 15])
  assert.deepEqual(
    [call.kind, call.model, call.usageRole, call.stream, call.finishReason],
    ['llm', 'gpt-4o-2024-08-06', 'leaf', true, 'stop'],
  )
  assert.ok(call.firstTokenMs > 0, `${call.firstTokenMs} ms`)
  assert.deepEqual([stored.inputTokens, stored.outputTokens, stored.costUsd], [100, 20, call.costUsd])
  assert.ok(Number(call.costUsd) > 0, `it costs ${call.costUsd}`)
  const read = await whole(call)
  assert.equal(read.output, 'Hello, world')
})

test('an error', async () => {
  const userId = randomUUID()
  const prompt = JSON.stringify({ fault: 429 })
  await assert.rejects(
    generateText({ model: openai.chat('openai/faults'), prompt, maxRetries: 0, experimental_telemetry: telemetry(userId) }),
  )
  await provider.forceFlush()
  const { trace: stored, spans } = await traceOfUser(userId, 2)
  assert.equal(stored.status, 'error')
  assert.ok(spans.every(({ status, errorType }) => status === 'error' && errorType !== null))
})
