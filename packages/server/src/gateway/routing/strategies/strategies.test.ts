import { ModelEntry, type Target } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { type askedOf, factsOf, projectWith } from '../asked.case.ts'
import { compileRoutes } from '../compile-routes.ts'
import type { RouteTarget } from '../route-target.ts'
import { orderBy } from './order-by.ts'
import type { StrategyRooms, TargetStats } from './strategy.ts'

type Given = {
  entry?: Partial<ModelEntry>
  stats?: Record<string, Partial<TargetStats>>
  prices?: Record<string, number | null>
  random?: () => number
}

/** The order of targets by the name of their provider. */
function order(targets: readonly (Partial<Target> & { provider: string })[], asked: Parameters<typeof askedOf>, given: Given = {}) {
  const entry = ModelEntry.parse({ ...given.entry, targets: targets.map((target) => ({ model: 'm', ...target })) })
  const compiled = compileRoutes(projectWith({ support: entry }))('support')
  const rooms: StrategyRooms = {
    random: given.random ?? Math.random,
    statsOf: ({ target }: RouteTarget) => ({ inFlight: 0, calls: 0, ...given.stats?.[target.provider] }),
    costOf: ({ target }: RouteTarget) => given.prices?.[target.provider] ?? null,
  }
  const { placed, reason } = orderBy[entry.strategy](compiled.targets, { facts: factsOf(...asked), entry, rooms })
  return { names: placed.map(({ target }) => target.target.provider), whys: placed.map(({ why }) => why), reason }
}

/** How often each target comes first. */
function firsts(count: number, run: (index: number) => { names: string[] }): Record<string, number> {
  const found: Record<string, number> = {}
  for (let i = 0; i < count; i++) {
    const [first = ''] = run(i).names
    found[first] = (found[first] ?? 0) + 1
  }
  return found
}

/** Numbers that are as good as random, and the same in each run. */
function seeded(seed = 1): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
const abc = [{ provider: 'a' }, { provider: 'b' }, { provider: 'c' }]
const user = (id: string | number): Parameters<typeof askedOf> => ['Hi', { headers: { 'x-signalbox-user': `user-${id}` } }]

test('fallback keeps the order of the configuration', () => {
  expect(order(abc, ['Hi']).names).toEqual(['a', 'b', 'c'])
})

describe('weighted', () => {
  const targets = [
    { provider: 'a', weight: 1 },
    { provider: 'b', weight: 7 },
    { provider: 'c', weight: 2 },
  ]
  const entry = { strategy: 'weighted' as const }

  test('draws as often as the weights say', () => {
    const random = seeded()
    const found = firsts(10_000, () => order(targets, ['Hi'], { entry, random }))
    for (const [name, share] of [
      ['a', 0.1],
      ['b', 0.7],
      ['c', 0.2],
    ] as const)
      expect(Math.abs((found[name] ?? 0) / 10_000 - share)).toBeLessThan(0.02)
  })

  test('puts the others behind, the heaviest first', () => {
    expect(order(targets, ['Hi'], { entry, random: () => 0 }).names).toEqual(['a', 'b', 'c'])
    expect(order(targets, ['Hi'], { entry, random: () => 0.99 }).names).toEqual(['c', 'b', 'a'])
  })

  test('never draws a weight of 0, unless all have none', () => {
    const spare = [{ provider: 'a', weight: 0 }, { provider: 'b' }]
    const random = seeded()
    expect(firsts(200, () => order(spare, ['Hi'], { entry, random }))).toEqual({ b: 200 })
    expect(
      order(
        abc.map((target) => ({ ...target, weight: 0 })),
        ['Hi'],
        { entry },
      ).names,
    ).toEqual(['a', 'b', 'c'])
  })
})

describe('latency', () => {
  const known = (totalMs: number, more: Partial<TargetStats> = {}) => ({ calls: 5, totalMs, ...more })
  const entry = { strategy: 'latency' as const }

  test('takes the fastest, and says by what', () => {
    const found = order(abc, ['Hi'], { entry, stats: { a: known(900), b: known(300), c: known(600) } })
    expect(found).toEqual({
      names: ['b', 'c', 'a'],
      whys: ['300 ms in all', '600 ms in all', '900 ms in all'],
      reason: 'least time in all',
    })
  })

  test.each([
    ['first-token', 'a'],
    ['tokens-per-second', 'b'],
    ['total', 'c'],
  ] as const)('can go by %s', (by, first) => {
    const stats = {
      a: known(900, { firstTokenMs: 100, tokensPerSecond: 20 }),
      b: known(800, { firstTokenMs: 300, tokensPerSecond: 90 }),
      c: known(300, { firstTokenMs: 200, tokensPerSecond: 50 }),
    }
    expect(order(abc, ['Hi'], { entry: { ...entry, latency: { by } }, stats }).names[0]).toBe(first)
  })

  test('lets those that are about as fast share the calls', () => {
    const random = seeded()
    const stats = { a: known(300), b: known(310), c: known(900) }
    const found = firsts(1000, () => order(abc, ['Hi'], { entry, stats, random }))
    expect(found.a).toBeGreaterThan(400)
    expect(found.b).toBeGreaterThan(400)
    expect(found.c).toBeUndefined()
  })

  test('tries one that nothing is known of in one of ten calls, and always when nothing is known of any', () => {
    const random = seeded()
    const found = firsts(10_000, () => order(abc, ['Hi'], { entry, stats: { a: known(300), b: known(900) }, random }))
    expect(found.c).toBeGreaterThan(900)
    expect(found.c).toBeLessThan(1100)
    expect(Object.keys(firsts(200, () => order(abc, ['Hi'], { entry, random }))).sort()).toEqual(['a', 'b', 'c'])
  })

  test('one that fails half of the time is not fast', () => {
    expect(order(abc, ['Hi'], { entry, stats: { a: known(10, { errorRate: 0.6 }), b: known(900), c: known(600) } }).names).toEqual([
      'c',
      'b',
      'a',
    ])
    expect(order(abc, ['Hi'], { entry, stats: { a: { calls: 4, errorRate: 1 }, b: known(9), c: known(6000) } }).names).toEqual([
      'b',
      'c',
      'a',
    ])
  })
})

