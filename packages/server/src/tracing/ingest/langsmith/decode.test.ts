import type { SpanPatch } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeLangsmith } from './decode.ts'
import { writeBatch } from './read-batch.ts'
import { readMultipart } from './read-multipart.ts'
import { CHILD, FAILED, formOf, HEADER, hex, type Part, partsOf, type RecordedRun, ROOT, RUNS } from './recorded.case.ts'
import { withoutContent } from './without-content.ts'

const decode = (parts: readonly Part[]) => decodeLangsmith(HEADER, formOf(parts))
const all = decode(partsOf(RUNS))
const of = (patches: readonly SpanPatch[], id: string) => patches.filter(({ spanId }) => spanId === hex(id))
/** As a set: the order of patches says nothing. */
const sorted = (patches: readonly SpanPatch[]) => [...patches].sort((a, b) => (a.spanId + a.id < b.spanId + b.id ? -1 : 1))

describe('runs of LangSmith', () => {
  it('of which each says where it stands, whose it is and what it is', () => {
    const [begun, ended] = of(all.patches, ROOT)
    expect(begun).toMatchObject({
      projectId: 'p1',
      keyId: 'k1',
      traceId: hex(ROOT),
      source: 'langsmith',
      ofTrace: true,
      receivedAt: HEADER.receivedAt,
    })
    expect(begun?.fields).toEqual({
      externalId: ROOT,
      kind: 'chain',
      name: 'outer',
      startedAt: 1_795_269_664_147_001,
      userId: 'u1',
      sessionId: 's1',
      metadata: { session_id: 's1', user_id: 'u1', project: 'proj' },
      input: '{"input":"hi"}',
      attributes: {
        session_name: 'proj',
        start_time: '2026-11-21T14:01:04.147001Z',
        run_type: 'chain',
        trace_id: ROOT,
        dotted_order: `20261121T140104147001Z${ROOT}`,
        'extra.metadata': { session_id: 's1', user_id: 'u1' },
        'extra.runtime': { library: 'langsmith', runtime: 'node', sdk: 'langsmith-js', sdk_version: '0.12.0' },
      },
    })
    expect(ended?.fields).toMatchObject({ endedAt: 1_795_269_664_280_000, output: '{"outputs":"answer"}', tags: ['late'] })
    expect(begun?.at).toBeLessThan(ended?.at ?? 0)
  })

  it('of a model: provider, models, tokens in disjoint buckets, first token, reason to end', () => {
    const [begun, ended] = of(all.patches, CHILD)
    expect(begun).toMatchObject({ traceId: hex(ROOT), ofTrace: false })
    expect(begun?.fields).toMatchObject({
      parentId: hex(ROOT),
      kind: 'llm',
      provider: 'openai',
      requestModel: 'gpt-4o',
      operation: 'chat',
      tags: ['a'],
    })
    expect(ended?.fields).toMatchObject({
      model: 'gpt-4o-2024-08-06',
      requestModel: 'gpt-4o',
      usage: { input: 6, cacheRead: 4, output: 3, reasoning: 2 },
      usageSource: 'provider',
      firstTokenAt: 1_795_269_664_182_000,
      stream: true,
      finishReason: 'stop',
    })
    expect(ended?.fields.attributes).toMatchObject({ 'extra.metadata': { ls_temperature: 0.2 }, events: [{ name: 'start' }, {}, {}] })
    expect(ended?.fields.metadata).not.toHaveProperty('ls_provider')
  })

  it('that failed: status, kind of error and its text', () => {
    const [failed] = of(all.patches, FAILED)
    expect(failed?.fields).toMatchObject({
      kind: 'tool',
      status: 'error',
      errorType: 'TypeError',
      statusMessage: 'TypeError: boom\n    at somewhere',
    })
    expect(of(all.patches, ROOT)[0]?.fields.status).toBeUndefined()
  })

  it('as the batch endpoint takes them say the same', () => {
    const runs = RUNS.map(({ method, main, fields }) => ({ method, run: { ...fields, ...main } }))
    const batch = {
      post: runs.flatMap(({ method, run }) => (method === 'post' ? [run] : [])),
      patch: runs.flatMap(({ method, run }) => (method === 'patch' ? [run] : [])),
    }
    const decoded = decodeLangsmith({ ...HEADER, format: 'langsmith-batch' }, Buffer.from(JSON.stringify(batch)))
    expect(sorted(decoded.patches)).toEqual(sorted(all.patches))
  })

  it('have costs where their client says so, and usage of LangChain’s messages', () => {
    const run = { ...(RUNS[2] as RecordedRun) }
    const kwargs = {
      usage_metadata: { input_tokens: 3, output_tokens: 1, total_tokens: 4 },
      response_metadata: { model_name: 'm', finish_reason: 'length' },
    }
    const [chain] = decode(
      partsOf([{ ...run, fields: { outputs: { generations: [[{ text: 'x', message: { lc: 1, kwargs } }]] } } }]),
    ).patches
    expect(chain?.fields).toMatchObject({ usage: { input: 3, output: 1 }, model: 'm', finishReason: 'length' })
    const [old] = decode(
      partsOf([{ ...run, fields: { outputs: { llmOutput: { tokenUsage: { promptTokens: 7, completionTokens: 2, totalTokens: 9 } } } } }]),
    ).patches
    expect(old?.fields.usage).toMatchObject({ input: 7, output: 2 })
    const [paid] = decode(
      partsOf([
        { ...run, fields: { outputs: { usage_metadata: { input_tokens: 1, output_tokens: 1, total_tokens: 2, total_cost: 0.0015 } } } },
      ]),
    ).patches
    expect(paid?.fields.cost).toBe(1_500_000)
    const tier = {
      input_tokens: 10,
      output_tokens: 5,
      total_tokens: 15,
      input_token_details: { flex: 6, flex_cache_read: 4 },
      output_token_details: { flex_reasoning: 2 },
    }
    const [flex] = decode(partsOf([{ ...run, fields: { outputs: { usage_metadata: tier } } }])).patches
    expect(flex?.fields.usage).toMatchObject({ input: 6, cacheRead: 4, output: 3, reasoning: 2 })
  })

  it('stand where their dotted order says, where nothing else does', () => {
    const { trace_id: _, parent_run_id: __, ...main } = (RUNS[1] as RecordedRun).main
    const [patch] = decode(partsOf([{ method: 'post', main, fields: {} }])).patches
    expect(patch).toMatchObject({ traceId: hex(ROOT), fields: { parentId: hex(ROOT) } })
  })

  it('bring small files along, and of large ones their name, type and size', () => {
    const large = Buffer.alloc(40_000)
    const { patches } = decode([
      { name: `attachment.${ROOT}.pic`, type: 'image/png', content: Buffer.from([0, 13, 10, 45, 45, 255]) },
      { name: `attachment.${ROOT}.log`, type: 'text/plain', content: large },
      ...partsOf(RUNS.slice(0, 1)),
    ])
    const attributes = Object.assign({}, ...patches.map(({ fields }) => fields.attributes))
    expect(attributes['attachment.pic']).toEqual({ type: 'image/png', size: 6, content: 'AA0KLS3/', encoding: 'base64' })
    expect(attributes['attachment.log']).toEqual({ type: 'text/plain', size: 40_000 })
  })
})

