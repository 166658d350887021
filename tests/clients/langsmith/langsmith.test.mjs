// LangSmith's client, unchanged but for its endpoint. What is stored is read through our API, and through the client itself.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe, test } from 'node:test'
import { Client, RunTree } from 'langsmith'
import { evaluate } from 'langsmith/evaluation'
import { traceable } from 'langsmith/traceable'
import { wrapOpenAI } from 'langsmith/wrappers/openai'
import { OpenAI } from 'openai'
import { eventually, experimentOf, storedScores, storedTrace } from '../langfuse.mjs'
import { key, url } from '../stored.mjs'

const connect = (more = {}) => new Client({ apiUrl: `${url}/langsmith`, apiKey: key, ...more })
const plain = (uuid) => uuid.replaceAll('-', '')
const usage_metadata = {
  input_tokens: 100,
  output_tokens: 20,
  total_tokens: 120,
  input_token_details: { cache_read: 90 },
  output_token_details: { reasoning: 8 },
}
const MODEL = { ls_provider: 'openai', ls_model_name: 'gpt-4o' }
const failed = async () => {
  throw new TypeError('it broke')
}

describe('langsmith', { concurrency: 4 }, () => {
  test('a dataset, and evaluate() over it, which is an experiment here', async () => {
    const client = connect({ autoBatchTracing: true })
    const name = `capitals ${randomUUID().slice(0, 8)}`
    const dataset = await client.createDataset(name, { description: 'by the matrix' })
    await client.createExamples([
      { dataset_id: dataset.id, inputs: { country: 'France' }, outputs: { city: 'Paris' }, metadata: { level: 1 } },
      { dataset_id: dataset.id, inputs: { country: 'Peru' }, outputs: { city: 'Lima' }, split: 'test' },
    ])
    const listed = []
    for await (const example of client.listExamples({ datasetName: name })) listed.push(example)
    assert.deepEqual(
      listed.map(({ outputs }) => outputs.city),
      ['Paris', 'Lima'],
    )
    const target = async ({ country }) => ({ city: country === 'France' ? 'Paris' : 'Cusco' })
    const exact = ({ outputs, referenceOutputs }) => ({
      key: 'exact',
      score: outputs.city === referenceOutputs.city ? 1 : 0,
      comment: 'compared',
    })
    const results = await evaluate(target, { data: name, evaluators: [exact], experimentPrefix: 'matrix', maxConcurrency: 2, client })
    const scores = results.results.map(({ evaluationResults }) => evaluationResults.results[0].score)
    assert.deepEqual(scores.toSorted(), [0, 1])
    await client.awaitPendingTraceBatches()
    await experimentOf(name, { rows: 2, metric: 'exact', mean: 0.5 })
    await client.deleteDataset({ datasetId: dataset.id })
  })

  test('a chain with a streamed answer, a tool that fails and a retriever', async () => {
    const client = connect()
    const traced = (work, config) => traceable(work, { client, tracingEnabled: true, ...config })
    const retrieve = traced(async () => [{ page_content: 'document' }], { name: 'retrieve', run_type: 'retriever' })
    async function* words() {
      yield { content: 'On ' }
      yield { content: 'its way.' }
    }
    const aggregator = () => ({ role: 'assistant', content: 'On its way.', usage_metadata })
    const answer = traced(words, { name: 'answer', run_type: 'llm', metadata: MODEL, tags: ['inner'], aggregator })
    const failing = traced(failed, { name: 'failing', run_type: 'tool' })
    let traceId
    const support = traced(
      async () => {
        await retrieve('query')
        for await (const _word of answer([{ role: 'user', content: 'Where is it?' }]));
        await failing('x').catch(() => {})
        return 'On its way.'
      },
      {
        name: 'support',
        project_name: 'matrix',
        tags: ['vip'],
        metadata: { user_id: 'ada', session_id: 'chat-1', plan: 'pro' },
        on_end: (run) => {
          traceId = run.trace_id
        },
      },
    )
    assert.equal(await support('Where is it?'), 'On its way.')
    await client.awaitPendingTraceBatches()

    const stored = await storedTrace(traceId, ['support', 'retrieve', 'answer', 'failing'])
    assert.deepEqual([stored.trace.traceId, stored.trace.externalId, stored.spans.length], [plain(traceId), traceId, 4])
    const [root, found, said, broken] = ['support', 'retrieve', 'answer', 'failing'].map(stored.span)
    assert.deepEqual([root.parentId, root.spanId, root.kind, root.status], [null, plain(traceId), 'chain', 'ok'])
    for (const one of [found, said, broken]) assert.equal(one.parentId, root.spanId)
    for (const one of stored.spans)
      assert.deepEqual(
        [one.source, one.userId, one.sessionId, one.metadata.project, one.metadata.plan],
        ['langsmith', 'ada', 'chat-1', 'matrix', 'pro'],
      )
    assert.deepEqual([root.tags, root.input, root.output], [['vip'], { input: 'Where is it?' }, { outputs: 'On its way.' }])
    assert.deepEqual([found.kind, said.kind, broken.kind], ['retriever', 'llm', 'tool'])
    assert.deepEqual([said.provider, said.model, said.stream, said.tags], ['openai', 'gpt-4o', true, ['inner']])
    assert.ok(said.firstTokenMs !== null && said.firstTokenMs <= said.durationMs + 1)
    const { input, cacheRead, output, reasoning } = said.usage
    assert.deepEqual({ input, cacheRead, output, reasoning }, { input: 10, cacheRead: 90, output: 12, reasoning: 8 })
    assert.ok(Number(said.costUsd) > 0, 'it has no cost')
    assert.equal(said.output.content, 'On its way.')
    assert.deepEqual([broken.status, broken.errorType, broken.statusMessage.split('\n')[0]], ['error', 'TypeError', 'TypeError: it broke'])
    assert.deepEqual([stored.trace.inputTokens, stored.trace.outputTokens, stored.trace.errorCount], [100, 20, 1])
    assert.equal(said.attributes['extra.runtime'].sdk, 'langsmith-js')
  })

  test('OpenAI’s client, wrapped, through the gateway: whole, streamed and with an error', async () => {
    const client = connect()
    const openai = wrapOpenAI(new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 }), { client, tracingEnabled: true })
    const ids = []
    const turn = traceable(
      async () => {
        const messages = [{ role: 'user', content: 'Hello' }]
        await openai.chat.completions.create({ model: 'openai-echo', messages })
        const stream = await openai.chat.completions.create(
          { model: 'openai-echo', messages, stream: true, stream_options: { include_usage: true } },
          { langsmithExtra: { name: 'streamed' } },
        )
        for await (const _chunk of stream);
        await openai.chat.completions
          .create({ model: 'nothing-like-it', messages }, { langsmithExtra: { name: 'refused' } })
          .catch(() => {})
      },
      { name: 'turn', client, tracingEnabled: true, on_end: (run) => ids.push(run.trace_id) },
    )
    await turn()
    await client.awaitPendingTraceBatches()
    const stored = await storedTrace(ids[0], ['turn', 'ChatOpenAI', 'streamed', 'refused'])
    const [whole, streamed, refused] = ['ChatOpenAI', 'streamed', 'refused'].map(stored.span)
    for (const one of [whole, streamed]) {
      assert.deepEqual([one.kind, one.requestModel, one.status, one.provider], ['llm', 'openai-echo', 'ok', 'openai'])
      assert.ok(one.inputTokens > 0 && one.outputTokens > 0, 'it has no tokens')
      assert.match(JSON.stringify(one.output), /Hello/)
      assert.match(JSON.stringify(one.input), /"messages":\[\{"role":"user","content":"Hello"\}\]/)
    }
    assert.deepEqual([whole.finishReason, whole.input.messages], ['stop', [{ role: 'user', content: 'Hello' }]])
    assert.deepEqual([streamed.stream, typeof streamed.firstTokenMs], [true, 'number'])
    // Their tokens are the gateway's, and counted there.
    await eventually('both to say that the gateway counts', async () => {
      const again = await storedTrace(ids[0], ['ChatOpenAI', 'streamed'])
      const counted = ['ChatOpenAI', 'streamed'].map(again.span)
      return (
        counted.every(({ usageRole, metadata }) => usageRole === 'aggregate' && metadata.gatewayTraceId) && again.trace.inputTokens === 0
      )
    })
    assert.equal(refused.status, 'error')
    assert.match(refused.statusMessage, /404/)
  })

  test('a run is running until it ends, ends in a later request, and is changed by one later still', async () => {
    const client = connect()
    const run = new RunTree({ name: 'slow', client, tracingEnabled: true, inputs: { a: 1 }, run_type: 'chain' })
    await run.postRun()
    await client.flush()
    await client.awaitPendingTraceBatches()
    const begun = await eventually('a running span', async () => {
      const answer = await fetch(`${url}/api/v1/traces/${run.id}`, { headers: { authorization: `Bearer ${key}` } })
      return answer.ok && (await answer.json())
    })
    assert.equal(begun.spans[0].status, 'running')
    await run.end({ done: true })
    await run.patchRun()
    await client.awaitPendingTraceBatches()
    await storedTrace(run.id, ['slow'])
    await client.updateRun(run.id, { outputs: { done: 'corrected' }, tags: ['late'], extra: { metadata: { reviewed: true } } })
    const { span, spans } = await eventually('the correction', async () => {
      const stored = await storedTrace(run.id, ['slow'])
      return stored.span('slow').tags.includes('late') && stored
    })
    assert.equal(spans.length, 1)
    const { input, output, status, metadata } = span('slow')
    assert.deepEqual([input, output, status, metadata.reviewed], [{ a: 1 }, { done: 'corrected' }, 'ok', 'true'])
  })

  test('the same runs again, as a form and as a batch, out of order, are stored once', async () => {
    const client = connect({ autoBatchTracing: false })
    const [root, child] = [randomUUID(), randomUUID()]
    const at = new Date(Date.now() - 1000).toISOString()
    const step = (id) => `${at.replace(/[-:.]/g, '').slice(0, -1)}000Z${id}`
    const parent = { id: root, trace_id: root, dotted_order: step(root), name: 'twice', run_type: 'chain', session_name: 'matrix' }
    const inner = {
      id: child,
      trace_id: root,
      parent_run_id: root,
      dotted_order: `${step(root)}.${step(child)}`,
      name: 'inner',
      run_type: 'llm',
      session_name: 'matrix',
    }
    const [ends, creates] = [
      [parent, inner].map((run) => ({ ...run, end_time: Date.now(), outputs: { content: 'x', usage_metadata } })),
      [parent, inner].map((run) => ({ ...run, start_time: at, inputs: { q: 1 } })),
    ]
    await client.multipartIngestRuns({ runCreates: [], runUpdates: ends })
    await client.batchIngestRuns({ runCreates: creates, runUpdates: [] })
    await client.multipartIngestRuns({ runCreates: creates, runUpdates: ends })
    await client.batchIngestRuns({ runCreates: creates, runUpdates: ends })
    const stored = await eventually('what they began with', async () => {
      const found = await storedTrace(root, ['twice', 'inner'])
      return found.spans.every(({ startedAt }) => startedAt === at) && found
    })
    assert.equal(stored.spans.length, 2)
    assert.deepEqual([stored.span('inner').parentId, stored.span('inner').input], [plain(root), { q: 1 }])
    assert.deepEqual([stored.trace.inputTokens, stored.trace.outputTokens], [100, 20])
  })

  test('feedback: with its run, before it, on a run whose trace is not named; changed and removed', async () => {
    const client = connect()
    const root = new RunTree({ name: 'judged', client, tracingEnabled: true })
    const inner = root.createChild({ name: 'inner' })
    await client.createFeedback(inner.id, 'alone', { score: 0.25 })
    await client.createFeedback(root.id, 'good', { score: true, traceId: root.trace_id })
    await client.createFeedback(inner.id, 'close', {
      score: 0.5,
      value: 'nearly',
      comment: 'why',
      traceId: root.trace_id,
      feedbackSourceType: 'model',
    })
    for (const run of [root, inner]) await run.postRun()
    for (const run of [inner, root]) {
      await run.end({})
      await run.patchRun()
    }
    await client.awaitPendingTraceBatches()
    const scores = await storedScores({ traceId: root.id }, 3)
    assert.deepEqual([scores.good.type, scores.good.value, scores.good.spanId], ['boolean', true, null])
    assert.deepEqual(
      [scores.close.value, scores.close.comment, scores.close.spanId, scores.close.source],
      [0.5, 'why', plain(inner.id), 'eval'],
    )
    assert.deepEqual([scores.alone.value, scores.alone.spanId], [0.25, plain(inner.id)])

    const listed = []
    for await (const feedback of client.listFeedback({ runIds: [inner.id] })) listed.push(feedback)
    assert.deepEqual(listed.map(({ key: name, score }) => [name, score]).sort(), [
      ['alone', 0.25],
      ['close', 0.5],
    ])
    await client.updateFeedback(scores.close.id, { score: 0.75, comment: 'looked again' })
    const changed = await client.readFeedback(scores.close.id)
    assert.deepEqual([changed.score, changed.comment, changed.run_id], [0.75, 'looked again', inner.id])
    await client.deleteFeedback(scores.alone.id)
    await storedScores({ traceId: root.id }, 2)
  })

  test('attachments come along with their run', async () => {
    const client = connect()
    const attachments = { picture: ['image/png', new Uint8Array([1, 2, 3])], log: { mimeType: 'text/plain', data: new Uint8Array(40_000) } }
    const run = new RunTree({ name: 'with files', client, tracingEnabled: true, attachments })
    await run.postRun()
    await run.end({})
    await run.patchRun()
    await client.awaitPendingTraceBatches()
    const { attributes } = (await storedTrace(run.id, ['with files'])).span('with files')
    assert.deepEqual(attributes['attachment.picture'], { type: 'image/png', size: 3, content: 'AQID', encoding: 'base64' })
    assert.deepEqual(attributes['attachment.log'], { type: 'text/plain', size: 40_000 })
  })

  test('projects, and runs by them', async () => {
    const client = connect()
    const projectName = `matrix ${randomUUID()}`
    const made = await client.createProject({ projectName, description: 'first', metadata: { a: 1 } })
    await assert.rejects(client.createProject({ projectName }), { name: 'LangSmithConflictError' })
    assert.equal((await client.createProject({ projectName, upsert: true, description: 'second' })).id, made.id)
    await client.updateProject(made.id, { endTime: new Date().toISOString(), metadata: { b: 2 } })
    const read = await client.readProject({ projectName })
    assert.deepEqual([read.id, read.description, read.extra.metadata.b, typeof read.end_time], [made.id, 'second', 2, 'string'])
    assert.equal(await client.hasProject({ projectName: 'nobody has this' }), false)

    const traced = (name, run_type) =>
      traceable(async (given) => ({ given }), { name, run_type, client, tracingEnabled: true, project_name: projectName })
    await traced('one', 'llm')('x')
    await traced('two', 'tool')('y')
    await client.awaitPendingTraceBatches()
    const list = async (more) => {
      const names = []
      for await (const run of client.listRuns({ projectName, ...more })) names.push(run.name)
      return names.sort()
    }
    await eventually('both runs', async () => (await list()).length === 2)
    assert.deepEqual(await list({ runType: 'llm' }), ['one'])
    assert.deepEqual(await list({ filter: 'and(eq(run_type, "tool"), gte(start_time, "2026-01-01T00:00:00Z"))' }), ['two'])
    assert.deepEqual(await list({ isRoot: true, error: true }), [])

    const found = []
    for await (const run of client.runs.query({ project_ids: [made.id], selects: ['NAME', 'OUTPUTS', 'STATUS'] })) found.push(run)
    const one = found.find(({ name }) => name === 'one')
    assert.deepEqual([found.length, one.status, one.outputs], [2, 'success', { given: 'x' }])
    const whole = await client.readRun(one.id)
    assert.deepEqual([whole.run_type, whole.inputs, whole.session_id, whole.trace_id], ['llm', { input: 'x' }, made.id, one.id])
    assert.equal((await client.runs.retrieve(one.id, { project_id: made.id, selects: ['NAME'] })).name, 'one')
  })

  test('a key that is not known is said so, and a malformed run is named', async () => {
    await assert.rejects(connect({ apiKey: 'sk-sb-nobody-has-this-key' }).readProject({ projectName: 'x' }), /401/)
    const answer = await fetch(`${url}/langsmith/runs/batch`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify({ post: [{ id: 'not-a-uuid', name: 'x' }] }),
    })
    assert.equal(answer.status, 422)
    assert.match((await answer.json()).detail, /not-a-uuid/)
  })

  test('prompts: pushed, pulled by label and by commit, listed, tagged and deleted', async () => {
    const client = connect()
    const name = `matrix-${randomUUID()}`
    const manifestOf = (text) => ({
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'prompts', 'chat', 'ChatPromptTemplate'],
      kwargs: {
        input_variables: ['question'],
        messages: [
          {
            lc: 1,
            type: 'constructor',
            id: ['langchain_core', 'prompts', 'chat', 'HumanMessagePromptTemplate'],
            kwargs: {
              prompt: {
                lc: 1,
                type: 'constructor',
                id: ['langchain_core', 'prompts', 'prompt', 'PromptTemplate'],
                kwargs: { input_variables: ['question'], template_format: 'mustache', template: text },
              },
            },
          },
        ],
      },
    })
    assert.ok((await client.pushPrompt(name, { object: manifestOf('{{question}}'), description: 'asks' })).includes(name))
    const first = await client.pullPromptCommit(name)
    await client.pushPrompt(name, { object: manifestOf('Please: {{question}}') })
    assert.equal((await client.pullPromptCommit(name)).commit_hash, first.commit_hash, 'what it keeps')
    const latest = await client.pullPromptCommit(name, { skipCache: true })
    assert.notEqual(first.commit_hash, latest.commit_hash)
    assert.deepEqual(latest.manifest, manifestOf('Please: {{question}}'))
    assert.deepEqual((await client.pullPromptCommit(`${name}:${first.commit_hash}`)).manifest, manifestOf('{{question}}'))
    assert.equal(await client.promptExists(name), true)
    const commits = []
    for await (const commit of client.listCommits(name)) commits.push(commit.commit_hash)
    assert.deepEqual(commits, [latest.commit_hash, first.commit_hash])
    const names = []
    for await (const prompt of client.listPrompts({ query: name })) names.push(prompt.repo_handle)
    assert.deepEqual(names, [name])
    await client.deletePrompt(name)
    assert.equal(await client.promptExists(name), false)
  })

  test('a prompt that would run something is refused', async () => {
    const client = connect()
    const object = { lc: 1, type: 'constructor', id: ['langchain_community', 'tools', 'shell', 'ShellTool'], kwargs: {} }
    await assert.rejects(client.pushPrompt(`matrix-${randomUUID()}`, { object }), /4\d\d|ShellTool/)
  })
})
