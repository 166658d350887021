import { describe, expect, it } from 'vitest'
import { measuresOf, seriesOf } from './version-series.ts'

const HOUR = 3_600_000
const starts = [0, HOUR, 2 * HOUR]
const at = (start: number) => new Date(start).toISOString()
const rows = [
  { bucket: at(0), promptVersion: '1', calls: 5, errorRate: 0.2 },
  { bucket: at(HOUR), promptVersion: '1', calls: 4, errorRate: 0 },
  { bucket: at(HOUR), promptVersion: '2', calls: 3, errorRate: null },
  { bucket: at(HOUR), promptVersion: '', calls: 9, errorRate: 1 },
]

describe('lines by version', () => {
  it('have 0 where nothing was called for a sum, and nothing for a share', () => {
    const calls = seriesOf(rows, { starts, measure: 'calls', unit: 'count' })
    expect(calls.series.map(({ label, values }) => [label, values])).toEqual([
      ['v2', [0, 3, 0]],
      ['v1', [5, 4, 0]],
    ])
    const errors = seriesOf(rows, { starts, measure: 'errorRate', unit: 'percent' })
    expect(errors.series.map(({ label, values }) => [label, values])).toEqual([['v1', [0.2, 0, null]]])
  })

  it('are the newest eight, and how many are left is said', () => {
    const many = Array.from({ length: 11 }, (_, index) => ({ bucket: at(0), promptVersion: String(index + 1), calls: 1 }))
    const { series, left } = seriesOf(many, { starts, measure: 'calls', unit: 'count' })
    expect([series.map(({ label }) => label).slice(0, 2), series.length, left]).toEqual([['v11', 'v10'], 8, 3])
    expect(new Set(series.map(({ colour, dash }) => `${colour} ${dash}`)).size).toBe(8)
  })

  it('can be of each score', () => {
    expect(measuresOf(['tone']).at(-1)).toEqual({ id: 'score.tone', label: 'tone', measure: 'scoreAvg.tone', unit: 'score' })
  })
})
