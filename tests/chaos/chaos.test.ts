import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { random } from '../../bench/store/random.ts'
import { make, makeAll, newAgent, type Seen } from './call.ts'
import { problemsInStore, problemsOf, storedCalls } from './check.ts'
import { DIALECTS } from './dialects.ts'
import { leavingPlan, type Plan, planOf, scriptOf, TARGETS, type TargetName, textAt } from './plan.ts'
import { type Chaos, startChaos } from './world.ts'

let world: Chaos
beforeAll(async () => {
  world = await startChaos()
})
afterAll(() => world[Symbol.asyncDispose]())

/** The targets of each alias that answer at all. */
const ORDER: Record<string, readonly TargetName[]> = { three: TARGETS, guarded: TARGETS, 'dead-first': ['c'], patient: ['a'] }
const calling = (environment: string) => ({ url: world.signalbox.url, secretKey: world.signalbox.secretKey, environment })
const inFlight = async () => Promise.all(TARGETS.map((name) => world.simulators[name].inFlight()))

async function run(environment: string, plans: readonly Plan[], at: number): Promise<Seen[]> {
  const waiting = [...plans]
  const seen: Seen[] = []
  await makeAll(
    () => waiting.shift(),
    { ...calling(environment), at },
    (one) => seen.push(one),
  )
  return seen
}

test('whatever goes wrong wherever: one answer or an error, one record of each call, and every attempt in it', async () => {
  const chance = random(11)
  const models = Object.keys(ORDER).filter((name) => name !== 'patient')
  const plans = Array.from({ length: 600 }, (_, call) => {
    const model = models[call % models.length] ?? 'three'
    return call % 8 === 0 ? leavingPlan(chance, `chaos-${call}`, 'three') : planOf(chance, `chaos-${call}`, model)
  })
  const before = await Promise.all(TARGETS.map((name) => world.simulators[name].count()))
  const seen = await run('chaos', plans, 32)
  expect(seen.flatMap((one) => problemsOf(one, ORDER[one.plan.model] ?? [])).slice(0, 10)).toEqual([])
  await expect.poll(inFlight).toEqual([0, 0, 0])
  // The suite is one of failures, and of answers all the same.
  expect(seen.filter(({ clean }) => clean).length).toBeGreaterThan(200)
  expect(seen.filter(({ clean, left }) => !clean && !left).length).toBeGreaterThan(50)
  expect(seen.filter(({ left }) => left).length).toBeGreaterThan(50)

  await world.settled()
  const stored = await storedCalls(world, 'chaos')
  expect(problemsInStore(seen, stored).slice(0, 10)).toEqual([])
  // What a provider had is among the attempts. A connection that turns out to be closed is tried twice within one.
  const attempts = new Map<string, number>()
  for (const { operation, attempts: tries, provider } of stored)
    if (operation === 'attempt' || tries === 1) attempts.set(provider ?? '', (attempts.get(provider ?? '') ?? 0) + 1)
  for (const [index, name] of TARGETS.entries()) {
    const count = await world.simulators[name].count()
    const refused = count.byOutcome.refuse?.calls ?? 0
    const made = count.calls - (before[index]?.calls ?? 0)
    expect(attempts.get(name), name).toBeGreaterThanOrEqual(made - refused)
    expect(attempts.get(name), name).toBeLessThanOrEqual(made)
  }
})

test('clients that leave cancel what is under way at the provider, and are recorded', async () => {
  const agent = newAgent()
  const leaving = Promise.withResolvers<void>()
  const plans = DIALECTS.flatMap((dialect) =>
    [false, true].flatMap((stream) =>
      [0, 1, 2].map((n): Plan => {
        const id = `left-${dialect}-${stream}-${n}`
        const fault = { fault: 'hang', ...(stream && { at: n }) }
        return { id, dialect, stream, model: 'patient', faults: { a: fault, b: {}, c: {} }, leaves: { when: leaving.promise } }
      }),
    ),
  )
  const under = Promise.all(plans.map((plan) => make(plan, { ...calling('left'), agent })))
  await expect.poll(inFlight).toEqual([plans.length, 0, 0])
  leaving.resolve()
  const seen = await under
  agent.destroy()
  expect(seen.every(({ left, clean }) => left && !clean)).toBe(true)
  await expect.poll(inFlight).toEqual([0, 0, 0])
  await world.settled()
  const stored = await storedCalls(world, 'left')
  expect(problemsInStore(seen, stored)).toEqual([])
  expect(new Set(stored.map(({ status }) => status))).toEqual(new Set(['aborted']))
})

test('the official client never takes for an answer what is none', async () => {
  const client = new OpenAI({ baseURL: `${world.signalbox.url}/v1`, apiKey: world.signalbox.secretKey, maxRetries: 0 })
  const faults = ['refuse', 'cut', 'wrong-type', 'garbage', 500, 429] as const
  const kinds = {
    chat: async (content: string) =>
      (await client.chat.completions.create({ model: 'patient', messages: [{ role: 'user', content }] })).choices[0]?.message.content,
    'chat stream': async (content: string) => {
      let text = ''
      const stream = await client.chat.completions.create({ model: 'patient', messages: [{ role: 'user', content }], stream: true })
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
      return text
    },
    responses: async (input: string) => (await client.responses.create({ model: 'patient', input })).output_text,
    'responses stream': async (input: string) => {
      let text = ''
      for await (const event of await client.responses.create({ model: 'patient', input, stream: true })) {
        if (event.type === 'response.failed' || event.type === 'error') throw new Error(JSON.stringify(event))
        if (event.type === 'response.output_text.delta') text += event.delta
      }
      return text
    },
  }
  for (const [kind, ask] of Object.entries(kinds)) {
    const plan = (id: string, fault: object) =>
      scriptOf({ id, faults: { a: fault, b: {}, c: {} }, dialect: 'chat', stream: true, model: '' })
    expect(await ask(plan('sdk', {})), kind).toBe(textAt('a', 'sdk'))
    for (const fault of faults)
      for (const at of [undefined, 0, 3]) {
        const script = plan('sdk', { fault, ...(at !== undefined && { at }) })
        // A fault that strikes within a stream is none for an answer that is sent whole, and the other way round.
        await expect(ask(script), `${kind}: ${fault} at ${at}`).rejects.toThrow()
      }
  }
})
