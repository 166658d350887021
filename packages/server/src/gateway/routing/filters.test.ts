import { ModelEntry, type Target } from '@signalbox/schema'
import { expect, test } from 'vitest'
import { type askedOf, factsOf, projectWith } from './asked.case.ts'
import type { Verdict } from './breaker.ts'
import { compileRoutes } from './compile-routes.ts'
import { filterTargets } from './filters.ts'

type Given = { entry?: Partial<ModelEntry>; cooling?: Record<string, number> }

function filter(
  targets: readonly (Partial<Target> & { provider: string })[],
  asked: Parameters<typeof askedOf>,
  { entry, cooling = {} }: Given = {},
) {
  const compiled = compileRoutes(
    projectWith({ support: ModelEntry.parse({ ...entry, targets: targets.map((target) => ({ model: 'm', ...target })) }) }),
  )('support')
  const verdict = (name: string): Verdict =>
    cooling[name] === undefined ? { ok: true } : { ok: false, reason: 'it is overloaded', forMs: cooling[name] }
  const { usable, resting, isResting, skipped, note } = filterTargets(compiled.targets, factsOf(...asked), ({ target }) =>
    verdict(target.provider),
  )
  return {
    usable: usable.map(({ target }) => target.provider),
    skipped: Object.fromEntries([...skipped, ...compiled.skipped].map(({ provider, reason }) => [provider, reason])),
    note,
    ...(resting.length > 0 && { resting: resting.map(({ target }) => target.provider) }),
    ...(isResting && { isResting }),
  }
}

const image = { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://x.test/a.png' } }] }] }
const inRegion = (region: string): Parameters<typeof askedOf> => ['Hi', { headers: { 'x-signalbox-region': region } }]

test('a call that asks for a region goes nowhere else', () => {
  const targets = [
    { provider: 'a', region: 'us' },
    { provider: 'b', region: 'eu-west-1' },
    { provider: 'c', region: 'EU' },
    { provider: 'd' },
  ]
  expect(filter(targets, inRegion('eu'))).toMatchObject({
    usable: ['b', 'c'],
    skipped: { a: 'it is not in eu, which the call asks for', d: 'it is not in eu, which the call asks for' },
  })
  expect(filter(targets, ['Hi']).usable).toEqual(['a', 'b', 'c', 'd'])
  expect(() => filter(targets, inRegion('in'))).toThrow(/No target that can be used is in in/)
  expect(() => filter([{ provider: 'd' }], inRegion('eu'))).toThrow(/is in eu/)
})

test('an alias can stay in its regions', () => {
  const targets = [{ provider: 'a', region: 'us' }, { provider: 'b', region: 'eu-west-1' }, { provider: 'd' }]
  expect(filter(targets, ['Hi'], { entry: { regions: ['eu'] } })).toMatchObject({
    usable: ['b'],
    skipped: { a: 'it is not in eu', d: 'it is not in eu' },
  })
})

test('an image goes to nobody who cannot be given one', () => {
  const targets = [{ provider: 'a', modalities: ['text' as const] }, { provider: 'b', modalities: ['image' as const] }, { provider: 'c' }]
  expect(filter(targets, [image])).toMatchObject({ usable: ['b', 'c'], skipped: { a: 'it cannot be given images' } })
  expect(filter(targets, ['Hi']).usable).toEqual(['a', 'b', 'c'])
  expect(() => filter(targets.slice(0, 1), [image])).toThrow(/No target that can be used takes image/)
})

test('what does not fit into a context goes to a larger one, with room for the answer', () => {
  const targets = [{ provider: 'a', contextWindow: 8_000 }, { provider: 'b', contextWindow: 32_000 }, { provider: 'c' }]
  const long = 'word '.repeat(7_000)
  expect(filter(targets, ['Hi']).usable).toEqual(['a', 'b', 'c'])
  expect(filter(targets, [long])).toMatchObject({
    usable: ['b', 'c'],
    skipped: { a: expect.stringMatching(/^its context of 8000 tokens is too small for about 8\d\d\d$/) },
  })
  const withAnswer = { messages: [{ role: 'user', content: 'Hi' }], max_tokens: 30_000 }
  expect(filter(targets, [withAnswer]).usable).toEqual(['b', 'c'])
})

test('where nothing fits, the largest context takes it and that is said', () => {
  const targets = [
    { provider: 'a', contextWindow: 4_000 },
    { provider: 'b', contextWindow: 8_000 },
  ]
  const found = filter(targets, ['word '.repeat(20_000)])
  expect(found.usable).toEqual(['b'])
  expect(found.note).toMatch(/fit into no target; b\/m has the largest context \(8000\)/)
})

test('contexts come from the price list where none is given', () => {
  const compiled = compileRoutes(projectWith({ support: { targets: [{ provider: 'openai', model: 'gpt-4o' }] } }))('support')
  expect(compiled.targets[0]?.contextWindow).toBe(128_000)
})

test('targets in their cool-down are left alone, with the time and the reason', () => {
  const found = filter([{ provider: 'a' }, { provider: 'b' }], ['Hi'], { cooling: { a: 4200 } })
  expect(found).toEqual({ usable: ['b'], skipped: { a: 'left alone for 5 s: it is overloaded' }, note: '', resting: ['a'] })
})

test('when all of them are, the one whose time is over first stands first', () => {
  const found = filter([{ provider: 'a' }, { provider: 'b' }, { provider: 'c' }], ['Hi'], { cooling: { a: 9000, b: 1000, c: 5000 } })
  expect([found.usable, found.resting, found.isResting]).toEqual([['b'], ['c', 'a'], true])
  expect(Object.keys(found.skipped).sort()).toEqual(['a', 'c'])
  expect(found.note).toMatch(/all are left alone, and this one for the shortest time \(1 s: it is overloaded\)/)
})