test('least-busy takes who has the fewest calls in flight, and spreads where they are equal', () => {
  const entry = { strategy: 'least-busy' as const }
  expect(order(abc, ['Hi'], { entry, stats: { a: { inFlight: 3 }, b: { inFlight: 1 }, c: { inFlight: 2 } } }).names).toEqual([
    'b',
    'c',
    'a',
  ])
  const random = seeded()
  expect(Object.keys(firsts(100, () => order(abc, ['Hi'], { entry, random }))).sort()).toEqual(['a', 'b', 'c'])
})

describe('cost', () => {
  const entry = { strategy: 'cost' as const }
  const prices = { a: 300_000, b: 100_000, c: null }

  test('takes the cheapest; a price that is not known comes last', () => {
    const { names, whys } = order(abc, ['Hi'], { entry, prices })
    expect(names).toEqual(['b', 'a', 'c'])
    expect(whys).toEqual(['about $0.0001', 'about $0.0003', 'its price is not known'])
  })

  test.each([
    ['maxFirstTokenMs', { maxFirstTokenMs: 500 }, { firstTokenMs: 900 }],
    ['minTokensPerSecond', { minTokensPerSecond: 50 }, { tokensPerSecond: 20 }],
    ['maxErrorRate', { maxErrorRate: 0.1 }, { errorRate: 0.2 }],
  ])('puts one that misses %s behind those that meet it', (_, cost, slow) => {
    const stats = { b: { calls: 5, ...slow } }
    const { names, whys } = order(abc, ['Hi'], { entry: { ...entry, cost }, prices, stats })
    expect(names).toEqual(['a', 'c', 'b'])
    expect(whys[2]).toContain(', but ')
    // Nothing known: it gets its chance.
    expect(order(abc, ['Hi'], { entry: { ...entry, cost }, prices }).names[0]).toBe('b')
  })
})

describe('sticky', () => {
  const entry = { strategy: 'sticky' as const }

  test('a user stays, users spread by weight, and the next one is always the same too', () => {
    const targets = [{ provider: 'a', weight: 3 }, { provider: 'b' }]
    for (const id of [1, 2, 3]) expect(order(targets, user(id), { entry })).toEqual(order(targets, user(id), { entry }))
    const found = firsts(4000, (id) => order(targets, user(id), { entry }))
    expect(Math.abs((found.a ?? 0) / 4000 - 0.75)).toBeLessThan(0.03)
  })

  test('a target that is taken away moves only its own users', () => {
    let moved = 0
    for (let id = 0; id < 1000; id++) {
      const [before] = order(abc, user(id), { entry }).names
      const [after] = order(abc.slice(0, 2), user(id), { entry }).names
      if (before !== after) moved += before === 'c' ? 0 : 1
    }
    expect(moved).toBe(0)
  })

  test.each([
    ['session', { 'x-signalbox-session': 's' }],
    ['metadata.tenant', { 'x-signalbox-metadata': '{"tenant":"t"}' }],
    ['key', {}],
  ])('can go by %s', (stickyBy, headers) => {
    const found = firsts(50, () => order(abc, ['Hi', { headers }], { entry: { ...entry, stickyBy } }))
    expect(Object.values(found)).toEqual([50])
  })

  test('a call without a subject is drawn, and that is said', () => {
    const random = seeded()
    expect(Object.keys(firsts(100, () => order(abc, ['Hi'], { entry, random })))).toHaveLength(3)
    expect(order(abc, ['Hi'], { entry }).reason).toBe('drawn by weight: the call has no user')
  })
})

test('affinity keeps a conversation at one target and spreads conversations', () => {
  const entry = { strategy: 'affinity' as const }
  const turn = (first: number, ...more: string[]) =>
    order(abc, [{ messages: [`Question ${first}`, ...more].map((content) => ({ role: 'user', content })) }], { entry })
  for (let id = 0; id < 20; id++) expect(turn(id, 'And then?', 'Why?').names).toEqual(turn(id).names)
  const found = firsts(3000, (id) => turn(id))
  for (const { provider } of abc) expect(Math.abs((found[provider] ?? 0) / 3000 - 1 / 3)).toBeLessThan(0.04)
})

describe('complexity', () => {
  const tiers = [{ provider: 'strong', tier: 'hard' as const }, { provider: 'any' }, { provider: 'cheap', tier: 'easy' as const }]
  const entry = { strategy: 'complexity' as const }

  test('what is easy goes to the cheap model, what is hard to the strong one', () => {
    expect(order(tiers, ['What is our leave policy?'], { entry }).names).toEqual(['cheap', 'any', 'strong'])
    expect(order(tiers, ['Draft a legal clause for this MOU'], { entry }).names).toEqual(['strong', 'any', 'cheap'])
  })

  test('says why, and takes another threshold', () => {
    expect(order(tiers, ['Draft a legal clause for this MOU'], { entry }).reason).toMatch(
      /^hard: it scores 0\.\d+, at least 0\.35: writing .*draft.*legal, clause/,
    )
    expect(order(tiers, ['Draft a legal clause for this MOU'], { entry: { ...entry, complexity: { threshold: 0.9 } } }).names[0]).toBe(
      'cheap',
    )
  })
})
