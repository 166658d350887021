// OpenLLMetry: @traceloop/node-server-sdk with its instrumentation of the OpenAI SDK, workflows, tasks and tools.
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import * as traceloop from '@traceloop/node-server-sdk'
import OpenAI from 'openai'
import { key, traceOf, traceOfUser, url, whole } from '../stored.mjs'

traceloop.initialize({
  appName: 'shop',
  baseUrl: url,
  apiKey: key,
  disableBatch: true,
  silenceInitializationMessage: true,
  instrumentModules: { openAI: OpenAI },
})
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 })
const withUser = (userId, work) =>
  traceloop.withAssociationProperties({ user_id: userId, session_id: 's-1', plan: 'pro' }, () =>
    traceloop.withWorkflow({ name: 'support' }, work),
  )

test('a workflow with a task, a tool and a call through the gateway', async () => {
  const userId = randomUUID()
  await withUser(userId, () =>
    traceloop.withTask({ name: 'ask' }, async () => {
      await traceloop.withTool({ name: 'weather' }, async (city) => `sunny in ${city}`, 'Pune')
      const text = JSON.stringify({ text: 'Fine.', tools: [{ name: 'weather', arguments: { city: 'Pune' } }] })
      await openai.chat.completions.create({
        model: 'openai/script',
        messages: [{ role: 'user', content: text }],
        tools: [
          { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
        ],
      })
    }),
  )
  await traceloop.forceFlush()
  const { spans, named } = await traceOfUser(userId, 4)
  const [workflow, task, tool] = [named('support'), named('ask'), named('weather')]
  assert.deepEqual([workflow.kind, task.kind, tool.kind], ['workflow', 'chain', 'tool'])
  assert.deepEqual([workflow.parentId, task.parentId, tool.parentId], [null, workflow.spanId, task.spanId])
  assert.deepEqual([task.sessionId, task.metadata.plan, task.metadata.workflow], ['s-1', 'pro', 'support'])
  assert.ok(JSON.stringify((await whole(tool)).output).includes('sunny in Pune'))
  const call = spans.find(({ kind }) => kind === 'llm')
  assert.deepEqual([call.parentId, call.requestModel, call.usageRole], [task.spanId, 'openai/script', 'aggregate'])
  assert.ok(call.inputTokens > 0 && call.outputTokens > 0)
  const { trace: served } = await traceOf(call.metadata.gatewayTraceId, 1)
  assert.deepEqual([served.inputTokens, served.outputTokens], [call.inputTokens, call.outputTokens])
  const read = await whole(call)
  assert.ok(JSON.stringify(read.output).includes('weather'), JSON.stringify(read.output))
})

test('a stream', async () => {
  const userId = randomUUID()
  await withUser(userId, async () => {
    const stream = await openai.chat.completions.create({
      model: 'openai/echo',
      messages: [{ role: 'user', content: 'one two three' }],
      stream: true,
      stream_options: { include_usage: true },
    })
    for await (const chunk of stream) assert.ok(chunk.id)
  })
  await traceloop.forceFlush()
  const { spans } = await traceOfUser(userId, 2)
  const call = spans.find(({ kind }) => kind === 'llm')
  assert.ok(JSON.stringify((await whole(call)).output).includes('one two three'))
})

// This version never ends the spans of what fails, so they are not sent. The gateway has the call.
test('an error', async () => {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')]
  const request = { model: 'openai/faults', messages: [{ role: 'user', content: '{"fault":429}' }] }
  const headers = { traceparent: `00-${traceId}-${spanId}-01` }
  await assert.rejects(withUser(randomUUID(), () => openai.chat.completions.create(request, { headers })))
  await traceloop.forceFlush()
  const { spans } = await traceOf(traceId, 1)
  assert.deepEqual([spans[0].status, spans[0].source], ['error', 'gateway'])
})
