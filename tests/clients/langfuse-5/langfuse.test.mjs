// Langfuse's clients of today (`@langfuse/tracing`, `@langfuse/otel`, `@langfuse/client` 5), unchanged but for their base URL.
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { after, describe, test } from 'node:test'
import { LangfuseClient } from '@langfuse/client'
import { LangfuseSpanProcessor } from '@langfuse/otel'
import { propagateAttributes, setLangfuseTracerProvider, startActiveObservation, startObservation } from '@langfuse/tracing'
import { context, trace } from '@opentelemetry/api'
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node'
import { PIXEL } from '../conversation.mjs'
import { eventually, experimentOf, storedScores, storedTrace } from '../langfuse.mjs'

const { SIGNALBOX_URL: baseUrl, SIGNALBOX_KEY: secretKey } = process.env
const publicKey = secretKey.replace(/^sk-/, 'pk-')
const processor = new LangfuseSpanProcessor({ baseUrl, publicKey, secretKey, environment: 'staging', release: 'r-1', flushInterval: 0.1 })
const provider = new NodeTracerProvider({ spanProcessors: [processor] })
provider.register()
setLangfuseTracerProvider(provider)
const client = new LangfuseClient({ baseUrl, publicKey, secretKey })
after(async () => {
  await client.shutdown()
  await provider.shutdown()
})

const idsOf = ({ data }) => data.map(({ id }) => id)

