import { describe, expect, test } from 'vitest'
import { langfuseWorld, TRACES, written } from '../world.case.ts'

const { ask } = langfuseWorld()
const BASE = {
  view: 'observations',
  metrics: [{ measure: 'count', aggregation: 'count' }],
  fromTimestamp: '2026-11-20T11:00:00.000Z',
  toTimestamp: '2026-11-20T13:00:00.000Z',
}
const run = async (query: object, { path = '/v2/metrics', key = 'sk-sb-shop' } = {}) => {
  const { status, answer } = await ask(`${path}?query=${encodeURIComponent(JSON.stringify({ ...BASE, ...query }))}`, { key })
  return { status, rows: answer.data, error: answer.message as string | undefined, answer }
}
const metrics = (...names: string[]) => names.map((name) => ({ aggregation: name.split('_')[0], measure: name.split('_')[1] }))
const by = (...fields: string[]) => ({ dimensions: fields.map((field) => ({ field })) })
const filter = (column: string, type: string, operator: string, value: unknown, key?: string) => ({
  filters: [{ column, type, operator, value, ...(key && { key }) }],
})
const [first = ''] = TRACES

describe('observations', () => {
  test('are counted without the spans that stand for traces', async () => {
    expect((await run({})).rows).toEqual([{ count_count: 11 }])
    expect((await run({}, { key: 'sk-sb-quiet' })).rows).toEqual([{ count_count: 0 }])
  })

  test('tokens, costs and times, by model: what is not said is null', async () => {
    const asked = metrics('count_count', 'sum_totalTokens', 'avg_inputTokens', 'sum_totalCost', 'sum_inputCost', 'max_outputCost')
    const { rows } = await run({ ...by('providedModelName'), metrics: asked })
    const nothing = { sum_totalTokens: 0, avg_inputTokens: null, sum_totalCost: 0, sum_inputCost: 0, max_outputCost: null }
    expect(rows).toEqual([
      { providedModelName: null, count_count: 6, ...nothing },
      {
        providedModelName: 'gpt-4o',
        count_count: 5,
        sum_totalTokens: 525,
        avg_inputTokens: 100,
        sum_totalCost: 0.015,
        sum_inputCost: 0.005,
        max_outputCost: 0.002,
      },
    ])
  })

  test('latencies, first tokens and speeds', async () => {
    const names = ['p95_latency', 'avg_timeToFirstToken', 'min_streamingLatency', 'avg_tokensPerSecond', 'avg_outputTokensPerSecond']
    const { rows } = await run({ metrics: metrics(...names), ...filter('type', 'string', '=', 'GENERATION') })
    const [row] = rows
    expect(row).toMatchObject({ p95_latency: 100, avg_timeToFirstToken: 25, min_streamingLatency: 75, avg_tokensPerSecond: 1050 })
    expect(row?.avg_outputTokensPerSecond).toBeCloseTo(5 / 0.075)
  })

  test('a histogram is a list of borders and heights', async () => {
    const { rows } = await run({ metrics: metrics('histogram_totalCost'), config: { bins: 3 } })
    const bins = rows[0]?.histogram_totalCost as number[][]
    expect(bins.length).toBeGreaterThan(0)
    expect(bins.every((bin) => bin.length === 3 && bin.every((border) => typeof border === 'number'))).toBe(true)
    expect(bins.reduce((sum, [, , height]) => sum + (height ?? 0), 0)).toBe(5)
    expect(bins[0]?.[0]).toBeCloseTo(0.003)
  })

  test('grouped by type, level, the name of the trace, tags and month', async () => {
    expect((await run(by('type', 'level'))).rows).toEqual([
      { type: 'CHAIN', level: 'DEFAULT', count_count: 5 },
      { type: 'GENERATION', level: 'DEFAULT', count_count: 4 },
      { type: 'GENERATION', level: 'ERROR', count_count: 1 },
      { type: 'SPAN', level: 'DEFAULT', count_count: 1 },
    ])
    const { rows } = await run({ ...by('traceName'), orderBy: [{ field: 'traceName', direction: 'desc' }], config: { row_limit: 2 } })
    expect(rows).toEqual([
      { traceName: 'trace 4', count_count: 2 },
      { traceName: 'trace 3', count_count: 2 },
    ])
    expect((await run(by('startTimeMonth', 'environment', 'tags'))).rows).toEqual([
      { startTimeMonth: '2026-11', environment: 'default', tags: [], count_count: 11 },
    ])
  })

  test('the scores of each', async () => {
    expect((await run({ ...by('name'), metrics: metrics('sum_countScores') })).rows).toEqual([
      { name: 'answer', sum_countScores: 1 },
      { name: 'otel root', sum_countScores: 0 },
      { name: 'outer', sum_countScores: 0 },
    ])
  })

  test.each([
    [filter('name', 'string', '=', 'answer'), 5],
    [filter('name', 'string', 'contains', 'ute'), 5],
    [filter('name', 'string', 'does not contain', 'ute'), 6],
    [filter('name', 'string', 'starts with', 'otel'), 1],
    [filter('name', 'string', 'ends with', 'root'), 1],
    [filter('name', 'stringOptions', 'any of', ['answer', 'outer']), 10],
    [filter('name', 'stringOptions', 'none of', ['answer', 'outer']), 1],
    [filter('userId', 'string', '=', 'user-1'), 4],
    [filter('userId', 'null', 'is null', ''), 1],
    [filter('traceId', 'string', '=', first), 2],
    [filter('traceId', 'stringOptions', 'any of', TRACES.slice(0, 3)), 6],
    [filter('parentObservationId', 'string', '=', written(first, 'a')), 1],
    [filter('id', 'string', '=', written(first, 'b')), 1],
    [filter('level', 'string', '=', 'ERROR'), 1],
    [filter('environment', 'string', '=', 'default'), 11],
    [filter('tags', 'arrayOptions', 'any of', ['t']), 0],
    [filter('tags', 'arrayOptions', 'none of', ['t']), 11],
    [filter('metadata', 'stringObject', '=', 'x', 'plan'), 0],
    [filter('metadata', 'numberObject', '>', 3, 'plan'), 0],
    [filter('startTime', 'datetime', '<', '2026-11-20T11:59:58+00:00'), 5],
    [filter('traceName', 'string', '=', 'trace 2'), 2],
  ])('%j', async (filters, count) => {
    expect((await run(filters)).rows).toEqual([{ count_count: count }])
  })

  test('by time: times at which there was nothing are rows too, unless they are ordered', async () => {
    const minutes = { timeDimension: { granularity: 'minute' }, fromTimestamp: '2026-11-20T11:57:30Z', toTimestamp: '2026-11-20T12:02:00Z' }
    const row = (time: string, count_count: number) => ({ time_dimension: `2026-11-20T${time}:00Z`, count_count })
    expect((await run(minutes)).rows).toEqual([row('11:57', 0), row('11:58', 0), row('11:59', 9), row('12:00', 2), row('12:01', 0)])
    expect((await run({ ...minutes, orderBy: [{ field: 'count_count', direction: 'asc' }] })).rows).toEqual([
      row('12:00', 2),
      row('11:59', 9),
    ])
    expect((await run({ ...minutes, config: { row_limit: 3 } })).rows).toHaveLength(3)
    const window = { fromTimestamp: '2026-11-01T00:00:00Z', toTimestamp: '2026-12-01T00:00:00Z' }
    const { rows } = await run({
      ...window,
      timeDimension: { granularity: 'week' },
      ...by('type'),
      ...filter('level', 'string', '=', 'ERROR'),
    })
    expect(rows.filter(({ count_count }) => count_count !== 0)).toEqual([
      { time_dimension: '2026-11-16', type: 'GENERATION', count_count: 1 },
    ])
    expect(rows.map(({ time_dimension }) => time_dimension)).toEqual([
      '2026-10-26',
      '2026-11-02',
      '2026-11-09',
      '2026-11-16',
      '2026-11-23',
      '2026-11-30',
    ])
    expect((await run({ ...window, timeDimension: { granularity: 'auto' } })).rows).toHaveLength(30)
    expect((await run({ ...window, timeDimension: { granularity: 'month' } })).rows).toEqual([
      { time_dimension: '2026-11-01', count_count: 11 },
    ])
  })

  test('what has many values is grouped by as the largest few', async () => {
    const asked = { ...by('userId'), metrics: metrics('sum_totalCost') }
    expect((await run(asked)).status).toBe(400)
    const orderBy = [{ field: 'sum_totalCost', direction: 'desc' }]
    expect((await run({ ...asked, orderBy, config: { row_limit: 2 } })).rows).toEqual([
      { userId: 'user-0', sum_totalCost: 0.009 },
      { userId: 'user-1', sum_totalCost: 0.006 },
    ])
    expect((await run({ ...asked, orderBy, config: { row_limit: 2 }, timeDimension: { granularity: 'day' } })).status).toBe(400)
    expect((await run(asked, { path: '/metrics' })).rows).toHaveLength(3)
  })
})

