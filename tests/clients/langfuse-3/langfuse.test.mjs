// Langfuse's client of the older protocol (`langfuse` 3), unchanged but for its base URL. What is stored is read through our API.
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { Langfuse, LangfuseMedia, LangfuseWeb } from 'langfuse'
import { PIXEL } from '../conversation.mjs'
import { eventually, storedScores, storedTrace } from '../langfuse.mjs'

const { SIGNALBOX_URL: baseUrl, SIGNALBOX_KEY: secretKey } = process.env
const publicKey = secretKey.replace(/^sk-/, 'pk-')
const connect = (more = {}) => new Langfuse({ baseUrl, publicKey, secretKey, flushInterval: 100, ...more })
const plain = (uuid) => uuid.replaceAll('-', '')

describe('langfuse 3', { concurrency: 4 }, () => {
  test('a trace with a span, a streamed generation, a tool, an event and an error', async () => {
    const client = connect({ release: 'r-1', environment: 'staging' })
    const trace = client.trace({
      name: 'support',
      userId: 'ada',
      sessionId: 'chat-1',
      tags: ['vip'],
      metadata: { plan: 'pro' },
      input: { question: 'Where is it?' },
    })
    const span = trace.span({ name: 'retrieve', input: 'query' })
    const startTime = new Date()
    const generation = span.generation({
      name: 'answer',
      model: 'gpt-4o',
      modelParameters: { temperature: 0.5 },
      input: [{ role: 'user', content: 'Where is it?' }],
      startTime,
    })
    generation.update({ completionStartTime: new Date(startTime.getTime() + 40) })
    generation.end({
      output: { role: 'assistant', content: 'On its way.' },
      usageDetails: {
        prompt_tokens: 100,
        completion_tokens: 20,
        total_tokens: 120,
        prompt_tokens_details: { cached_tokens: 90 },
        completion_tokens_details: { reasoning_tokens: 8 },
      },
    })
    span.event({ name: 'noticed', metadata: { what: 'something' } })
    const tool = trace.span({ name: 'failing', input: 1 })
    tool.end({ level: 'ERROR', statusMessage: 'it broke' })
    span.end({ output: ['document'] })
    trace.update({ output: 'On its way.' })
    await client.flushAsync()

    const names = ['support', 'retrieve', 'answer', 'noticed', 'failing']
    const stored = await storedTrace(trace.id, names, ({ span }) => span('support').output !== null)
    assert.equal(stored.trace.traceId, plain(trace.id))
    assert.equal(stored.trace.externalId, trace.id)
    assert.equal(stored.spans.length, 5)
    const [root, retrieve, answer, noticed, failing] = names.map(stored.span)
    assert.equal(root.parentId, null)
    assert.equal(retrieve.parentId, root.spanId)
    assert.equal(retrieve.spanId, plain(span.id))
    assert.equal(answer.parentId, retrieve.spanId)
    assert.equal(noticed.parentId, retrieve.spanId)
    assert.equal(failing.parentId, root.spanId)
    for (const one of stored.spans) {
      assert.deepEqual(
        [one.userId, one.sessionId, one.tags, one.environment, one.source],
        ['ada', 'chat-1', ['vip'], 'staging', 'langfuse'],
      )
    }
    assert.deepEqual(
      [root.input, root.output, root.release, root.metadata.plan],
      [{ question: 'Where is it?' }, 'On its way.', 'r-1', 'pro'],
    )
    assert.deepEqual([answer.kind, answer.model, answer.stream, answer.firstTokenMs], ['llm', 'gpt-4o', true, 40])
    assert.deepEqual(answer.input, [{ role: 'user', content: 'Where is it?' }])
    assert.deepEqual(answer.output, { role: 'assistant', content: 'On its way.' })
    const { input, cacheRead, output, reasoning } = answer.usage
    assert.deepEqual({ input, cacheRead, output, reasoning }, { input: 10, cacheRead: 90, output: 12, reasoning: 8 })
    assert.ok(Number(answer.costUsd) > 0, 'it has no cost')
    assert.equal(answer.attributes.modelParameters.temperature, 0.5)
    assert.deepEqual([failing.status, failing.statusMessage], ['error', 'it broke'])
    assert.deepEqual([retrieve.status, retrieve.output], ['ok', ['document']])
    assert.deepEqual([stored.trace.inputTokens, stored.trace.outputTokens, stored.trace.errorCount], [100, 20, 1])
    await client.shutdownAsync()
  })

  test('an update long after the end, and the same events twice, change what they say and nothing else', async () => {
    const client = connect()
    const id = randomUUID()
    client.trace({ id, name: 'first name', metadata: { a: 1 } })
    const generation = client.generation({ traceId: id, name: 'late', model: 'gpt-4o', usage: { input: 3, output: 4 } })
    generation.end({ output: 'first' })
    await client.flushAsync()
    const before = (await storedTrace(id, ['first name', 'late'])).span('late')
    generation.update({ output: 'second', metadata: { corrected: 'yes' } })
    client.trace({ id, name: 'second name', userId: 'eve', metadata: { b: 2 } })
    await client.flushAsync()
    const stored = await eventually('the update', async () => {
      const found = await storedTrace(id, ['second name', 'late'])
      return found.span('late').output === 'second' && found.span('late').userId === 'eve' && found
    })
    const late = stored.span('late')
    assert.equal(stored.spans.length, 2)
    assert.deepEqual([late.startedAt, late.durationMs, late.usage], [before.startedAt, before.durationMs, before.usage])
    assert.equal(late.metadata.corrected, 'yes')
    const { a, b } = stored.span('second name').metadata
    assert.deepEqual({ a, b }, { a: '1', b: '2' })
    await client.shutdownAsync()
  })

  test('a batch that is sent again counts once', async () => {
    const traceId = randomUUID()
    const at = new Date().toISOString()
    const event = (type, body) => ({ id: randomUUID(), type, timestamp: at, body })
    const batch = [
      event('generation-create', {
        id: randomUUID(),
        traceId,
        name: 'once',
        startTime: at,
        endTime: at,
        model: 'gpt-4o',
        usage: { input: 7, output: 1 },
      }),
      event('trace-create', { id: traceId, name: 'again' }),
      event('score-create', { id: randomUUID(), traceId, name: 'quality', value: 1 }),
    ]
    const authorization = `Basic ${Buffer.from(`${publicKey}:${secretKey}`).toString('base64')}`
    for (const order of [batch, batch, batch.toReversed()]) {
      const response = await fetch(`${baseUrl}/api/public/ingestion`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ batch: order }),
      })
      assert.equal(response.status, 207)
      assert.equal((await response.json()).successes.length, 3)
    }
    // What comes last through the same journal: when it is there, the others are.
    const marker = connect()
    const { id } = marker.trace({ name: 'marker' })
    await marker.shutdownAsync()
    await storedTrace(id, ['marker'])
    const stored = await storedTrace(traceId, ['again', 'once'])
    assert.deepEqual([stored.spans.length, stored.trace.inputTokens], [2, 7])
    assert.equal((await storedScores({ traceId }, 1)).quality.value, 1)
  })

  test('scores of every type, by the server and by a page', async () => {
    const client = connect()
    const trace = client.trace({ name: 'scored' })
    const span = trace.span({ name: 'inner' }).end()
    trace.score({ name: 'number', value: 0.75, comment: 'fine' })
    trace.score({ name: 'category', value: 'good', dataType: 'CATEGORICAL' })
    span.score({ name: 'flag', value: 1, dataType: 'BOOLEAN' })
    await client.shutdownAsync()
    const web = new LangfuseWeb({ baseUrl, publicKey })
    await web.score({ id: 'thumb', traceId: trace.id, name: 'thumb', value: 1 })
    await web.score({ id: 'thumb', traceId: trace.id, name: 'thumb', value: 0 })
    const scores = await eventually('the changed thumb', async () => {
      const found = await storedScores({ traceId: trace.id }, 4)
      return found.thumb.value === 0 && found
    })
    assert.deepEqual([scores.number.value, scores.number.comment, scores.number.source, scores.number.spanId], [0.75, 'fine', 'api', null])
    assert.deepEqual([scores.category.type, scores.category.value], ['categorical', 'good'])
    assert.deepEqual([scores.flag.type, scores.flag.value, scores.flag.spanId], ['boolean', true, plain(span.id)])
    assert.equal(scores.thumb.source, 'feedback')
  })

  test('a picture goes where it is asked to, and can be fetched', async () => {
    const client = connect()
    const bytes = Buffer.from(PIXEL, 'base64')
    const media = new LangfuseMedia({ contentBytes: bytes, contentType: 'image/png' })
    const trace = client.trace({ name: 'media', metadata: { picture: media } })
    await client.flushAsync()
    const stored = await storedTrace(trace.id, ['media'])
    const reference = stored.span('media').metadata.picture
    assert.match(reference, /^@@@langfuseMedia:type=image\/png\|id=[\w-]{22}\|source=bytes@@@$/)
    const mediaId = /id=([\w-]+)/.exec(reference)[1]
    assert.equal(mediaId, createHash('sha256').update(bytes).digest('base64url').slice(0, 22))
    const { url, contentType } = await eventually('the upload', () =>
      client.fetchMedia(mediaId).then(({ url, ...more }) => url && { url, ...more }),
    )
    assert.equal(contentType, 'image/png')
    assert.deepEqual(Buffer.from(await (await fetch(url)).arrayBuffer()), bytes)
    const resolved = await LangfuseMedia.resolveMediaReferences({
      obj: { reference },
      langfuseClient: client,
      resolveWith: 'base64DataUri',
    })
    assert.equal(resolved.reference, `data:image/png;base64,${PIXEL}`)
    await client.shutdownAsync()
  })

  test('what it reads: traces, observations, sessions', async () => {
    const client = connect()
    const sessionId = `session-${randomUUID()}`
    const trace = client.trace({ name: 'read', sessionId, input: 'in', output: 'out' })
    const generation = trace.generation({ name: 'g', model: 'gpt-4o', usage: { input: 1, output: 2 } }).end({ output: 'x' })
    trace.score({ name: 'quality', value: 1 })
    await client.flushAsync()
    await storedTrace(trace.id, ['read', 'g'])
    await storedScores({ traceId: trace.id }, 1)
    const { data } = await client.fetchTrace(trace.id)
    assert.deepEqual([data.id, data.name, data.sessionId, data.input, data.output], [trace.id, 'read', sessionId, 'in', 'out'])
    assert.deepEqual(
      data.observations.map(({ id, type, parentObservationId }) => [id, type, parentObservationId]),
      [[generation.id, 'GENERATION', null]],
    )
    assert.deepEqual(
      data.scores.map(({ name, value, traceId }) => [name, value, traceId]),
      [['quality', 1, trace.id]],
    )
    const traces = await client.fetchTraces({ sessionId, limit: 10 })
    assert.deepEqual([traces.data.map(({ id }) => id), traces.meta.totalItems], [[trace.id], 1])
    const observations = await client.fetchObservations({ traceId: trace.id })
    assert.deepEqual(
      observations.data.map(({ id, traceId }) => [id, traceId]),
      [[generation.id, trace.id]],
    )
    assert.equal((await client.fetchObservation(generation.id)).data.usage.total, 3)
    const sessions = await client.fetchSessions({ limit: 100 })
    assert.ok(sessions.data.some(({ id }) => id === sessionId))
    await client.shutdownAsync()
  })

  test('prompts: created, labelled, fetched, compiled and linked', async () => {
    const client = connect()
    const name = `matrix/greet-${randomUUID()}`
    const first = await client.createPrompt({ name, prompt: 'Hello {{name}}', labels: ['production'], config: { temperature: 0.2 } })
    assert.deepEqual([first.version, first.compile({ name: 'Ada' })], [1, 'Hello Ada'])
    await client.createPrompt({ name, prompt: 'Good day {{name}}' })
    const fetched = await client.getPrompt(name)
    assert.deepEqual([fetched.version, fetched.config], [1, { temperature: 0.2 }])
    assert.equal((await client.getPrompt(name, undefined, { label: 'latest' })).version, 2)
    assert.equal((await client.getPrompt(name, 2)).compile({ name: 'Ada' }), 'Good day Ada')
    await client.updatePrompt({ name, version: 2, newLabels: ['production'] })
    assert.equal((await client.getPrompt(name, undefined, { cacheTtlSeconds: 0 })).version, 2)

    const trace = client.trace({ name: 'linked' })
    trace.generation({ name: 'with a prompt', model: 'gpt-4o', prompt: fetched }).end({ output: 'x' })
    await client.flushAsync()
    const { promptName, promptVersion } = (await storedTrace(trace.id, ['with a prompt'])).span('with a prompt')
    assert.deepEqual([promptName, promptVersion], [name, '1'])
  })

  test('a chat prompt', async () => {
    const client = connect()
    const name = `matrix-chat-${randomUUID()}`
    const prompt = [
      { role: 'system', content: 'You help {{customer}}.' },
      { role: 'user', content: '{{question}}' },
    ]
    await client.createPrompt({ name, type: 'chat', prompt, labels: ['production'] })
    const fetched = await client.getPrompt(name, undefined, { type: 'chat' })
    assert.deepEqual(
      fetched.compile({ customer: 'Ada', question: 'Why?' }).map(({ role, content }) => ({ role, content })),
      [
        { role: 'system', content: 'You help Ada.' },
        { role: 'user', content: 'Why?' },
      ],
    )
  })

  test('a prompt that is not here gives the fallback', async () => {
    const client = connect()
    const prompt = await client.getPrompt('greeting', undefined, { fallback: 'Hello {{name}}', maxRetries: 0 })
    assert.equal(prompt.compile({ name: 'Ada' }), 'Hello Ada')
    assert.equal(prompt.isFallback, true)
    await client.shutdownAsync()
  })
})
