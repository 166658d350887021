import { Split } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { type askedOf, factsOf } from './asked.case.ts'
import { createCanaryStops } from './canary-stops.ts'
import { assign, compileSplits, percentOf } from './splits.ts'

const user = (id: number): Parameters<typeof askedOf> => ['Hi', { headers: { 'x-signalbox-user': `user-${id}` } }]
const weights = (more: object = {}) =>
  Split.parse({
    name: 'tone',
    model: 'support',
    kind: 'weights',
    arms: [
      { name: 'a', model: 'polite', weight: 3 },
      { name: 'b', model: 'short', weight: 1 },
    ],
    ...more,
  })
const canary = (more: object = {}) =>
  Split.parse({
    name: 'new-model',
    model: 'support',
    kind: 'canary',
    to: 'better',
    startsAt: '2026-11-21T10:00:00Z',
    steps: [{ percent: 5, minutes: 60 }, { percent: 25, minutes: 60 }, { percent: 100 }],
    ...more,
  })

function put(split: Split, asked: Parameters<typeof askedOf>, { random = Math.random, isStopped = false } = {}) {
  const compiled = compileSplits({ splits: [split] }).get('support')
  return compiled && assign(compiled, factsOf(...asked), { random, isStopped: () => isStopped })
}

describe('a split by weight', () => {
  test('keeps a user in one arm, and fills arms by weight with their propensity', () => {
    const counts: Record<string, number> = {}
    for (let id = 0; id < 4000; id++) {
      const found = put(weights(), user(id))
      expect(put(weights(), user(id))).toEqual(found)
      counts[found?.variant.arm ?? ''] = (counts[found?.variant.arm ?? ''] ?? 0) + 1
    }
    expect(Math.abs((counts.a ?? 0) / 4000 - 0.75)).toBeLessThan(0.025)
    expect(Object.values(counts).reduce((a, b) => a + b)).toBe(4000)
  })

  test('names the model of the arm and how likely it was', () => {
    const found = put(weights(), user(1))
    const arm = found?.variant.arm
    expect(found).toMatchObject({
      model: arm === 'a' ? 'polite' : 'short',
      variant: { split: 'tone', propensity: arm === 'a' ? 0.75 : 0.25 },
    })
  })

  test('two splits divide users independently', () => {
    let same = 0
    for (let id = 0; id < 2000; id++) {
      const half = {
        arms: [
          { name: 'a', model: 'x', weight: 1 },
          { name: 'b', model: 'y', weight: 1 },
        ],
      }
      if (put(weights({ ...half }), user(id))?.variant.arm === put(weights({ ...half, name: 'other' }), user(id))?.variant.arm) same++
    }
    expect(Math.abs(same / 2000 - 0.5)).toBeLessThan(0.05)
  })

  test.each([
    ['by request', weights({ by: 'request' }), user(1)],
    ['for a call without a user', weights(), ['Hi'] as Parameters<typeof askedOf>],
  ])('draws %s', (_, split, asked) => {
    const arms = new Set(Array.from({ length: 100 }, () => put(split, asked)?.variant.arm))
    expect([...arms].sort()).toEqual(['a', 'b'])
  })

  test('is off when it is not active, and when all weights are 0', () => {
    expect(put(weights({ active: false }), user(1))).toBeUndefined()
    expect(put(weights({ arms: [{ name: 'a', model: 'x', weight: 0 }] }), user(1))).toBeUndefined()
  })
})

describe('a canary', () => {
  test.each([
    ['before it begins', '2026-11-21T09:59:59Z', undefined],
    ['in its first step', '2026-11-21T10:00:00Z', 5],
    ['in its second step', '2026-11-21T11:00:00Z', 25],
    ['in its last step', '2026-11-21T12:00:00Z', 100],
    ['long after', '2027-11-21T12:00:00Z', 100],
  ])('%s', (_, at, percent) => {
    const split = canary()
    if (split.kind !== 'canary') throw new Error('a canary')
    expect(percentOf(split, Date.parse(at))).toBe(percent)
  })

  test('moves users over and never back, and says how likely it was', () => {
    const at = (percent: number, id: number) => put(canary({ steps: [{ percent }] }), user(id))?.variant
    let moved = 0
    for (let id = 0; id < 2000; id++) {
      const [early, late] = [at(10, id), at(40, id)]
      if (early?.arm === 'canary') expect(late?.arm).toBe('canary')
      if (late?.arm === 'canary') moved++
      expect(late?.propensity).toBeCloseTo(late?.arm === 'canary' ? 0.4 : 0.6, 9)
    }
    expect(Math.abs(moved / 2000 - 0.4)).toBeLessThan(0.04)
  })

  test('goes to the new model in its new arm and stays at the alias in the old one', () => {
    expect(put(canary({ steps: [{ percent: 100 }] }), user(1))).toMatchObject({
      model: 'better',
      variant: { arm: 'canary', propensity: 1 },
    })
    expect(put(canary({ steps: [{ percent: 0 }] }), user(1))).toMatchObject({ model: 'support', variant: { arm: 'stable', propensity: 1 } })
  })

  test('that was stopped sends everybody back, and says so', () => {
    const found = put(canary({ steps: [{ percent: 100 }] }), user(1), { isStopped: true })
    expect(found).toMatchObject({ model: 'support', variant: { arm: 'stable', propensity: 1 }, reason: expect.stringContaining('stopped') })
  })
})

describe('errors of a canary', () => {
  const split = canary({ stopAtErrorRate: 0.2 })
  const variant = { split: 'new-model', arm: 'canary', propensity: 1 }
  const failed = (failure?: 'aborted' | { class: 'server' | 'bad-request' }) => ({
    firstTokenMs: null,
    ms: 1,
    outputTokens: 0,
    ...(failure && { failure }),
  })
  const run = (results: readonly ReturnType<typeof failed>[], arm = 'canary') => {
    const stops = createCanaryStops()
    for (const result of results) stops.count({ projectId: 'p', split, variant: { ...variant, arm } }, result)
    return stops
  }
  const many = (count: number, ...kind: Parameters<typeof failed>) => Array.from({ length: count }, () => failed(...kind))

  test.each([
    ['leave it alone up to the part', [...many(16), ...many(4, { class: 'server' })], false],
    ['stop it when they are more than the part', [...many(15), ...many(6, { class: 'server' })], true],
    ['say nothing before 20 calls', many(19, { class: 'server' }), false],
    ['do not count when the client was wrong or hung up', [...many(30, { class: 'bad-request' }), ...many(30, 'aborted')], false],
  ] as const)('%s', (_, results, stopped) => expect(run(results).isStopped('p', split)).toBe(stopped))

  test('are those of the new arm of this project, until the configuration changes', () => {
    const results = many(30, { class: 'server' })
    expect(run(results, 'stable').isStopped('p', split)).toBe(false)
    const stops = run(results)
    expect([stops.isStopped('p', split), stops.isStopped('other', canary({ stopAtErrorRate: 0.2 }))]).toEqual([true, false])
    expect(stops.isStopped('p', canary({ stopAtErrorRate: 0.2 }))).toBe(true)
    expect(stops.isStopped('p', canary({ stopAtErrorRate: 0.3 }))).toBe(false)
  })
})
