// Opik's client, unchanged but for its URL. What is stored is read through our API.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { disableLogger, flushAll, Opik, track } from 'opik'
import { eventually, storedScores, storedTrace } from '../langfuse.mjs'
import { key, url } from '../stored.mjs'

disableLogger()
// Functions that are tracked find their client by these.
Object.assign(process.env, {
  OPIK_URL_OVERRIDE: `${url}/opik/api`,
  OPIK_API_KEY: key,
  OPIK_WORKSPACE: 'default',
  OPIK_PROJECT_NAME: 'matrix',
})
const connect = (more = {}) =>
  new Opik({ apiUrl: `${url}/opik/api`, apiKey: key, workspaceName: 'default', projectName: 'matrix', ...more })
const plain = (uuid) => uuid.replaceAll('-', '')
const usage = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  'original_usage.prompt_tokens': 100,
  'original_usage.completion_tokens': 20,
  'original_usage.total_tokens': 120,
  'original_usage.prompt_tokens_details.cached_tokens': 90,
  'original_usage.completion_tokens_details.reasoning_tokens': 8,
}

describe('opik', { concurrency: 4 }, () => {
  test('a trace with a model, a tool below a span, and an error', async () => {
    const client = connect()
    const trace = client.trace({
      name: 'support',
      input: { question: 'Where is it?' },
      tags: ['vip'],
      threadId: 'chat-1',
      metadata: { user_id: 'ada', plan: 'pro' },
    })
    const step = trace.span({ name: 'step', type: 'general' })
    const answer = step.span({
      name: 'answer',
      type: 'llm',
      model: 'gpt-4o',
      provider: 'openai',
      input: { messages: [{ role: 'user', content: 'hi' }] },
    })
    answer.update({ output: { text: 'On its way.' }, usage }).end()
    const tool = step.span({ name: 'failing', type: 'tool', input: { city: 'Oslo' } })
    tool.update({ errorInfo: { exceptionType: 'TypeError', message: 'it broke', traceback: 'at somewhere' } }).end()
    step.end()
    trace.update({ output: { text: 'On its way.' } }).end()
    await client.flush()

    const stored = await storedTrace(trace.data.id, ['support', 'step', 'answer', 'failing'])
    assert.deepEqual([stored.trace.traceId, stored.trace.externalId, stored.spans.length], [plain(trace.data.id), trace.data.id, 4])
    const [root, middle, said, broken] = ['support', 'step', 'answer', 'failing'].map(stored.span)
    assert.deepEqual([root.parentId, middle.parentId, said.parentId, broken.parentId], [null, root.spanId, middle.spanId, middle.spanId])
    for (const one of stored.spans)
      assert.deepEqual(
        [one.source, one.userId, one.sessionId, one.tags, one.metadata.project],
        ['opik', 'ada', 'chat-1', ['vip'], 'matrix'],
      )
    assert.deepEqual([root.input, root.output, root.metadata.plan], [{ question: 'Where is it?' }, { text: 'On its way.' }, 'pro'])
    assert.deepEqual([said.kind, said.provider, said.model], ['llm', 'openai', 'gpt-4o'])
    const { input, cacheRead, output, reasoning } = said.usage
    assert.deepEqual({ input, cacheRead, output, reasoning }, { input: 10, cacheRead: 90, output: 12, reasoning: 8 })
    assert.ok(Number(said.costUsd) > 0, 'it has no cost')
    assert.deepEqual([broken.kind, broken.status, broken.errorType, broken.statusMessage], ['tool', 'error', 'TypeError', 'it broke'])
    assert.deepEqual([stored.trace.inputTokens, stored.trace.outputTokens, stored.trace.errorCount], [100, 20, 1])
    const read = await client.api.traces.getTraceById(trace.data.id)
    assert.deepEqual([read.name, read.threadId, read.output], ['support', 'chat-1', { text: 'On its way.' }])
    assert.equal((await client.api.spans.getSpanById(answer.data.id)).parentSpanId, step.data.id)
  })

  test('what runs is running until a later request ends it, and what comes later still changes it', async () => {
    const client = connect()
    const trace = client.trace({ name: 'slow', input: { a: 1 } })
    const span = trace.span({ name: 'inner', type: 'llm' })
    await client.flush()
    await eventually('a running span', async () => {
      const answer = await fetch(`${url}/api/v1/traces/${trace.data.id}`, { headers: { authorization: `Bearer ${key}` } })
      const { spans = [] } = await answer.json()
      return spans.length === 2 && spans.every(({ status }) => status === 'running')
    })
    span.update({ output: { b: 2 }, totalEstimatedCost: 0.25 }).end()
    trace.end()
    await client.flush()
    await storedTrace(trace.data.id, ['slow', 'inner'])
    span.update({ metadata: { late: 1 }, tags: ['late'] })
    await client.flush()
    const inner = await eventually('the late update', async () => {
      const stored = await storedTrace(trace.data.id, ['slow', 'inner'])
      assert.equal(stored.spans.length, 2)
      return stored.span('inner').tags.includes('late') && stored.span('inner')
    })
    assert.deepEqual([inner.output, inner.metadata.late, Number(inner.costUsd), inner.status], [{ b: 2 }, '1', 0.25, 'ok'])
    assert.equal(inner.parentId, plain(trace.data.id))
  })

  test('scores of traces and of spans; the same again replaces', async () => {
    const client = connect()
    const trace = client.trace({ name: 'judged' })
    const span = trace.span({ name: 'inner' })
    trace.score({ name: 'good', value: 1, reason: 'why' })
    span.score({ name: 'close', value: 0.3 })
    span.end()
    trace.end()
    await client.flush()
    const scores = await storedScores({ traceId: trace.data.id }, 2)
    assert.deepEqual([scores.good.value, scores.good.comment, scores.good.spanId], [1, 'why', null])
    assert.deepEqual([scores.close.value, scores.close.spanId], [0.3, plain(span.data.id)])
    trace.score({ name: 'good', value: 0 })
    await client.flush()
    await eventually('the score that replaces', async () => (await storedScores({ traceId: trace.data.id }, 2)).good.value === 0)
  })

  test('functions that are tracked, and one that throws', async () => {
    const name = `tracked ${randomUUID()}`
    const inner = track({ name: 'inner', type: 'tool' }, async (x) => x + 1)
    const broken = track({ name: 'broken' }, async () => {
      throw new RangeError('too far')
    })
    const outer = track({ name }, async (x) => {
      await broken().catch(() => {})
      return inner(x)
    })
    assert.equal(await outer(1), 2)
    await flushAll()
    const filter = encodeURIComponent(JSON.stringify([{ field: 'name', op: 'eq', value: name }]))
    const { traceId } = await eventually('the trace', async () => {
      const answer = await fetch(`${url}/api/v1/traces?filter=${filter}`, { headers: { authorization: `Bearer ${key}` } })
      return (await answer.json()).traces[0]
    })
    const stored = await storedTrace(traceId, [name, 'inner', 'broken'])
    assert.deepEqual([stored.span('inner').kind, stored.span('inner').status], ['tool', 'ok'])
    assert.deepEqual([stored.span('broken').status, stored.span('broken').statusMessage], ['error', 'too far'])
  })

  test('an attachment is announced, sent to the place that it gets, listed and read back', async () => {
    const client = connect()
    const trace = client.trace({ name: 'with a file' })
    trace.end()
    await client.flush()
    const file = { fileName: 'ticket.txt', mimeType: 'text/plain', entityType: 'trace', entityId: trace.data.id }
    const path = Buffer.from(`${url}/opik/api`).toString('base64')
    const { uploadId, preSignUrls } = await client.api.attachments.startMultiPartUpload({ ...file, numOfFileParts: 1, path })
    assert.equal(uploadId, 'BEMinIO')
    const put = await fetch(preSignUrls[0], { method: 'PUT', headers: { authorization: key }, body: 'It never came.' })
    assert.equal(put.status, 204)
    const { content } = await client.api.attachments.attachmentList({ ...file, projectId: randomUUID(), path })
    assert.deepEqual([content[0].fileName, content[0].fileSize, content[0].mimeType], ['ticket.txt', 14, 'text/plain'])
    const read = await fetch(content[0].link, { headers: { authorization: key } })
    assert.equal(await read.text(), 'It never came.')
  })

  test('a key that is not known is refused', async () => {
    const client = connect({ apiKey: 'sk-sb-nobody-has-this-key' })
    await assert.rejects(client.api.traces.getTraceById(randomUUID()), { statusCode: 401 })
  })
})
