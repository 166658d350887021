import { afterAll, beforeAll, expect, test } from 'vitest'
import { awayFromMidnight } from '../signalbox.ts'
import { moneyRun, moneyYaml } from './money.ts'
import { type Chaos, startChaos } from './world.ts'

const LIMIT_USD = 0.01
let world: Chaos
beforeAll(() => awayFromMidnight())
beforeAll(async () => {
  world = await startChaos({ more: moneyYaml(LIMIT_USD) })
})
afterAll(() => world[Symbol.asyncDispose]())

test('ledger, spans and what the providers counted are the same to the nano-dollar, and no budget is overspent', async () => {
  const run = await moneyRun(world, { name: 'money', calls: 2000, at: 48, seed: 5, limitUsd: LIMIT_USD })
  expect(run.problems.slice(0, 10)).toEqual([])
  expect(run.calls).toBe(2000)
  expect(run.nanoUsd).toBeGreaterThan(50_000_000)
  for (const part of [run.answered, run.left, run.cached, run.refused]) expect(part).toBeGreaterThan(50)
  expect(run.racy.owed).toBeGreaterThan(0)
  expect(run.limited.spent).toBeGreaterThan(0)
})