describe('langfuse 5', () => {
  test('a dataset, and runExperiment() over it, which is an experiment here', async () => {
    const name = `capitals/${randomUUID().slice(0, 8)}`
    await client.api.datasets.create({ name, description: 'by the matrix', metadata: { team: 'a' } })
    for (const [input, expectedOutput] of [
      ['France', 'Paris'],
      ['Peru', 'Lima'],
    ])
      await client.api.datasetItems.create({ datasetName: name, input, expectedOutput, metadata: { level: 1 } })
    const dataset = await client.dataset.get(name)
    assert.deepEqual(
      dataset.items.map(({ expectedOutput }) => expectedOutput),
      ['Paris', 'Lima'],
    )
    const result = await dataset.runExperiment({
      name: 'first try',
      description: 'd',
      task: async ({ input }) => (input === 'France' ? 'Paris' : 'Cusco'),
      evaluators: [
        async ({ output, expectedOutput }) => ({ name: 'exact', value: output === expectedOutput ? 1 : 0, comment: 'compared' }),
      ],
    })
    assert.equal(result.itemResults.length, 2)
    await processor.forceFlush()
    await client.flush()
    const { data } = await client.api.datasets.getRuns(name)
    assert.equal(data.length, 1)
    assert.equal((await client.api.datasets.getRun(name, data[0].name)).datasetRunItems.length, 2)
    await experimentOf(name, { rows: 2, metric: 'exact', mean: 0.5 })
  })

  test('a trace with a streamed generation, a tool, an event and an error', async () => {
    let traceId
    let times
    await propagateAttributes(
      { userId: 'ada', sessionId: 'chat-5', tags: ['vip'], metadata: { plan: 'pro' }, traceName: 'support', version: 'v2' },
      async () =>
        startActiveObservation('root', async (root) => {
          ;({ traceId } = root)
          root.update({ input: { question: 'Where is it?' } })
          const retriever = root.startObservation('retrieve', { input: 'query' }, { asType: 'retriever' })
          retriever.update({ output: ['document'] }).end()
          const generation = root.startObservation(
            'answer',
            { model: 'gpt-4o', modelParameters: { temperature: 0.5 }, input: [{ role: 'user', content: 'Where is it?' }] },
            { asType: 'generation' },
          )
          times = { start: Date.now(), first: new Date(Date.now() + 40) }
          generation.update({
            completionStartTime: times.first,
            output: { role: 'assistant', content: 'On its way.' },
            usageDetails: { input: 10, input_cached_tokens: 90, output: 12, output_reasoning_tokens: 8, total: 120 },
            costDetails: { input: 0.001, output: 0.002 },
            prompt: { name: 'greeting', version: 3, isFallback: false },
          })
          generation.end(new Date(Date.now() + 100))
          root.startObservation('noticed', { metadata: { what: 'something' } }, { asType: 'event' })
          const tool = root.startObservation('failing', { input: 1 }, { asType: 'tool' })
          tool.update({ level: 'ERROR', statusMessage: 'it broke' }).end()
          root.update({ output: 'On its way.' })
        }),
    )
    await processor.forceFlush()

    const stored = await storedTrace(traceId, ['support', 'retrieve', 'answer', 'noticed', 'failing'])
    // The span at which a trace enters is called as the trace is.
    assert.equal(stored.spans.length, 5)
    const [root, retrieve, answer, noticed, failing] = ['support', 'retrieve', 'answer', 'noticed', 'failing'].map(stored.span)
    assert.equal(root.parentId, null)
    for (const one of [retrieve, answer, noticed, failing]) assert.equal(one.parentId, root.spanId)
    for (const one of stored.spans) {
      assert.deepEqual([one.userId, one.sessionId, one.tags, one.environment, one.release], ['ada', 'chat-5', ['vip'], 'staging', 'r-1'])
      assert.equal(one.metadata.plan, 'pro')
    }
    assert.deepEqual([root.input, root.output], [{ question: 'Where is it?' }, 'On its way.'])
    assert.deepEqual([retrieve.kind, retrieve.input, retrieve.output], ['retriever', 'query', ['document']])
    assert.deepEqual([answer.kind, answer.model, answer.stream], ['llm', 'gpt-4o', true])
    assert.ok(answer.firstTokenMs > 30 && answer.firstTokenMs < 1000, `first token after ${answer.firstTokenMs} ms`)
    assert.deepEqual(
      [answer.input, answer.output],
      [[{ role: 'user', content: 'Where is it?' }], { role: 'assistant', content: 'On its way.' }],
    )
    const { input, cacheRead, output, reasoning } = answer.usage
    assert.deepEqual({ input, cacheRead, output, reasoning }, { input: 10, cacheRead: 90, output: 12, reasoning: 8 })
    assert.equal(answer.costUsd, '0.003')
    assert.deepEqual([failing.kind, failing.status, failing.statusMessage], ['tool', 'error', 'it broke'])
    assert.equal(noticed.metadata.what, 'something')
    assert.deepEqual([stored.trace.inputTokens, stored.trace.outputTokens, stored.trace.errorCount], [100, 20, 1])
  })

  test('a usage object of OpenAI, whose details are parts of its totals', async () => {
    const usageDetails = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120, prompt_tokens_details: { cached_tokens: 90 } }
    const generation = startObservation('openai', { model: 'gpt-4o', usageDetails }, { asType: 'generation' })
    generation.end()
    await processor.forceFlush()
    const { input, cacheRead, output } = (await storedTrace(generation.traceId, ['openai'])).span('openai').usage
    assert.deepEqual({ input, cacheRead, output }, { input: 10, cacheRead: 90, output: 20 })
  })

  test('below spans that are not sent, the first that is enters the trace', async () => {
    const parent = provider.getTracer('@opentelemetry/instrumentation-http').startSpan('GET /')
    const inner = context.with(trace.setSpan(context.active(), parent), () =>
      startObservation('inner', { input: 'x' }, { asType: 'agent' }),
    )
    inner.end()
    parent.end()
    await processor.forceFlush()
    const stored = await storedTrace(inner.traceId, ['inner'])
    assert.equal(stored.spans.length, 1)
    assert.deepEqual([stored.trace.name, stored.span('inner').kind], ['inner', 'agent'])
    assert.equal(stored.span('inner').parentId, parent.spanContext().spanId)
    await eventually('the trace in the list', async () => {
      const query = new URLSearchParams({ filter: JSON.stringify([{ field: 'traceId', op: 'eq', value: inner.traceId }]) })
      const response = await fetch(`${baseUrl}/api/v1/traces?${query}`, { headers: { authorization: `Bearer ${secretKey}` } })
      return (await response.json()).traces.length === 1
    })
  })

  test('scores of a trace, of an observation, and of a session', async () => {
    const generation = startObservation('scored', {}, { asType: 'generation' })
    generation.end()
    await processor.forceFlush()
    const sessionId = `session-${randomUUID()}`
    client.score.trace(generation, { name: 'number', value: 0.75, comment: 'fine' })
    client.score.observation(generation, { name: 'category', value: 'good' })
    client.score.create({ sessionId, name: 'mood', value: 1, dataType: 'BOOLEAN' })
    await client.flush()
    const { traceId, id } = generation
    const scores = await storedScores({ traceId }, 2)
    assert.deepEqual([scores.number.value, scores.number.spanId, scores.number.comment], [0.75, null, 'fine'])
    assert.deepEqual([scores.category.value, scores.category.spanId, scores.category.type], ['good', id, 'categorical'])
    assert.deepEqual((await storedScores({ sessionId }, 1)).mood.value, true)
  })

  test('a picture is cut out, uploaded and found again', async () => {
    const bytes = Buffer.from(PIXEL, 'base64')
    const span = startObservation('media', { input: { picture: `data:image/png;base64,${PIXEL}` } })
    span.end()
    await processor.forceFlush()
    const { picture } = (await storedTrace(span.traceId, ['media'])).span('media').input
    assert.equal(
      picture,
      `@@@langfuseMedia:type=image/png|id=${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}|source=base64_data_uri@@@`,
    )
    const resolved = await eventually('the upload', async () => {
      const { picture: found } = await client.media.resolveReferences({ obj: { picture }, resolveWith: 'base64DataUri' })
      return found !== picture && found
    })
    assert.equal(resolved, `data:image/png;base64,${PIXEL}`)
  })

  test('what it reads: health, projects, traces, observations, sessions, scores', async () => {
    const sessionId = `session-${randomUUID()}`
    const span = propagateAttributes({ sessionId, traceName: 'read' }, () => startObservation('read', { input: 'in', output: 'out' }))
    const generation = span.startObservation('g', { model: 'gpt-4o', usageDetails: { input: 1, output: 2 } }, { asType: 'generation' })
    generation.end()
    span.end()
    await processor.forceFlush()
    client.score.trace(span, { name: 'quality', value: 1 })
    await client.flush()
    await storedTrace(span.traceId, ['read', 'g'])
    await storedScores({ traceId: span.traceId }, 1)
    const { api } = client
    assert.equal((await api.health.health()).status, 'OK')
    assert.equal((await api.projects.get()).data.length, 1)
    const found = await api.trace.get(span.traceId)
    assert.deepEqual([found.id, found.sessionId, found.observations.length, found.scores.length], [span.traceId, sessionId, 2, 1])
    assert.deepEqual(idsOf(await api.trace.list({ sessionId })), [span.traceId])
    const { type, parentObservationId, usage } = await api.legacy.observationsV1.get(generation.id)
    assert.deepEqual([type, parentObservationId, usage.total], ['GENERATION', span.id, 3])
    const [newer] = (await api.observations.getMany({ traceId: span.traceId, type: 'GENERATION', fields: 'basic,io,usage' })).data
    assert.deepEqual([newer.id, newer.name, newer.usageDetails.total], [generation.id, 'g', 3])
    assert.deepEqual(idsOf(await api.observations.getMany({ sessionId })), [span.id])
    assert.deepEqual(
      (await api.sessions.get(sessionId)).traces.map(({ id }) => id),
      [span.traceId],
    )
    const [score] = (await api.scores.getMany({ traceId: span.traceId })).data
    assert.deepEqual([score.name, score.value, score.dataType], ['quality', 1, 'NUMERIC'])
    const [newerScore] = (await api.scoresV3.getManyV3({ traceId: span.traceId, fields: 'subject' })).data
    assert.deepEqual([newerScore.value, newerScore.subject], [1, { kind: 'trace', id: span.traceId }])
  })

  test('metrics, by its typed API', async () => {
    const name = `measured ${randomUUID()}`
    const generation = startObservation(
      name,
      { model: 'gpt-4o', usageDetails: { input: 10, output: 5 }, costDetails: { input: 0.001, output: 0.002 } },
      { asType: 'generation' },
    )
    generation.end()
    await processor.forceFlush()
    await storedTrace(generation.traceId, [name])
    const query = {
      view: 'observations',
      dimensions: [{ field: 'providedModelName' }],
      metrics: [
        { measure: 'count', aggregation: 'count' },
        { measure: 'totalTokens', aggregation: 'sum' },
        { measure: 'totalCost', aggregation: 'sum' },
      ],
      filters: [{ column: 'name', operator: '=', value: name, type: 'string' }],
      fromTimestamp: new Date(Date.now() - 3_600_000).toISOString(),
      toTimestamp: new Date(Date.now() + 60_000).toISOString(),
    }
    const { data } = await client.api.metrics.metrics({ query: JSON.stringify(query) })
    assert.deepEqual(data, [{ providedModelName: 'gpt-4o', count_count: 1, sum_totalTokens: 15, sum_totalCost: 0.003 }])
    const wrong = { ...query, dimensions: [{ field: 'nothing' }] }
    await assert.rejects(client.api.metrics.metrics({ query: JSON.stringify(wrong) }), { statusCode: 400 })
  })

  test('a prompt that is not here gives the fallback', async () => {
    const prompt = await client.prompt.get('greeting', { fallback: 'Hello {{name}}', maxRetries: 0 })
    assert.equal(prompt.compile({ name: 'Ada' }), 'Hello Ada')
  })

  test('prompts: created, labelled, fetched, cached, compiled and linked', async () => {
    const name = `matrix/greet-${randomUUID()}`
    const first = await client.prompt.create({
      name,
      prompt: 'Hello {{name}}',
      labels: ['production'],
      tags: ['greeting'],
      config: { model: 'gpt-4o' },
    })
    assert.deepEqual([first.version, first.compile({ name: 'Ada' })], [1, 'Hello Ada'])
    await client.prompt.create({ name, prompt: 'Good day {{name}}', labels: ['staging'], commitMessage: 'politer' })
    const fetched = await client.prompt.get(name)
    assert.deepEqual(
      [fetched.version, fetched.labels, fetched.tags, fetched.config],
      [1, ['production'], ['greeting'], { model: 'gpt-4o' }],
    )
    assert.equal((await client.prompt.get(name, { label: 'latest' })).version, 2)
    assert.equal((await client.prompt.get(name, { version: 2 })).compile({ name: 'Ada' }), 'Good day Ada')
    await client.prompt.update({ name, version: 2, newLabels: ['production'] })
    assert.equal((await client.prompt.get(name, { cacheTtlSeconds: 0 })).version, 2)
    const listed = await client.api.prompts.list({ name })
    assert.deepEqual([listed.meta.totalItems, listed.data[0].versions, listed.data[0].type], [1, [1, 2], 'text'])
    await assert.rejects(client.prompt.get(name, { label: 'nowhere', maxRetries: 0 }), /nowhere/)

    const generation = startObservation('with a prompt', { model: 'gpt-4o', prompt: fetched }, { asType: 'generation' })
    generation.end()
    await processor.forceFlush()
    const { promptName, promptVersion } = (await storedTrace(generation.traceId, ['with a prompt'])).span('with a prompt')
    assert.deepEqual([promptName, promptVersion], [name, '1'])
  })

  test('a chat prompt with placeholders, which includes another one', async () => {
    const tone = `matrix-tone-${randomUUID()}`
    const name = `matrix-chat-${randomUUID()}`
    await client.prompt.create({ name: tone, prompt: 'Be calm.', labels: ['production'] })
    const prompt = [
      { role: 'system', content: `@@@langfusePrompt:name=${tone}|label=production@@@ You help {{customer}}.` },
      { type: 'placeholder', name: 'history' },
      { role: 'user', content: '{{question}}' },
    ]
    await client.prompt.create({ name, type: 'chat', prompt, labels: ['production'] })
    const fetched = await client.prompt.get(name, { type: 'chat' })
    const history = [{ role: 'user', content: 'Hi' }]
    const messages = fetched.compile({ customer: 'Ada', question: 'Why?' }, { history })
    assert.deepEqual(
      messages.map(({ role, content }) => ({ role, content })),
      [{ role: 'system', content: 'Be calm. You help Ada.' }, ...history, { role: 'user', content: 'Why?' }],
    )
    await assert.rejects(client.prompt.create({ name, type: 'text', prompt: 'x' }), { statusCode: 400 })
    await client.prompt.delete(name)
    await assert.rejects(client.prompt.get(name, { type: 'chat', cacheTtlSeconds: 0, maxRetries: 0 }))
  })
})
