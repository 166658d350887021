import { ModelEntry, Split } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { askedOf, projectWith, provider } from './asked.case.ts'
import { createRouter } from './create-router.ts'
import { createTargetHealth } from './target-health.ts'

const entry = (given: object): ModelEntry => ModelEntry.parse(given)
const ab = [
  { provider: 'a', model: 'm' },
  { provider: 'b', model: 'm' },
]
const names = ({ candidates }: ReturnType<ReturnType<typeof createRouter>['choose']>) => candidates.map((one) => one.provider.name)

test('a plain target has nothing to tell; two have', () => {
  const router = createRouter()
  const plain = projectWith({ support: entry({ targets: ab.slice(0, 1) }) })
  expect(router.choose(askedOf('Hi', { project: plain }))).toEqual({
    candidates: [{ provider: plain.providers.a, model: 'm' }],
    canMoveOn: true,
    entry: plain.models.support,
  })
  expect(router.choose(askedOf('Hi', { project: projectWith({ support: entry({ targets: ab }) }) })).decision).toEqual({
    alias: 'support',
    strategy: 'fallback',
    reason: 'the first target that can be used',
    steps: [
      { provider: 'a', model: 'm', place: 'chosen', reason: 'the first in order' },
      { provider: 'b', model: 'm', place: 'next', reason: 'next in order' },
    ],
  })
})

test('provider/model, and names as their vendor knows them, are not touched by any of this', () => {
  const project = projectWith({}, { providers: [provider('openai'), provider('anthropic'), provider('broken', { problem: 'no key' })] })
  const choose = (model: string) => createRouter().choose(askedOf({ model }, { project }))
  const target = (name: string, model: string) => ({ candidates: [{ provider: project.providers[name], model }], canMoveOn: false })
  expect(choose('openai/gpt-4o')).toEqual(target('openai', 'gpt-4o'))
  expect(choose('gpt-4o')).toEqual(target('openai', 'gpt-4o'))
  expect(choose('claude-3')).toEqual(target('anthropic', 'claude-3'))
  expect(() => choose('nobody/x')).toThrow(/does not exist/)
  expect(() => choose('broken/x')).toThrow(/cannot be used: no key/)
})

test('a provider that cannot be used is skipped with its problem, and all of them together are an error', () => {
  const project = projectWith({ support: entry({ targets: ab }) })
  const broken = { ...project, providers: { ...project.providers, a: provider('a', { problem: 'no key' }) } }
  const choice = createRouter().choose(askedOf('Hi', { project: broken }))
  expect(names(choice)).toEqual(['b'])
  expect(choice.decision?.steps).toContainEqual({ provider: 'a', model: 'm', place: 'skipped', reason: 'no key' })
  expect(() => createRouter().choose(askedOf('Hi', { project: { ...broken, providers: {} } }))).toThrow(
    'No target of support can be used (a: no such provider; b: no such provider).',
  )
})

test('the first rule that holds decides, with any strategy', () => {
  const rules = [
    { name: 'gold', if: [{ field: 'metadata.tier', op: 'eq', value: 'gold' }], targets: [{ provider: 'c', model: 'm' }, ...ab] },
    { if: [{ field: 'metadata.tier', op: 'exists' }], targets: ab.slice(1) },
  ]
  for (const strategy of ['rules', 'fallback'] as const) {
    const project = projectWith({ support: entry({ strategy, targets: ab, rules }) })
    const choose = (metadata: object) =>
      createRouter().choose(askedOf('Hi', { project, headers: { 'x-signalbox-metadata': JSON.stringify(metadata) } }))
    expect(names(choose({ tier: 'gold' }))).toEqual(['c', 'a', 'b'])
    expect(choose({ tier: 'gold' }).decision).toMatchObject({ strategy: 'rules', reason: 'rule gold holds' })
    expect(choose({ tier: 'silver' }).decision).toMatchObject({ reason: 'rule 2 holds', steps: [{ provider: 'b', place: 'chosen' }] })
    expect(names(choose({}))).toEqual(['a', 'b'])
  }
})

test('budgetLeft is what admission says of the caller', () => {
  const rules = [{ if: [{ field: 'budgetLeft', op: 'lt', value: 0.2 }], targets: ab.slice(1) }]
  const project = projectWith({ support: entry({ strategy: 'rules', targets: ab, rules }) })
  const left = (part: number) => createRouter({ admission: { left: () => part } }).choose(askedOf('Hi', { project }))
  expect([names(left(0.5)), names(left(0.1))]).toEqual([['a', 'b'], ['b']])
})