describe('any order of parts, and any division into requests', () => {
  it('gives the same set of patches', () => {
    const parts = partsOf(RUNS)
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: parts.length }), (shuffled) => {
        expect(sorted(decode(shuffled).patches)).toEqual(sorted(all.patches))
      }),
    )
    fc.assert(
      fc.property(
        fc.shuffledSubarray(RUNS, { minLength: RUNS.length }),
        fc.array(fc.integer({ min: 0, max: RUNS.length }), { maxLength: 4 }),
        (runs, cuts) => {
          const at = [0, ...cuts.sort((a, b) => a - b), runs.length]
          const requests = at.slice(1).map((end, index) => runs.slice(at[index], end))
          expect(sorted(requests.flatMap((one) => decode(partsOf(one)).patches))).toEqual(sorted(all.patches))
        },
      ),
    )
  })

  it('keeps two messages about one run apart, and knows one that comes again', () => {
    const [, , patch] = RUNS as [RecordedRun, RecordedRun, RecordedRun]
    const later = { ...patch, fields: { outputs: { content: 'corrected' } } }
    expect(decode(partsOf([patch, later])).patches.map(({ fields }) => fields.output)).toEqual([
      expect.stringContaining('"answer"'),
      '{"content":"corrected"}',
    ])
    const [one, again] = decode(partsOf([patch, patch])).patches
    expect(one).toEqual(again)
  })
})

