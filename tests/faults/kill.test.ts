import { afterAll, beforeAll, expect, test } from 'vitest'
import { nanoUsd } from './check-store.ts'
import { coreDown } from './core-down.ts'
import { killRound } from './kill-rounds.ts'
import { startWorld, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** What is killed is started again after a while, and after a longer one each time; on a busy machine with much to catch up with. */
const SLOWLY = { timeout: 600_000 }

type Row = { calls: number; inputTokens: number; outputTokens: number; costUsd: string }
const totals = async (filters: object[]): Promise<Row | undefined> =>
  (
    await world.api<{ rows: Row[] }>('/api/v1/query', {
      measures: ['calls', 'inputTokens', 'outputTokens', 'costUsd'],
      filters: [{ field: 'source', op: 'eq', value: 'gateway' }, ...filters],
    })
  ).rows[0]

test('calls go on while the core is down, readers get 503, and afterwards nothing is missing', SLOWLY, async () => {
  const name = 'core-down'
  const down = await coreDown(world, { name, seconds: 3 })
  expect(down.problems.slice(0, 10)).toEqual([])
  expect(down.unanswered).toBe(0)
  expect(down.answered).toBeGreaterThan(10)
  expect(down.readers).not.toEqual([])
  for (const reader of down.readers)
    expect(reader).toMatchObject({ status: 503, contentType: 'application/json', retryAfter: '1', code: 'core-unavailable' })
  // No call was lost on the way, so provider and store must agree to the last token and nano-dollar.
  const ours = await totals([{ field: 'environment', op: 'eq', value: name }])
  expect({
    calls: ours?.calls,
    inputTokens: ours?.inputTokens,
    outputTokens: ours?.outputTokens,
    nanoUsd: nanoUsd(ours?.costUsd ?? null),
    byOutcome: {},
  }).toEqual(down.count)
})

test('after rounds of kill -9 under load every answered call and acknowledged span is in the store exactly once', SLOWLY, async () => {
  for (const seed of [1, 2]) {
    const round = await killRound(world, { name: `round-${seed}`, seed, kills: 3 })
    expect(round.problems.slice(0, 10)).toEqual([])
    expect(round.killed.length).toBeGreaterThanOrEqual(3)
    expect(round.answered).toBeGreaterThan(10)
    expect(round.acknowledged).toBeGreaterThan(20)
  }
  const count = await world.count()
  // Nothing that reached the provider is missing: each call that it counted has a record here, ended or interrupted.
  expect((await totals([]))?.calls).toBeGreaterThanOrEqual(count.calls)
})
