import { expect, test } from 'vitest'
import { partAt } from '../../ui/chart/time-chart.tsx'
import { outcomesOf } from './outcomes.ts'

const from = Date.parse('2026-11-20T10:00:00Z')
const window = { from, to: from + 3 * 60_000 }
const row = (minute: number, outcome: string, durationBucket: number, calls: number) => ({
  bucket: new Date(from + minute * 60_000).toISOString(),
  outcome,
  durationBucket,
  calls,
})

test('calls by outcome are a stack, by duration the cells of a heat map, and both count all of them', () => {
  const { starts, series, durations, counts } = outcomesOf(
    [row(0, 'ok', 100, 3), row(0, 'ok', 500, 2), row(0, 'error', 100, 1), row(2, 'odd', 2000, 4)],
    window,
  )
  expect(starts).toHaveLength(3)
  expect(series.map(({ label, values }) => [label, values])).toEqual([
    ['ok', [5, 0, 0]],
    ['error', [1, 0, 0]],
    ['odd', [0, 0, 4]],
  ])
  expect(durations).toEqual([100, 200, 500, 1000, 2000])
  expect(counts).toEqual([
    [4, 0, 0],
    [0, 0, 0],
    [2, 0, 0],
    [0, 0, 0],
    [0, 0, 4],
  ])
})

test('without a call there is one row, of nothing', () => {
  const { series, durations, counts } = outcomesOf([], window)
  expect([series.map(({ label }) => label), durations, counts]).toEqual([['ok'], [0], [[0, 0, 0]]])
})

test('a press on a stack is of the part that lies there', () => {
  const series = [
    { label: 'ok', colour: '', values: [5] },
    { label: 'error', colour: '', values: [2] },
  ]
  expect([partAt(series, 0, 4), partAt(series, 0, 6), partAt(series, 0, 8)]).toEqual(['ok', 'error', undefined])
})
