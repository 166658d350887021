import { describe, expect, it } from 'vitest'
import { exactUsd, formatUsd } from './format-money.ts'
import { formatBytes, formatCompact, formatCount, formatPart, formatShare, plural } from './format-number.ts'
import { exactTime, formatAgo, formatDuration, parseMicros } from './format-time.ts'

describe('money', () => {
  it.each([
    ['0.00012345', '$0.000123'],
    ['0.000000001', '$0.000000001'],
    ['12.345', '$12.3'],
    ['1234.5', '$1,230'],
    ['0', '$0'],
    ['0.1', '$0.1'],
    [null, '–'],
    [undefined, '–'],
    ['abc', '–'],
    ['-0.5', '−$0.5'],
  ])('shows %s as %s', (usd, text) => expect(formatUsd(usd)).toBe(text))
  it('keeps every digit for the tooltip', () => {
    expect(exactUsd('0.000123456')).toBe('$0.000123456')
    expect(exactUsd(0.0015)).toBe('$0.0015')
    expect(exactUsd(null)).toMatch(/unknown/i)
  })
  it('leaves the sign to the header of a column', () => expect(formatUsd('1.5', { bare: true })).toBe('1.5'))
})

describe('numbers', () => {
  it.each([
    [0, '0'],
    [9_999, '9,999'],
    [12_345, '12.3K'],
    [1_234_567, '1.23M'],
    [null, '–'],
  ])('shows the headline figure %s as %s', (value, text) => expect(formatCompact(value)).toBe(text))
  it.each([
    [0, '0%'],
    [0.0123, '1.2%'],
    [0.5, '50.0%'],
    [0.00012, '0.012%'],
    [1, '100.0%'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('shows the share %s as %s', (value, text) => expect(formatShare(value)).toBe(text))
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KB'],
    [5 * 1024 ** 3, '5.0 GB'],
  ])('shows %s bytes as %s', (value, text) => expect(formatBytes(value)).toBe(text))
  it.each([
    [0.8, '80%'],
    [0.125, '12.5%'],
    [1 / 3, '33.33%'],
    [1, '100%'],
  ])('shows the part %s that was chosen as %s', (part, text) => expect(formatPart(part)).toBe(text))
  it('counts', () => {
    expect(formatCount(1234567)).toBe('1,234,567')
    expect(plural(1, 'span')).toBe('1 span')
    expect(plural(2000, 'span')).toBe('2,000 spans')
  })
})

describe('time', () => {
  const now = Date.parse('2026-11-20T12:00:00Z')
  it.each([
    ['2026-11-20T11:59:59.500Z', 'now'],
    ['2026-11-20T11:59:48Z', '12s ago'],
    ['2026-11-20T11:57:00Z', '3m ago'],
    ['2026-11-20T09:59:00Z', '2h ago'],
    ['2026-11-15T12:00:00Z', '5d ago'],
    ['2026-01-02T12:00:00Z', '2026-01-02'],
    ['2026-11-20T12:05:00Z', 'in 5m'],
  ])('says of %s: %s', (iso, text) => expect(formatAgo(iso, now)).toBe(text))
  it.each([
    [0, '0 ms'],
    [0.42, '0.4 ms'],
    [999, '999 ms'],
    [999.6, '1.00 s'],
    [1234, '1.23 s'],
    [12_345, '12.3 s'],
    [59_999, '1m 00s'],
    [123_000, '2m 03s'],
    [3_840_000, '1h 04m'],
    [90_000_000, '1d 01h'],
    [null, '–'],
  ])('shows %s ms as %s', (milliseconds, text) => expect(formatDuration(milliseconds)).toBe(text))
  it('keeps microseconds', () => {
    expect(parseMicros('1970-01-01T00:00:01.000123Z')).toBe(1_000_123)
    expect(parseMicros('1970-01-01T00:00:01Z')).toBe(1_000_000)
    expect(parseMicros('1970-01-01T00:00:01.5Z')).toBe(1_500_000)
  })
  it('names the exact time in UTC', () => expect(exactTime('2026-11-20T12:00:00.123Z')).toContain('2026-11-20T12:00:00.123Z'))
})