describe('scores', () => {
  const window = { fromTimestamp: '2026-11-20T00:00:00Z', toTimestamp: '2026-11-21T00:00:00Z' }

  test('numbers and truths, by what they are of', async () => {
    const asked = { ...window, view: 'scores-numeric', metrics: metrics('count_count', 'avg_value') }
    expect((await run({ ...asked, ...by('name', 'dataType', 'source', 'traceName', 'observationModelName') })).rows).toEqual([
      {
        name: 'ok',
        dataType: 'BOOLEAN',
        source: 'API',
        traceName: 'trace 0',
        observationModelName: 'gpt-4o',
        count_count: 1,
        avg_value: 1,
      },
      {
        name: 'quality',
        dataType: 'NUMERIC',
        source: 'API',
        traceName: 'trace 0',
        observationModelName: null,
        count_count: 1,
        avg_value: 0.5,
      },
    ])
    expect((await run({ ...asked, ...filter('value', 'number', '<', 0.7) })).rows).toEqual([{ count_count: 1, avg_value: 0.5 }])
    expect((await run({ ...asked, ...filter('traceId', 'string', '=', first) })).rows).toEqual([{ count_count: 2, avg_value: 0.75 }])
    expect((await run({ ...window, view: 'scores-boolean', ...by('booleanValue') })).rows).toEqual([{ booleanValue: 1, count_count: 1 }])
  })

  test('categories', async () => {
    const asked = { ...window, view: 'scores-categorical' }
    expect((await run({ ...asked, ...by('name', 'stringValue', 'configId') })).rows).toEqual([
      { name: 'mood', stringValue: 'good', configId: 'c', count_count: 1 },
    ])
    expect(await run({ ...asked, metrics: metrics('avg_value') })).toMatchObject({ status: 400, error: expect.stringContaining('count') })
  })
})

