import type { SpanPatch } from '@signalbox/schema'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entriesOf } from './entries.ts'
import { fold } from './fold.ts'
import { CALL, FAILED, NOW, ORPHAN, ROOT, recorded } from './recorded.case.ts'
import { type OfTrace, toRow } from './to-row.ts'

const PRICE = { cost: 77, parts: { input: 77 }, version: 'own' }
const price = () => PRICE
const patchesOf = (spanId: string) => recorded('p').filter((patch) => patch.spanId === spanId)
const foldAll = (patches: readonly SpanPatch[]) => fold(patches as [SpanPatch, ...SpanPatch[]])
const rowOf = (patches: readonly SpanPatch[], more: { trace?: OfTrace; silentSince?: number } = {}) =>
  toRow({ span: foldAll(patches), trace: more.trace, price, silentSince: more.silentSince })
const [first] = patchesOf(CALL) as [SpanPatch]
const said = (fields: SpanPatch['fields'], more: Partial<SpanPatch> = {}): SpanPatch => ({ ...first, id: 'x', at: NOW, fields, ...more })

describe('messages about a span', () => {
  test.each([...new Set(recorded('p').map(({ spanId }) => spanId))])('of %s make the same in any order, and however often', (spanId) => {
    const patches = patchesOf(spanId)
    const whole = rowOf(patches)
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: patches.length - 1 }), { maxLength: 4 }),
        fc.infiniteStream(fc.double({ noNaN: true })),
        (again, keys) => {
          const all = [...patches, ...again.flatMap((index) => patches[index] ?? [])]
          const shuffled = all.map((patch) => ({ patch, key: keys.next().value ?? 0 })).sort((a, b) => a.key - b.key)
          expect(rowOf(shuffled.map(({ patch }) => patch))).toEqual(whole)
        },
      ),
      { numRuns: 200 },
    )
  })

  test('say together what each says, and the later word counts', () => {
    const { span, payload } = rowOf(patchesOf(CALL))
    expect(span).toMatchObject({
      name: 'generation',
      kind: 'llm',
      status: 'ok',
      startedAt: NOW + 2_000_000,
      durationMs: 3000,
      firstTokenMs: 1000,
      stream: 1,
      metadata: { tries: '1', lang: 'en', shop: 'north' },
      tags: ['b'],
      usageInput: 100,
      usageOutput: 20,
      usageSource: 'provider',
      usageRole: 'leaf',
      cost: 77,
      priceVersion: 'own',
      model: 'm',
      requestModel: 'm',
      inputPreview: 'Where is my parcel?',
      outputPreview: '"On its way"',
      versioned: 1,
    })
    expect(payload).toMatchObject({ output: '"On its way"', attributes: '{"temperature":0.5,"__proto__":"x"}' })
  })

  test('an error stays one, and what is empty takes the place of nothing', () => {
    expect(rowOf(patchesOf(FAILED)).span).toMatchObject({ status: 'error', statusMessage: 'no such parcel', durationMs: 3000 })
    const nothing = { name: '', model: null, metadata: { tries: '' }, cost: 0, endedAt: 0 } as unknown as SpanPatch['fields']
    const row = rowOf([...patchesOf(CALL), said(nothing, { at: NOW + 99_000_000, id: 'last' })])
    expect(row.span).toMatchObject({ name: 'generation', model: 'm', status: 'ok', metadata: { tries: '1' } })
  })

  test('the earliest start counts, and before one is known the earliest message', () => {
    const late = patchesOf(ORPHAN)
    expect(rowOf(late.slice(0, 1)).span).toMatchObject({ startedAt: NOW + 20_000_000, status: 'running', durationMs: 0 })
    expect(rowOf(late).span).toMatchObject({ startedAt: NOW + 19_000_000, status: 'ok', durationMs: 2000 })
    expect(rowOf([said({ startedAt: NOW + 5 }, { id: 'b' }), said({ startedAt: NOW + 9 }, { at: NOW + 9 })]).span.startedAt).toBe(NOW + 5)
  })

  test('of two with the same time and id, what they say decides, not which came first', () => {
    const two = [said({ name: 'one' }), said({ name: 'two' })]
    expect(rowOf(two).span.name).toBe('two')
    expect(rowOf(two.toReversed())).toEqual(rowOf(two))
  })

  test('what a client says that it cost goes before our price, unless it is nothing', () => {
    const usage = {
      input: 5,
      cacheRead: 0,
      cacheWrite: 0,
      cacheWrite1h: 0,
      inputAudio: 0,
      inputImage: 0,
      output: 5,
      reasoning: 0,
      outputAudio: 0,
    }
    const of = (fields: SpanPatch['fields']) => rowOf([said({ kind: 'llm', model: 'm', usage, ...fields })]).span
    expect(of({ cost: 5 })).toMatchObject({ cost: 5, priceVersion: 'provided' })
    expect(of({ costParts: { input: 2, output: 4 } })).toMatchObject({ cost: 6, costParts: { input: 2, output: 4 } })
    expect(of({ cost: 0 })).toMatchObject({ cost: 77 })
    expect(of({ kind: 'agent' })).toMatchObject({ cost: null, usageRole: 'aggregate' })
    expect(of({ usage: undefined } as never)).toMatchObject({ cost: null, usageSource: 'none' })
  })

  test('what holds for the trace is what a span says that says nothing else', () => {
    const trace = patchesOf(ROOT)
    const { fields } = foldAll(trace)
    const context: OfTrace = { fields, lastReceivedAt: 0, messages: trace.length }
    expect(rowOf(patchesOf(CALL), { trace: context }).span).toMatchObject({
      userId: 'own-user',
      sessionId: 's-1',
      environment: 'production',
      tags: ['b'],
      metadata: { plan: 'gold', tries: '1' },
    })
    expect(rowOf(patchesOf(FAILED), { trace: context }).span).toMatchObject({ userId: 'ada', tags: ['vip'] })
  })

  test('a later version counts as received later, whatever the clocks of the edges say', () => {
    const patches = patchesOf(CALL)
    const slow = { ...said({ tags: ['z'] }), receivedAt: NOW - 5_000_000 }
    const before = rowOf(patches.slice(1), { silentSince: NOW + 3600_000_000 })
    expect(before.span.status).toBe('incomplete')
    expect(rowOf([...patches.slice(1), slow]).span.receivedAt).toBeGreaterThan(before.span.receivedAt)
  })

  test('one that nothing is heard of is incomplete, and one that ended is not', () => {
    const silentSince = NOW + 3600_000_000
    expect(rowOf(patchesOf(CALL).slice(1), { silentSince }).span).toMatchObject({ status: 'incomplete', durationMs: 4000 })
    expect(rowOf(patchesOf(CALL), { silentSince }).span.status).toBe('ok')
    expect(rowOf(patchesOf(CALL).slice(1), { silentSince: NOW }).span.status).toBe('running')
  })

  test('a clock that is wrong by years, and numbers that no column holds, make a row all the same', () => {
    const row = rowOf([
      said({ startedAt: NOW * 3, endedAt: Number.NaN, usage: { input: 1e20, output: -5 } as never, cost: 1e300, firstTokenAt: 1 }),
    ])
    expect(row.span).toMatchObject({ usageInput: 4_294_967_295, usageOutput: 0, firstTokenMs: null, status: 'running' })
    expect(row.span.startedAt).toBe(first.receivedAt + 86_400_000_000)
    expect(Number.isSafeInteger(row.span.cost ?? 0)).toBe(true)
  })
})

test('a trace is shown at its roots, and without one at its earliest span', () => {
  const at = (spanId: string, startedAt: number, root = false) => ({ spanId, startedAt, root, entry: false })
  expect([...entriesOf([at('b', 2), at('a', 2), at('c', 3)])]).toEqual(['a'])
  expect([...entriesOf([at('b', 1), at('a', 2, true)])]).toEqual(['a'])
  expect(entriesOf([]).size).toBe(0)
})
