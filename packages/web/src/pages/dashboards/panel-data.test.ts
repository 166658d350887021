import { DashboardPanel, type QueryRow } from '@signalbox/schema'
import type { Input } from '@signalbox/sdk'
import { describe, expect, test } from 'vitest'
import { loadPanel, type Scope } from './panel-data.ts'

const HOUR = 3_600_000
const FROM = Date.parse('2026-11-01T00:00:00Z')
const scope: Scope = { window: { from: FROM, to: FROM + 3 * HOUR }, filters: [{ field: 'environment', op: 'eq', value: 'prod' }] }
const panel = (given: object) => DashboardPanel.parse({ id: 'p', ...given })
type Asked = Input<'query.run'>

/** Answers by what is asked, and remembers it. */
function server(answer: (query: Asked) => QueryRow[]) {
  const asked: Asked[] = []
  return {
    asked,
    run: async (query: Asked) => {
      asked.push(query)
      return answer(query)
    },
  }
}
const hour = (at: number) => new Date(FROM + at * HOUR).toISOString()

describe('over time', () => {
  test('one line per measure, every bucket there: a count is 0 and a percentile unknown', async () => {
    const { run, asked } = server(() => [{ bucket: hour(1), calls: 4, errors: 1 }])
    const lines = panel({
      kind: 'line',
      query: { measures: ['calls', 'errors'], bucket: 'hour', filters: [{ field: 'status', op: 'exists' }] },
    })
    const data = await loadPanel(lines, scope, run)
    expect(data).toMatchObject({ kind: 'time', step: HOUR, lines: [{ values: [0, 4, 0] }, { values: [0, 1, 0] }] })
    expect(asked).toEqual([
      {
        measures: ['calls', 'errors'],
        dimensions: [],
        filters: [...scope.filters, { field: 'status', op: 'exists' }],
        from: hour(0),
        to: hour(3),
        bucket: 'hour',
        limit: 10_000,
      },
    ])
    const times = panel({ kind: 'line', query: { measures: ['durationP95'], bucket: 'hour' } })
    expect(await loadPanel(times, scope, server(() => [{ bucket: hour(2), durationP95: 12 }]).run)).toMatchObject({
      lines: [{ values: [null, null, 12] }],
    })
  })

  test('a bucket that is too fine for the range becomes a coarser one', async () => {
    const { run, asked } = server(() => [])
    const month = { ...scope, window: { from: FROM, to: FROM + 30 * 24 * HOUR } }
    await loadPanel(panel({ kind: 'line', query: { measures: ['calls'], bucket: 'minute' } }), month, run)
    expect(asked[0]?.bucket).toBe('hour')
  })

  test('by a dimension: the greatest values, and the rest as one where it is stacked', async () => {
    const answer = ({ bucket, dimensions }: Asked): QueryRow[] => {
      if (!bucket) return ['a', '', 'c'].map((model, at) => ({ model, calls: 9 - at }))
      if (dimensions?.length === 0)
        return [
          { bucket: hour(0), calls: 12 },
          { bucket: hour(1), calls: 1 },
        ]
      return [
        { bucket: hour(0), model: 'a', calls: 6 },
        { bucket: hour(0), model: '', calls: 2 },
      ]
    }
    const { run, asked } = server(answer)
    const query = { measures: ['calls'], dimensions: ['model'], bucket: 'hour' }
    const stacked = await loadPanel(panel({ kind: 'stacked', limit: 2, query }), scope, run)
    expect(stacked).toMatchObject({
      more: true,
      lines: [
        { value: 'a', values: [6, 0, 0] },
        { value: '', values: [2, 0, 0] },
        { rest: true, values: [4, 1, 0] },
      ],
    })
    expect(asked[1]?.filters?.at(-1)).toEqual({ field: 'model', op: 'in', value: ['a', ''] })
    const lines = await loadPanel(panel({ kind: 'line', limit: 2, query }), scope, server(answer).run)
    expect(lines).toMatchObject({ more: true, lines: [{ value: 'a' }, { value: '' }] })
    const rates = server(answer)
    await loadPanel(panel({ kind: 'line', query: { ...query, measures: ['errorRate'] } }), scope, rates.run)
    expect(rates.asked.map(({ measures }) => measures)).toEqual([['calls'], ['errorRate']])
    const none = server(() => [])
    expect(await loadPanel(panel({ kind: 'line', query }), scope, none.run)).toMatchObject({ lines: [], more: false })
    expect(none.asked).toHaveLength(1)
  })
})

test('a number, the one before it, and its course', async () => {
  const { run, asked } = server(({ bucket, from }) => {
    if (bucket)
      return [
        { bucket: hour(0), costUsd: '0.5', errorRate: 1 },
        { bucket: hour(1), costUsd: '1', errorRate: 0.5 },
      ]
    return from === hour(0) ? [{ errorRate: 0.6 }] : [{ costUsd: null, errorRate: 0.3 }]
  })
  const day = { ...scope, window: { from: FROM, to: FROM + 120 * HOUR } }
  const number = (measure: string) => panel({ kind: 'number', query: { measures: [measure] } })
  const data = await loadPanel(number('costUsd'), day, run)
  expect(data).toMatchObject({ kind: 'number', value: 1.5, before: null })
  expect(asked.map(({ from, to, bucket }) => [from, to, bucket])).toEqual([
    [hour(0), hour(120), 'hour'],
    [hour(-120), hour(0), undefined],
  ])
  // A rate of the whole is not the sum of those of its parts.
  expect(await loadPanel(number('errorRate'), day, run)).toMatchObject({ value: 0.6, before: 0.3 })
})

test('a table says that there is more', async () => {
  const { run, asked } = server(() => ['a', 'b', 'c'].map((model) => ({ model, calls: 1 })))
  const data = await loadPanel(panel({ kind: 'table', limit: 2, query: { measures: ['calls'], dimensions: ['model'] } }), scope, run)
  expect(data).toMatchObject({ kind: 'rows', more: true, rows: [{ model: 'a' }, { model: 'b' }] })
  expect(asked[0]?.limit).toBe(3)
})