test('traces, of the older endpoint', async () => {
  const names = [
    'count_count',
    'sum_observationsCount',
    'sum_scoresCount',
    'uniq_uniqueUserIds',
    'max_latency',
    'sum_totalTokens',
    'sum_totalCost',
  ]
  const asked = { view: 'traces', metrics: metrics(...names) }
  expect((await run(asked, { path: '/metrics' })).rows).toEqual([
    {
      count_count: 6,
      sum_observationsCount: 11,
      sum_scoresCount: 2,
      uniq_uniqueUserIds: 2,
      max_latency: 100,
      sum_totalTokens: 525,
      sum_totalCost: 0.015,
    },
  ])
  const { rows } = await run(
    { ...asked, metrics: metrics('count_count'), ...by('name', 'release'), ...filter('tags', 'arrayOptions', 'all of', ['t', 't3']) },
    { path: '/metrics' },
  )
  expect(rows).toEqual([{ name: 'trace 3', release: 'r1', count_count: 1 }])
  expect((await run({ ...asked, ...filter('metadata', 'stringObject', '=', 'pro', 'plan') }, { path: '/metrics' })).rows[0]).toMatchObject({
    count_count: 5,
  })
  expect(await run(asked)).toMatchObject({ status: 400, error: expect.stringContaining('observations') })
})

test.each([
  [{ view: 'spans' }, 'view'],
  [{ metrics: [] }, 'at least one'],
  [{ metrics: [{ measure: 'beauty', aggregation: 'sum' }] }, 'beauty'],
  [{ metrics: [{ measure: 'count', aggregation: 'median' }] }, 'aggregation'],
  [by('constructor'), 'constructor'],
  [by('id'), 'filtered'],
  [filter('__proto__', 'string', '=', 'x'), '__proto__'],
  [filter('name', 'number', '=', 1), 'string'],
  [filter('name', 'string', '~', 'x'), 'operator'],
  [filter('metadata', 'string', '=', 'x'), 'stringObject'],
  [filter('id', 'string', 'contains', 'x'), 'whole ids'],
  [{ orderBy: [{ field: 'sum_latency', direction: 'asc' }], ...by('name') }, 'count_count'],
  [{ timeDimension: { granularity: 'second' } }, 'granularity'],
  [{ fromTimestamp: '2026-11-20', toTimestamp: '2026-11-21T00:00:00Z' }, 'fromTimestamp'],
  [{ toTimestamp: '2026-11-20T10:00:00Z' }, 'before'],
  [{ config: { row_limit: 1001 } }, 'row_limit'],
])('%j is refused in the words of the protocol', async (query, word) => {
  const { status, answer } = await run(query)
  expect([status, answer.error]).toEqual([400, 'InvalidRequestError'])
  expect(answer.message).toContain(word)
})

test('values are no SQL', async () => {
  const evil = `x' OR 1=1 --`
  expect((await run(filter('name', 'string', '=', evil))).rows).toEqual([{ count_count: 0 }])
  expect((await run(filter('metadata', 'stringObject', 'contains', evil, evil))).rows).toEqual([{ count_count: 0 }])
  expect((await ask('/v2/metrics?query=%7B')).status).toBe(400)
  expect((await ask('/v2/metrics')).status).toBe(400)
  expect((await ask('/v2/metrics', { key: 'sk-sb-blind' })).status).toBe(403)
})
