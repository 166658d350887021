import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { langfuseWorld, TRACES, written } from './world.case.ts'

const { ask, request } = langfuseWorld()

describe('traces', () => {
  test('are listed page by page, the newest first, under the ids that their client wrote', async () => {
    const first = await ask('/traces?limit=4')
    expect(first.answer.meta).toEqual({ page: 1, limit: 4, totalItems: 6, totalPages: 2 })
    expect(first.answer.data.map(({ id }) => id)).toEqual(TRACES.slice(0, 4))
    const second = await ask('/traces?limit=4&page=2')
    expect(second.answer.data.map(({ id }) => id)).toEqual([TRACES[4], 'f'.repeat(32)])
    expect(first.answer.data[0]).toMatchObject({
      name: 'trace 0',
      input: { question: 1 },
      output: 'plain',
      metadata: { plan: 'pro', deep: { a: 1 } },
      tags: ['t', 't0'],
      userId: 'user-0',
      sessionId: 'session-0',
      release: 'r1',
      version: 'v7',
      public: true,
      environment: 'default',
      latency: 0.1,
      totalCost: 0.003,
      observations: expect.arrayContaining([written(TRACES[0] ?? '', 'a'), written(TRACES[0] ?? '', 'b')]),
      scores: ['s-1', 's-2'],
    })
    expect(first.answer.data[0]?.observations).toHaveLength(2)
  })

  test.each([
    ['userId=user-1', [1, 3]],
    ['sessionId=session-0', [0, 2, 4]],
    ['name=trace 3', [3]],
    ['tags=t&tags=t2', [2]],
    ['tags=t,t2', [2]],
    ['environment=default&release=r1', [0, 1, 2, 3, 4]],
    ['environment=production', []],
    [`fromTimestamp=2026-11-20T11:59:58Z&orderBy=timestamp.asc`, [2, 1, 0]],
    [`fromTimestamp=2026-11-20T11:59:58Z&toTimestamp=2026-11-20T12:00:00Z`, [1, 2]],
  ])('narrowed by %s', async (query, expected) => {
    const { answer } = await ask(`/traces?${query}&fields=core`)
    expect(answer.data.map(({ id }) => TRACES.indexOf(String(id)))).toEqual(expected)
    expect(answer.meta).toMatchObject({ totalItems: expected.length })
  })

  test('one comes with its observations and scores', async () => {
    const { answer } = await ask(`/traces/${TRACES[0]}`)
    const [a, b] = [written(TRACES[0] ?? '', 'a'), written(TRACES[0] ?? '', 'b')]
    expect(answer).toMatchObject({ id: TRACES[0], name: 'trace 0', htmlPath: expect.stringContaining('/traces/0000') })
    const observations = (answer.observations as Record<string, unknown>[]).toSorted((x, y) => (String(x.id) < String(y.id) ? -1 : 1))
    expect(observations).toMatchObject([
      { id: a, traceId: TRACES[0], parentObservationId: null, type: 'CHAIN', level: 'DEFAULT' },
      {
        id: b,
        parentObservationId: a,
        type: 'GENERATION',
        model: 'gpt-4o',
        modelParameters: { temperature: 0 },
        input: [{ role: 'user', content: 'hi' }],
        usage: { input: 100, output: 5, total: 105, unit: 'TOKENS' },
        usageDetails: { input: 10, cacheRead: 90, output: 5, total: 105 },
        costDetails: { input: 0.001, output: 0.002, total: 0.003 },
        level: 'ERROR',
        statusMessage: 'no',
        promptName: 'p',
        promptVersion: 2,
        completionStartTime: '2026-11-20T12:00:00.025Z',
        endTime: '2026-11-20T12:00:00.100Z',
        timeToFirstToken: 0.025,
      },
    ])
    expect(answer.scores).toMatchObject([{ id: 's-2' }, { id: 's-1' }])
  })

  test('one that is not there is Langfuse’s own error', async () => {
    expect(await ask(`/traces/${randomUUID()}`)).toMatchObject({
      status: 404,
      answer: { error: 'LangfuseNotFoundError', message: expect.any(String) },
    })
  })
})

