import { describe, expect, it } from 'vitest'
import { byVersion } from './use-usage.ts'

const HOUR = 3_600_000
const measures = { calls: 3, errors: 1, errorRate: 1 / 3, costUsd: '0.1', p50Ms: 1, p95Ms: 2, inputTokens: 1, outputTokens: 1 }
const at = (hour: number) => new Date(hour * HOUR).toISOString()

describe('usage by version', () => {
  it('has every step of the range, and nothing for calls of no version', () => {
    const about = { ...measures, firstAt: at(0), lastAt: at(2), scores: [] }
    const uses = byVersion(
      {
        versions: [
          { version: 2, ...about },
          { version: null, ...about },
        ],
        buckets: [
          { version: 2, at: at(1), ...measures },
          { version: 2, at: at(9), ...measures },
          { version: null, at: at(0), ...measures },
        ],
      },
      { first: 0, last: 3 * HOUR, step: HOUR },
    )
    expect([...uses.keys()]).toEqual([2])
    expect(uses.get(2)).toMatchObject({ calls: 3, trend: [0, 3, 0] })
  })
})
