import { describe, expect, it } from 'vitest'
import { bucketFor, bucketStarts, parseTimeRange, resolveTimeRange, type TimeRange, writeTimeRange } from './time-range.ts'

const now = Date.parse('2026-11-20T12:00:00Z')

describe('the time range of the address', () => {
  it.each([
    [{}, { kind: 'relative', range: '24h' }],
    [{ range: '7d' }, { kind: 'relative', range: '7d' }],
    [{ range: 'for ever' }, { kind: 'relative', range: '24h' }],
    [
      { from: '2026-11-20T10:00:00Z', to: '2026-11-20T09:00:00Z' },
      { kind: 'relative', range: '24h' },
    ],
    [
      { from: 'yesterday', to: 'today', range: '1h' },
      { kind: 'relative', range: '1h' },
    ],
    [
      { from: '2026-11-20T10:00:00Z', to: '2026-11-20T11:00:00Z', range: '1h' },
      { kind: 'absolute', from: now - 2 * 3_600_000, to: now - 3_600_000 },
    ],
  ])('reads %o', (search, expected) => expect(parseTimeRange(search)).toEqual(expected))

  it.each<TimeRange>([
    { kind: 'relative', range: '24h' },
    { kind: 'relative', range: '15m' },
    { kind: 'absolute', from: now - 1000, to: now },
  ])('writes what it reads: %o', (range) => expect(parseTimeRange(writeTimeRange(range))).toEqual(range))

  it('moves a relative range with the clock', () => {
    expect(resolveTimeRange({ kind: 'relative', range: '1h' }, now)).toEqual({ from: now - 3_600_000, to: now })
  })
})

describe('time buckets', () => {
  it.each([
    ['15m', 'minute'],
    ['1h', 'minute'],
    ['6h', '5m'],
    ['24h', '15m'],
    ['7d', 'hour'],
    ['30d', '6h'],
    ['90d', 'day'],
  ] as const)('cuts %s into pieces of one %s', (range, bucket) => {
    const window = resolveTimeRange({ kind: 'relative', range }, now)
    expect(bucketFor(window).bucket).toBe(bucket)
    const starts = bucketStarts(window)
    expect(starts.length).toBeGreaterThanOrEqual(15)
    expect(starts.length).toBeLessThanOrEqual(201)
    expect(starts[0]).toBeLessThanOrEqual(window.from)
  })
  it('starts weeks on Monday', () => {
    const [first = 0] = bucketStarts({ from: now - 3 * 365 * 86_400_000, to: now })
    expect(new Date(first).getUTCDay()).toBe(1)
  })
})