describe('observations', () => {
  test('are all spans but those that stand for a trace', async () => {
    const all = await ask('/observations?limit=100')
    expect(all.answer.meta).toMatchObject({ totalItems: 11, totalPages: 1 })
    expect(all.answer.data).toHaveLength(11)
    const second = await ask('/observations?limit=4&page=3')
    expect(second.answer.data.map(({ id }) => id)).toEqual(all.answer.data.slice(8).map(({ id }) => id))
  })
  test.each([
    ['type=GENERATION', 5],
    ['type=CHAIN&name=outer', 5],
    [`traceId=${TRACES[1]}`, 2],
    [`parentObservationId=${written(TRACES[1] ?? '', 'a')}`, 1],
    ['level=ERROR', 1],
    ['userId=user-1', 4],
    ['fromStartTime=2026-11-20T12:00:00Z', 2],
  ])('narrowed by %s', async (query, count) => {
    const { answer } = await ask(`/observations?${query}`)
    expect([answer.data.length, answer.meta]).toEqual([count, expect.objectContaining({ totalItems: count })])
  })
  test('one by the id that its client wrote', async () => {
    const id = written(TRACES[2] ?? '', 'b')
    expect((await ask(`/observations/${id}`)).answer).toMatchObject({ id, traceId: TRACES[2], name: 'answer' })
    expect((await ask(`/observations/${'e'.repeat(16)}`)).answer).toMatchObject({ name: 'otel root', traceId: 'f'.repeat(32) })
    expect((await ask('/observations/none')).status).toBe(404)
  })
})

test('sessions, and one with its traces', async () => {
  const { answer } = await ask('/sessions')
  expect(answer.meta).toMatchObject({ totalItems: 2 })
  expect(answer.data).toMatchObject([
    { id: 'session-1', createdAt: '2026-11-20T11:59:57.000Z', projectId: 'shop' },
    { id: 'session-0', createdAt: '2026-11-20T11:59:56.000Z' },
  ])
  const one = await ask('/sessions/session-1')
  expect((one.answer.traces as { id: string }[]).map(({ id }) => id)).toEqual([TRACES[1], TRACES[3]])
  expect((await ask('/sessions/none')).status).toBe(404)
})

describe('scores', () => {
  test.each(['/scores', '/v2/scores'])('%s, by the ids that their clients wrote', async (path) => {
    const { answer } = await ask(path)
    expect(answer.meta).toMatchObject({ totalItems: 3 })
    expect(answer.data).toMatchObject([
      { id: 's-3', sessionId: 'session-1', traceId: null, dataType: 'CATEGORICAL', stringValue: 'good', configId: 'c' },
      { id: 's-2', traceId: TRACES[0], observationId: written(TRACES[0] ?? '', 'b'), dataType: 'BOOLEAN', value: 1, stringValue: 'True' },
      { id: 's-1', traceId: TRACES[0], observationId: null, dataType: 'NUMERIC', value: 0.5, source: 'API' },
    ])
    expect((await ask(`${path}?traceId=${TRACES[0]}&dataType=NUMERIC`)).answer.data.map(({ id }) => id)).toEqual(['s-1'])
    expect((await ask(`${path}/s-3`)).answer).toMatchObject({ id: 's-3' })
    expect((await ask(`${path}/s-9`)).status).toBe(404)
  })
})

