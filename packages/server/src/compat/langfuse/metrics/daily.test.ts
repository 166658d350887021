import { expect, test } from 'vitest'
import { langfuseWorld } from '../world.case.ts'

const { ask } = langfuseWorld()
const daily = async (query = '', key = 'sk-sb-shop') => ask(`/metrics/daily${query}`, { key })
const CALLS = { model: 'gpt-4o', inputUsage: 100, outputUsage: 5, totalUsage: 105, totalCost: 0.003, countObservations: 1, countTraces: 1 }

test('a day tells its traces, its observations and what each model used', async () => {
  const { answer } = await daily()
  expect(answer.meta).toEqual({ page: 1, limit: 50, totalItems: 1, totalPages: 1 })
  expect(answer.data).toEqual([
    {
      date: '2026-11-20',
      countTraces: 6,
      countObservations: 11,
      totalCost: expect.closeTo(0.015, 9),
      usage: [
        { model: 'gpt-4o', inputUsage: 500, outputUsage: 25, totalUsage: 525, totalCost: 0.015, countObservations: 5, countTraces: 5 },
        { model: null, inputUsage: 0, outputUsage: 0, totalUsage: 0, totalCost: 0, countObservations: 6, countTraces: 6 },
      ],
    },
  ])
  expect((await daily('', 'sk-sb-quiet')).answer.data).toEqual([])
})

test.each([
  ['?traceName=trace%202', 1],
  ['?traceName=nothing', 0],
  ['?userId=user-1', 2],
  ['?tags=t&tags=t3', 1],
  ['?tags=t3&tags=t4', 0],
  ['?environment=default', 5],
  ['?environment=production', 0],
  ['?fromTimestamp=2026-11-20T11:59:57.500Z&toTimestamp=2026-11-20T12:00:00Z', 2],
])('%s: of %i traces', async (query, traces) => {
  const { answer } = await daily(query)
  const [day] = answer.data as { countTraces: number; usage: object[] }[]
  if (traces === 0) return expect(answer.data).toEqual([])
  if (query !== '?environment=default') expect(day?.countTraces).toBe(traces)
  const calls = { inputUsage: 100 * traces, outputUsage: 5 * traces, countObservations: traces, countTraces: traces }
  expect(day?.usage).toContainEqual({ ...CALLS, ...calls, totalUsage: 105 * traces, totalCost: expect.closeTo(0.003 * traces, 9) })
})

test('pages, and what it does not know', async () => {
  expect((await daily('?page=2&limit=1')).answer).toEqual({ data: [], meta: { page: 2, limit: 1, totalItems: 1, totalPages: 1 } })
  expect((await daily('?limit=1000')).status).toBe(400)
  expect((await daily('?fromTimestamp=soon')).status).toBe(400)
  expect((await daily('?traceNames=x')).status).toBe(400)
})
