import type { FailureClass, SnapshotProject, SnapshotProvider } from '@signalbox/schema'
import { Breaker } from '@signalbox/schema'
import { beforeEach, expect, test } from 'vitest'
import type { TryResult } from './router.ts'
import { createTargetHealth, type TargetHealth } from './target-health.ts'

const project = { id: 'p' } as SnapshotProject
const provider = (name: string, keys = 1, first = `key-0-of-${name}`): SnapshotProvider => ({
  name,
  kind: 'openai',
  baseUrl: '',
  apiKey: first,
  ...(keys > 1 && { moreKeys: Array.from({ length: keys - 1 }, (_, at) => `key-${at + 1}-of-${name}`) }),
  headers: {},
  from: 'file',
  problem: null,
})
const a = { provider: provider('a'), model: 'm' }
const two = { provider: provider('two', 2), model: 'm' }
const settings = Breaker.parse({ failures: 3, windowSeconds: 30, cooldownSeconds: 10 })

let clock = 0
let health: TargetHealth
beforeEach(() => {
  clock = 1_000_000
  health = createTargetHealth({ now: () => clock })
})
const GOOD: TryResult = { ms: 100, firstTokenMs: 20, outputTokens: 8 }
const bad = (failure: FailureClass, more: { retryAfterMs?: number; status?: number } = {}): TryResult => ({
  ms: 5,
  firstTokenMs: null,
  outputTokens: 0,
  failure: { class: failure, ...more },
})
const call = (result: TryResult, candidate: typeof a & { key?: number } = a) => health.began(project, candidate, settings)(result)
const times = (count: number, result: TryResult, candidate = a) => {
  for (let at = 0; at < count; at++) call(result, candidate)
}
const may = (candidate = a) => health.mayTry(project, candidate, settings)

test('opens after so many failures within the window, and says why and for how long', () => {
  times(2, bad('server'))
  expect(may()).toEqual({ ok: true })
  call(bad('server'))
  expect(may()).toEqual({ ok: false, reason: expect.stringMatching(/3 of 3 calls failed.*answered with an error/), forMs: 10_000 })
  expect(health.open()).toEqual([{ provider: 'a', model: 'm' }])
})

test('tells of each breaker that is not closed how it is: open for so long, then half open until a call succeeds', () => {
  expect(health.notClosed()).toEqual([])
  times(3, bad('server'))
  const target = { projectId: 'p', provider: 'a', model: 'm', reason: expect.stringMatching(/3 of 3 calls failed/) as string }
  expect(health.notClosed()).toEqual([{ ...target, state: 'open', forMs: 10_000 }])
  clock += 9_999
  expect(health.notClosed()).toEqual([{ ...target, state: 'open', forMs: 1 }])
  clock += 1
  expect(health.notClosed()).toEqual([{ ...target, state: 'half-open', forMs: 0 }])
  call(GOOD)
  expect(health.notClosed()).toEqual([])
})

test('stays closed where the failures are a small part of the calls, or lie longer apart than the window', () => {
  times(20, GOOD)
  times(5, bad('server'))
  expect(may().ok).toBe(true)
  clock += 3_600_000
  for (let at = 0; at < 9; at++) {
    call(bad('server'))
    clock += 20_000
  }
  expect(may().ok).toBe(true)
})

test('half open, one call at a time probes; a good one closes it', () => {
  times(3, bad('server'))
  clock += 10_000
  expect(may().ok).toBe(true)
  const probe = health.began(project, a, settings)
  expect(may()).toMatchObject({ ok: false, reason: expect.stringContaining('one call tries it again') })
  probe(GOOD)
  expect(may().ok).toBe(true)
  times(2, bad('server'))
  expect(may().ok).toBe(true)
})

test('each failed probe doubles the cool-down, up to five minutes', () => {
  times(3, bad('server'))
  const seen: number[] = []
  for (let at = 0; at < 7; at++) {
    const verdict = may()
    if (verdict.ok) throw new Error('it is closed')
    seen.push(verdict.forMs / 1000)
    clock += verdict.forMs
    expect(may().ok).toBe(true)
    call(bad('timeout'))
  }
  expect(seen).toEqual([10, 20, 40, 80, 160, 300, 300])
})

test('a probe whose client hung up says nothing: the next call probes', () => {
  times(3, bad('server'))
  clock += 10_000
  health.began(project, a, settings)({ ms: 1, firstTokenMs: null, outputTokens: 0, failure: 'aborted' })
  expect(may().ok).toBe(true)
})

test('calls that began before it opened neither close it nor prolong it', () => {
  const late = [health.began(project, a, settings), health.began(project, a, settings)]
  times(3, bad('server'))
  clock += 4000
  late[0]?.(GOOD)
  late[1]?.(bad('server'))
  expect(may()).toMatchObject({ ok: false, forMs: 6000 })
})

test('a target that asks for time gets it at once, and the longer of two times', () => {
  call(bad('rate', { retryAfterMs: 30_000 }))
  expect(may()).toMatchObject({ ok: false, reason: expect.stringContaining('rate limit'), forMs: 30_000 })
  clock += 1000
  call(bad('overloaded', { retryAfterMs: 5000 }))
  expect(may()).toMatchObject({ forMs: 29_000 })
  call(bad('overloaded', { retryAfterMs: 60_000 }))
  expect(may()).toMatchObject({ forMs: 60_000 })
  call(bad('rate', { retryAfterMs: 86_400_000 }))
  expect(may()).toMatchObject({ forMs: 3_600_000 })
})