describe('the newer lists', () => {
  /** All pages, one after the other. */
  async function pages(path: string): Promise<Record<string, unknown>[][]> {
    const found: Record<string, unknown>[][] = []
    for (let cursor: string | undefined, turn = 0; turn < 10; turn++) {
      const { answer } = await ask(`${path}${cursor ? `&cursor=${cursor}` : ''}`)
      found.push(answer.data)
      cursor = (answer.meta as { cursor?: string }).cursor
      if (cursor === undefined) break
    }
    return found
  }

  test('observations come by cursor, each once, with the fields that are asked for', async () => {
    const found = await pages('/v2/observations?limit=4&fields=usage,io')
    expect(found.map((page) => page.length)).toEqual([4, 4, 3])
    expect(new Set(found.flat().map(({ id }) => id)).size).toBe(11)
    const answer = found.flat().find(({ id }) => id === written(TRACES[0] ?? '', 'b'))
    expect(answer).toMatchObject({
      traceId: TRACES[0],
      type: 'GENERATION',
      projectId: 'shop',
      input: '[{"role":"user","content":"hi"}]',
      output: null,
      usageDetails: { total: 105 },
      totalCost: 0.003,
    })
    expect(answer).not.toHaveProperty('name')
    const narrowed = await ask(`/v2/observations?sessionId=session-1&type=GENERATION&fromStartTime=2026-11-20T11:00:00Z`)
    expect(narrowed.answer.data).toMatchObject([
      { name: 'answer', traceId: TRACES[1], userId: 'user-1' },
      { name: 'answer', traceId: TRACES[3] },
    ])
  })

  test('scores come by cursor, with a value of their type', async () => {
    const found = (await pages('/v3/scores?limit=2&fields=subject,details')).flat()
    expect(found).toMatchObject([
      { id: 's-3', value: 'good', dataType: 'CATEGORICAL', subject: { kind: 'session', id: 'session-1' }, configId: 'c' },
      { id: 's-2', value: true, subject: { kind: 'observation', id: written(TRACES[0] ?? '', 'b'), traceId: TRACES[0] } },
      { id: 's-1', value: 0.5, subject: { kind: 'trace', id: TRACES[0] }, projectId: 'shop' },
    ])
    expect((await ask('/v3/scores?name=quality')).answer.data).toEqual([expect.not.objectContaining({ subject: expect.anything() })])
  })

  test.each([
    '/v2/observations?limit=1001',
    '/v2/observations?fields=everything',
    '/v2/observations?filter=[]',
    '/v3/scores?limit=101',
    '/v3/scores?cursor=!',
  ])('%s is refused', async (path) => {
    expect((await ask(path)).status).toBe(400)
  })
})

describe('what cannot be answered says so', () => {
  test.each([
    ['/traces?limit=101', 400],
    ['/traces?page=0', 400],
    ['/traces?page=101&limit=100', 400],
    ['/traces?version=1', 400],
    ['/traces?orderBy=name.asc', 400],
    ['/traces?fromTimestamp=yesterday', 400],
    ['/observations?type=SPAM', 400],
    ['/scores?source=ME', 400],
    ['/v2/prompts/greeting?label=production', 404],
    ['/v2/datasets/mine', 404],
    ['/dataset-items?datasetName=mine', 404],
    ['/nothing', 404],
  ])('%s is %i', async (path, status) => {
    const answered = await ask(path)
    expect(answered).toMatchObject({
      status,
      answer: { error: status === 404 ? 'LangfuseNotFoundError' : 'InvalidRequestError', message: expect.any(String) },
    })
  })
  test('without a key, or with one that may not read', async () => {
    expect(await ask('/traces', { key: 'sk-sb-none' })).toMatchObject({ status: 401, answer: { error: 'UnauthorizedError' } })
    expect(await ask('/traces', { key: 'sk-sb-blind' })).toMatchObject({ status: 403, answer: { error: 'ForbiddenError' } })
  })
})

test('health needs no key; the project is the one of the key', async () => {
  expect(await (await request('/api/public/health')).json()).toEqual({ status: 'OK', version: '1.2.3' })
  expect((await ask('/projects')).answer.data).toMatchObject([{ id: 'shop', name: 'The shop', organization: { id: expect.any(String) } }])
})
