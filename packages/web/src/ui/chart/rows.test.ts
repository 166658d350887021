import { describe, expect, it } from 'vitest'
import { changeOf, numberOf, toColumns, toColumnsBy } from './rows.ts'

const from = Date.parse('2026-11-20T10:00:00Z')
const window = { from, to: from + 3 * 60_000 }
const at = (minute: number) => new Date(from + minute * 60_000).toISOString()

describe('rows of a query as columns of a chart', () => {
  it('shows a minute without rows as no calls and an unknown latency', () => {
    const { starts, columns } = toColumns(
      [
        { bucket: at(0), calls: 3, durationP50: 10 },
        { bucket: at(2), calls: 1, durationP50: 20 },
      ],
      window,
      ['calls', 'durationP50'],
    )
    expect(starts).toHaveLength(3)
    expect(columns.calls).toEqual([3, 0, 1])
    expect(columns.durationP50).toEqual([10, null, 20])
  })
  it('gives each status a column of its own', () => {
    const rows = [
      { bucket: at(0), status: 'ok', calls: 3 },
      { bucket: at(0), status: 'error', calls: 1 },
      { bucket: at(1), status: 'ok', calls: 2 },
      { bucket: at(99), status: 'ok', calls: 2 },
    ]
    expect(toColumnsBy(rows, window, { dimension: 'status', measure: 'calls' }).columns).toEqual({ ok: [3, 2, 0], error: [1, 0, 0] })
  })
})

describe('numbers of a row', () => {
  it('reads decimal strings and keeps the unknown unknown', () => {
    expect(numberOf({ costUsd: '0.0125' }, 'costUsd')).toBe(0.0125)
    expect(numberOf({ costUsd: null }, 'costUsd')).toBeNull()
    expect(numberOf(undefined, 'calls')).toBeNull()
  })
  it('compares with the period before only where there is one', () => {
    expect(changeOf(15, 10)).toBe(0.5)
    expect(changeOf(15, 0)).toBeNull()
    expect(changeOf(null, 10)).toBeNull()
  })
})