test('a target whose breaker opened is left alone, and waited for when nothing else is left', () => {
  let now = 0
  const health = createTargetHealth({ now: () => now })
  const router = createRouter({ health })
  const project = projectWith({ support: entry({ targets: ab, breaker: { failures: 2, cooldownSeconds: 10 } }) })
  const choose = () => router.choose(askedOf('Hi', { project }))
  const fail = (name: string) => {
    const choice = choose()
    const candidate = { provider: project.providers[name] ?? provider(name), model: 'm' }
    for (let i = 0; i < 2; i++)
      router.began(project, candidate, choice)({ firstTokenMs: null, ms: 5, outputTokens: 0, failure: { class: 'server' } })
  }
  fail('a')
  expect(names(choose())).toEqual(['b', 'a'])
  expect(choose().isResting).toBeUndefined()
  expect(choose().decision?.steps[1]).toMatchObject({
    provider: 'a',
    place: 'skipped',
    reason: expect.stringContaining('left alone for 10 s'),
  })
  now = 4000
  fail('b')
  expect(names(choose())).toEqual(['a', 'b'])
  expect(choose()).toMatchObject({ isResting: true, decision: { reason: expect.stringContaining('all are left alone') } })
  const soonest = () => router.soonest(project, choose(), choose().candidates)
  expect(soonest()).toMatchObject({ candidate: { provider: { name: 'a' } }, verdict: { ok: false, forMs: 6000 } })
  now = 11_000
  expect(names(choose())).toEqual(['a', 'b'])
  expect(choose().isResting).toBeUndefined()
  expect(soonest()).toMatchObject({ candidate: { provider: { name: 'a' } }, verdict: { ok: true } })
  // One call tries it, and may end any time.
  const [candidate] = choose().candidates
  router.began(project, candidate, choose())
  expect(soonest()).toMatchObject({ candidate: { provider: { name: 'a' } }, verdict: { ok: false, isProbed: true } })
})

const split = (model: string) =>
  Split.parse({ name: 'tone', model: 'support', kind: 'weights', by: 'request', arms: [{ name: 'b', model, weight: 1 }] })

test('a split sends the call to the model of its arm, with the variant', () => {
  const models = { support: entry({ targets: ab.slice(0, 1) }), other: entry({ targets: [...ab].reverse() }) }
  const choice = createRouter().choose(askedOf('Hi', { project: projectWith(models, { splits: [split('other')] }) }))
  expect(names(choice)).toEqual(['b', 'a'])
  expect(choice).toMatchObject({
    variant: { split: 'tone', arm: 'b', propensity: 1 },
    decision: { alias: 'other', reason: 'split tone: b of 100 % (drawn); the first target that can be used' },
  })
})

test('splits do not lead on to other splits', () => {
  const models = { support: entry({ targets: ab.slice(0, 1) }), other: entry({ targets: ab.slice(1) }) }
  const second = Split.parse({ name: 'next', model: 'other', kind: 'weights', arms: [{ name: 'c', model: 'support', weight: 1 }] })
  const choice = createRouter().choose(askedOf('Hi', { project: projectWith(models, { splits: [split('other'), second] }) }))
  expect([names(choice), choice.variant?.split]).toEqual([['b'], 'tone'])
})

test('provider/model in an arm keeps retries and deadlines of the alias, and nothing of its cache', () => {
  const support = entry({ targets: ab.slice(0, 1), retries: { attempts: 3 }, timeouts: { totalMs: 9 }, cache: {} })
  const project = projectWith({ support }, { splits: [split('b/special')], providers: [provider('b')] })
  const choice = createRouter().choose(askedOf('Hi', { project }))
  expect(choice.candidates).toMatchObject([{ provider: { name: 'b' }, model: 'special' }])
  expect(choice.entry).toMatchObject({ retries: { attempts: 3 }, timeouts: { totalMs: 9 } })
  expect(choice.entry?.cache).toBeUndefined()
})

test('an arm that cannot be called leaves its calls at the alias, outside of the split', () => {
  const project = projectWith({ support: entry({ targets: ab.slice(0, 1) }) }, { splits: [split('gone/x')] })
  const choice = createRouter().choose(askedOf('Hi', { project }))
  expect([names(choice), choice.variant]).toEqual([['a'], undefined])
  expect(choice.decision?.reason).toMatch(/split tone.*which cannot be called.*gone\/x/)
})

test('a canary whose calls fail too often is stopped by what began through the router', () => {
  const canary = Split.parse({
    name: 'new',
    model: 'support',
    kind: 'canary',
    to: 'b/m',
    by: 'request',
    startsAt: '2026-01-01T00:00:00Z',
    steps: [{ percent: 100 }],
    stopAtErrorRate: 0.5,
  })
  const project = projectWith(
    { support: entry({ targets: ab.slice(0, 1), breaker: false }) },
    { splits: [canary], providers: [provider('b')] },
  )
  const router = createRouter()
  for (let i = 0; i < 20; i++) {
    const choice = router.choose(askedOf('Hi', { project }))
    expect(names(choice)).toEqual(['b'])
    router.began(project, choice.candidates[0], choice)({ firstTokenMs: null, ms: 1, outputTokens: 0, failure: { class: 'server' } })
  }
  const choice = router.choose(askedOf('Hi', { project }))
  expect([names(choice), choice.variant]).toEqual([['a'], { split: 'new', arm: 'stable', propensity: 1 }])
})

test('cost goes by the price list of the project', () => {
  const targets = [
    { provider: 'openai', model: 'gpt-4o' },
    { provider: 'openai', model: 'gpt-4o-mini' },
  ]
  const project = projectWith({ support: entry({ strategy: 'cost', targets }) })
  const choice = createRouter().choose(askedOf('Hi', { project }))
  expect(choice.candidates.map(({ model }) => model)).toEqual(['gpt-4o-mini', 'gpt-4o'])
})
