import type { Span } from '@signalbox/schema'
import { describe, expect, it } from 'vitest'
import { endOf, mergeCalls } from './merge-calls.ts'

const call = (spanId: string, startedAt: string, durationMs: number, status = 'ok') =>
  ({ traceId: 't', spanId, startedAt, durationMs, status }) as Span

describe('calls as they end', () => {
  const slow = call('slow', '2026-11-20T12:00:00Z', 30_000)
  const quick = call('quick', '2026-11-20T12:00:10Z', 1_000)
  it('stand in the order in which they ended, not in which they began', () =>
    expect(mergeCalls([quick], [slow]).map(({ spanId }) => spanId)).toEqual(['slow', 'quick']))
  it('are there once, as they were read last', () => {
    const merged = mergeCalls([quick, slow], [call('quick', '2026-11-20T12:00:10Z', 1_000, 'error')])
    expect(merged.map(({ spanId, status }) => [spanId, status])).toEqual([
      ['slow', 'ok'],
      ['quick', 'error'],
    ])
  })
  it('are cut where there are too many', () => {
    const many = Array.from({ length: 5_010 }, (_, at) => call(`${at}`, '2026-11-20T12:00:00Z', at))
    const merged = mergeCalls([], many)
    expect(merged).toHaveLength(5_000)
    expect(endOf(merged[0] ?? slow)).toBe(Date.parse('2026-11-20T12:00:00Z') + 5_009)
  })
})