describe('what cannot be taken', () => {
  const read = (parts: readonly Part[]) => readMultipart(formOf(parts), HEADER.contentType as string)
  const post = (RUNS[0] as RecordedRun).main

  it.each([
    ['an id that is none', { ...post, id: 'x' }, '`id`'],
    ['a parent that is none', { ...post, parent_run_id: 'x' }, '`parent_run_id`'],
    ['a time that is none', { ...post, start_time: 'yesterday' }, '`start_time`'],
    ['no name', { ...post, name: '' }, '`name`'],
    ['a parent and no trace', { id: CHILD, name: 'x', parent_run_id: ROOT }, '`trace_id`'],
    ['a list', [], 'object'],
  ])('%s is told, and the rest is kept', (_, main, word) => {
    const id = (main as { id?: string }).id ?? CHILD
    const { runs, bad } = read([{ name: `post.${id}`, content: JSON.stringify(main) }, ...partsOf(RUNS.slice(4))])
    expect(runs.map(({ ids }) => ids.spanId)).toEqual([hex(FAILED)])
    expect(bad).toMatchObject([{ runId: id, reason: expect.stringContaining(word) }])
  })

  it('names what is wrong with a form', () => {
    const { runs, bad } = read([
      { name: `post.${ROOT}.inputs`, content: '{}' },
      { name: `patch.${CHILD}`, content: '{broken' },
      { name: 'what.is.this', content: '{}' },
      { name: `attachment.${ROOT}.pic`, type: 'image/png', content: 'x' },
      { name: `feedback.${ROOT}`, content: '{"id":"x"}' },
      { name: `post.${FAILED}`, content: '['.repeat(2000) + ']'.repeat(2000) },
    ])
    expect(runs).toEqual([])
    expect(bad.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('post.ID'),
      expect.stringContaining('`key`'),
      expect.stringContaining('part `post.ID`'),
      expect.stringContaining('not JSON'),
      expect.stringContaining('deeper'),
      expect.stringContaining('same request'),
    ])
    expect(() => readMultipart(Buffer.from('x'), 'multipart/form-data')).toThrow('boundary')
  })

  it('stays inert, whatever it says', () => {
    const hostile = JSON.parse(
      `{"__proto__":{"polluted":1},"constructor":"x","id":"${ROOT}","name":"<img src=x onerror=alert(1)>'; drop table spans; --","extra":{"__proto__":{"polluted":1},"metadata":{"__proto__":{"polluted":1}}}}`,
    )
    const [patch] = decode([{ name: `post.${ROOT}`, content: JSON.stringify(hostile) }]).patches
    expect(patch?.fields.name).toBe("<img src=x onerror=alert(1)>'; drop table spans; --")
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('feedback', () => {
  const feedback = {
    id: '01a1fe69-20e2-7659-beee-77339d297570',
    run_id: CHILD,
    trace_id: ROOT,
    key: 'better',
    score: 0.5,
    comment: 'c',
    feedback_source: { type: 'model', metadata: { by: 'judge' } },
  }
  const scoreOf = (sent: object) =>
    decodeLangsmith({ ...HEADER, format: 'langsmith-batch' }, Buffer.from(JSON.stringify({ feedback: [sent] }))).scores[0]

  it('is a score of its run', () => {
    expect(decode([{ name: `feedback.${feedback.id}`, content: JSON.stringify(feedback) }]).scores).toEqual([
      {
        projectId: 'p1',
        id: feedback.id,
        traceId: hex(ROOT),
        spanId: hex(CHILD),
        sessionId: '',
        runId: '',
        name: 'better',
        type: 'numeric',
        value: 0.5,
        text: '',
        comment: 'c',
        source: 'eval',
        authorId: 'k1',
        environment: '',
        metadata: { by: 'judge' },
        at: HEADER.receivedAt,
        receivedAt: HEADER.receivedAt,
      },
    ])
  })

  it('of a root is of its trace; of a run whose trace is not named waits for it; of an experiment names that', () => {
    expect(scoreOf({ ...feedback, run_id: ROOT })).toMatchObject({ traceId: hex(ROOT), spanId: '' })
    expect(scoreOf({ ...feedback, trace_id: undefined })).toMatchObject({ traceId: '', spanId: hex(CHILD) })
    expect(scoreOf({ key: 'k', score: 1, session_id: FAILED })).toMatchObject({ traceId: '', spanId: '', runId: FAILED })
  })

  it('has the type that its value has', () => {
    expect(scoreOf({ ...feedback, score: true })).toMatchObject({ type: 'boolean', value: 1 })
    expect(scoreOf({ ...feedback, score: null, value: 'good' })).toMatchObject({ type: 'categorical', value: null, text: 'good' })
    expect(scoreOf({ ...feedback, score: undefined, comment: 'only words' })).toMatchObject({
      type: 'text',
      value: null,
      comment: 'only words',
    })
  })
})

describe('without content', () => {
  it('nothing of what was asked and answered is left, and all counts are', () => {
    const body = readMultipart(
      formOf([...partsOf(RUNS), { name: `attachment.${ROOT}.pic`, type: 'image/png', content: 'secret' }]),
      HEADER.contentType as string,
    )
    const bare = writeBatch(withoutContent(body))
    for (const word of ['"hi"', 'answer', 'secret', Buffer.from('secret').toString('base64')]) expect(bare.toString()).not.toContain(word)
    const { patches } = decodeLangsmith({ ...HEADER, format: 'langsmith-batch' }, bare)
    const [, ended] = of(patches, CHILD)
    expect(ended?.fields).toMatchObject({
      usage: { input: 6, cacheRead: 4, output: 3, reasoning: 2 },
      model: 'gpt-4o-2024-08-06',
      finishReason: 'stop',
      firstTokenAt: 1_795_269_664_182_000,
    })
    for (const { fields } of patches) expect([fields.input, fields.output]).toEqual([undefined, undefined])
  })
})