test.each(['bad-request', 'context-length', 'content-policy', 'guardrail', 'too-large', 'unsupported'] as const)(
  '%s says that the target is there',
  (failure) => {
    times(9, bad(failure))
    expect(may().ok).toBe(true)
    times(3, bad('server'))
    expect(may().ok).toBe(true)
    expect(health.statsOf(project, a).errorRate).toBe(1)
  },
)

test('`breaker: false` opens nothing and is stopped by nothing', () => {
  for (const failure of ['server', 'auth', 'quota', 'timeout'] as const)
    for (let at = 0; at < 9; at++) health.began(project, a, false)(bad(failure))
  health.began(project, a, false)(bad('rate', { retryAfterMs: 5000 }))
  expect(may().ok).toBe(true)
  call(bad('server'))
  expect([may().ok, health.mayTry(project, a, false).ok]).toEqual([false, true])
})

test.each([
  ['auth', 401, 60_000],
  ['quota', 402, 300_000],
] as const)('%s: the key is left alone for all models, and the target where it has no other', (failure, status, forMs) => {
  call(bad(failure, { status }), two)
  expect([may(two).ok, health.keyFor(project, two), may({ ...two, model: 'other' }).ok]).toEqual([true, 1, true])
  expect(health.keyFor(project, { ...two, model: 'other' })).toBe(1)
  call(bad(failure, { status }), { ...two, key: 1 })
  expect([may(two), health.keyFor(project, two)]).toEqual([{ ok: false, reason: expect.stringContaining('refused'), forMs }, undefined])
  clock += forMs
  expect([may(two).ok, health.keyFor(project, two)]).toEqual([true, 0])
})

test('a key that may not use one model may use the others', () => {
  call(bad('auth', { status: 403 }))
  expect([may().ok, may({ ...a, model: 'other' }).ok]).toEqual([false, true])
})

test('another key in its place is not to blame, and a key that works again is trusted', () => {
  call(bad('auth', { status: 401 }))
  expect(may({ ...a, provider: provider('a', 1, 'a new one') }).ok).toBe(true)
  expect(may().ok).toBe(false)
  call(GOOD)
  expect(may().ok).toBe(true)
})

test('the rate limit of one of several keys is the matter of that key and model', () => {
  times(9, bad('rate', { retryAfterMs: 2000 }), two)
  expect([may(two).ok, health.keyFor(project, two), health.keyFor(project, two, [1])]).toEqual([true, 1, undefined])
  expect(health.keyFor(project, { ...two, model: 'other' })).toBe(0)
  clock += 2000
  expect(health.keyFor(project, two)).toBe(0)
})

test('what is known of a target outlives its configuration, and is not that of another project', () => {
  times(3, bad('server'))
  expect(may({ ...a, provider: { ...a.provider, baseUrl: 'http://elsewhere' } }).ok).toBe(false)
  expect(health.mayTry({ id: 'q' } as SnapshotProject, a, settings).ok).toBe(true)
})

test('statistics: times of what succeeded, errors of all, and what is in flight', () => {
  expect(health.statsOf(project, a)).toEqual({ calls: 0, inFlight: 0 })
  call({ ms: 1100, firstTokenMs: 100, outputTokens: 50 })
  call({ ms: 300, firstTokenMs: null, outputTokens: 0 })
  call(bad('timeout'))
  call({ ...bad('bad-request'), ms: 1 })
  health.began(project, a)
  expect(health.statsOf(project, a)).toEqual({
    calls: 3,
    inFlight: 1,
    totalMs: 700,
    firstTokenMs: 100,
    tokensPerSecond: 50,
    errorRate: 1 / 3,
  })
})

test('statistics fade: a call of a minute ago counts half, one of ten minutes ago not at all', () => {
  call({ ms: 300, firstTokenMs: null, outputTokens: 0 })
  clock += 60_000
  call({ ms: 900, firstTokenMs: null, outputTokens: 0 })
  expect(health.statsOf(project, a)).toMatchObject({ calls: 1.5, totalMs: 700 })
  clock += 600_001
  expect(health.statsOf(project, a)).toEqual({ calls: 0, inFlight: 0 })
})

test('a client that makes up names of models does not fill the memory', () => {
  health = createTargetHealth({ now: () => clock, maxTargets: 100 })
  const running = health.began(project, a)
  for (let at = 0; at < 1000; at++) {
    clock++
    call(bad('auth', { status: 403 }), { ...a, model: `made-up-${at}` })
    call(bad('server', { retryAfterMs: 1 }), { ...a, model: `made-up-${at}` })
  }
  expect(health.statsOf(project, a).inFlight).toBe(1)
  expect(health.statsOf(project, { ...a, model: 'made-up-0' }).calls).toBe(0)
  expect(health.statsOf(project, { ...a, model: 'made-up-999' }).calls).toBe(1)
  running(GOOD)
})
