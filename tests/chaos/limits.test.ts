import { afterAll, beforeAll, expect, test } from 'vitest'
import { random } from '../../bench/store/random.ts'
import { awayFromMidnight } from '../signalbox.ts'
import { makeAll, type Seen } from './call.ts'
import { isRefused } from './check.ts'
import { leavingPlan, type Plan, planOf } from './plan.ts'
import { type Chaos, startChaos } from './world.ts'

const RATE = 60
const AT_ONCE = 5
const keys = ['rate', 'narrow'] as const
const secretOf = (name: string) => `sk-sb-limits-of-${name}-key-00`
let world: Chaos
beforeAll(() => awayFromMidnight())
beforeAll(async () => {
  world = await startChaos({
    more: `keys:
${keys.map((name) => `  - { name: ${name}, publicKey: pk-sb-limits-of-${name}-key-00, secretKey: ${secretOf(name)} }`).join('\n')}
budgets:
  - { name: per-day, scope: key, id: rate, measure: requests, amount: ${RATE}, per: day }
  - { name: at-once, scope: key, id: narrow, measure: concurrent, amount: ${AT_ONCE} }
`,
  })
})
afterAll(() => world[Symbol.asyncDispose]())

async function run(plans: Plan[], key: (typeof keys)[number]): Promise<Seen[]> {
  const seen: Seen[] = []
  const calling = { url: world.signalbox.url, secretKey: secretOf(key), environment: 'limits', at: 40 }
  await makeAll(
    () => plans.shift(),
    calling,
    (one) => seen.push(one),
  )
  return seen
}

test('of many at once exactly as many calls are let through as a limit says, whatever becomes of them', async () => {
  const chance = random(3)
  const seen = await run(
    Array.from({ length: 4 * RATE }, (_, call) => planOf(chance, `rate-${call}`, 'three')),
    'rate',
  )
  expect(seen.filter((one) => !isRefused(one))).toHaveLength(RATE)
})

test('no more calls are at a provider at once than a limit says, and whatever ends a call gives its place back', async () => {
  const chance = random(4)
  const slow = (id: string): Plan => ({ ...planOf(chance, id, 'racy'), faults: { a: { delayMs: 30 }, b: {}, c: {} } })
  const seen = await run(
    Array.from({ length: 200 }, (_, call) => slow(`narrow-${call}`)),
    'narrow',
  )
  expect(seen.filter(({ clean }) => clean).length).toBeGreaterThanOrEqual(AT_ONCE)
  expect(seen.filter((one) => !one.clean && !isRefused(one))).toEqual([])
  // That the limit can be reached is shown below: here it depends on how fast the machine is.
  expect(await world.racy.most()).toBeGreaterThan(0)
  expect(await world.racy.most()).toBeLessThanOrEqual(AT_ONCE)

  // Failures of every kind, and clients that leave; then all places are free.
  await run(
    Array.from({ length: 300 }, (_, call) => (call % 3 === 0 ? leavingPlan : planOf)(chance, `mess-${call}`, 'three')),
    'narrow',
  )
  await expect.poll(() => world.simulators.a.inFlight()).toBe(0)
  const letGo = Promise.withResolvers<void>()
  const hold = (id: string): Plan => ({
    ...planOf(chance, id, 'patient'),
    faults: { a: { fault: 'hang' }, b: {}, c: {} },
    leaves: { when: letGo.promise },
  })
  const held = run(
    Array.from({ length: AT_ONCE }, (_, call) => hold(`hold-${call}`)),
    'narrow',
  )
  await expect.poll(() => world.simulators.a.inFlight()).toBe(AT_ONCE)
  const [refused] = await run([slow('one-more')], 'narrow')
  expect(refused?.status).toBe(429)
  letGo.resolve()
  expect((await held).every(({ left }) => left)).toBe(true)
  await expect.poll(async () => (await run([slow('and-again')], 'narrow'))[0]?.clean).toBe(true)
})
