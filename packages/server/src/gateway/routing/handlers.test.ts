import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { api, ModelEntry, PayloadRow, type SimulatedCall, SpanRow, Split } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import { createPricing } from '../../pricing/price.ts'
import { migrateEvents } from '../../store/events/migrate.ts'
import { openEvents } from '../../store/events/open.ts'
import type { Events } from '../../store/ports.ts'
import { projectWith } from './asked.case.ts'
import { routingHandlers } from './handlers.ts'

const cheap = { provider: 'openai', model: 'gpt-4o-mini', tier: 'easy' as const, region: 'us' }
const strong = { provider: 'openai', model: 'gpt-4o', tier: 'hard' as const, region: 'eu' }
const byComplexity = ModelEntry.parse({ strategy: 'complexity', targets: [cheap, strong] })
const project = projectWith(
  {
    support: ModelEntry.parse({ targets: [strong] }),
    smart: byComplexity,
    night: ModelEntry.parse({
      targets: [strong],
      rules: [{ name: 'night', if: [{ field: 'hour', op: 'lt', value: 6 }], targets: [cheap] }],
    }),
    divided: ModelEntry.parse({ targets: [strong] }),
  },
  { splits: [Split.parse({ name: 'half', model: 'divided', kind: 'weights', arms: [{ name: 'b', model: 'smart', weight: 1 }] })] },
)
const folder = mkdtempSync(join(tmpdir(), 'signalbox-routing-'))
const context = { caller: { projectId: 'default', permissions: ['*'] } } as unknown as Context
let events: Events
let handlers: ReturnType<typeof routingHandlers>

beforeAll(async () => {
  events = await openEvents({ folder })
  await migrateEvents(events)
  const pricing = createPricing([])
  handlers = routingHandlers({ events, projectOf: async () => project, pricingOf: () => pricing })
})
afterAll(async () => {
  await events[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

const simulate = async (call: SimulatedCall) =>
  api['models.simulate'].output.parse(await handlers['models.simulate'](api['models.simulate'].input.parse(call), context))
const names = (list: readonly { model: string; place: string }[]) => list.map(({ model, place }) => [model, place])

describe('simulate', () => {
  test('what is easy goes to the cheap model, and a legal clause to the strong one, with reason and cost', async () => {
    const easy = await simulate({ model: 'smart', text: 'What is our leave policy?' })
    expect(names(easy.decision.steps)).toEqual([
      ['gpt-4o-mini', 'chosen'],
      ['gpt-4o', 'next'],
    ])
    const hard = await simulate({ model: 'smart', text: 'Draft a legal clause for this MOU' })
    expect(names(hard.decision.steps)[0]).toEqual(['gpt-4o', 'chosen'])
    expect(hard.decision.reason).toContain('hard: it scores')
    expect(hard.facts.complexity.parts.map(({ name }) => name)).toEqual(['writing', 'expert'])
    const [first, second] = hard.targets.map(({ estimatedCostUsd }) => Number(estimatedCostUsd))
    expect(first).toBeGreaterThan(10 * (second ?? 0))
  })

  test('reads a body of any dialect, headers and the time', async () => {
    const body = { system: 'Be brief.', messages: [{ role: 'user', content: 'Hi' }], max_tokens: 9, tools: [{ name: 'f' }] }
    const found = await simulate({ model: 'smart', body, headers: { 'X-Signalbox-Region': 'EU' } })
    expect(found.facts).toMatchObject({ maxTokens: 9, tools: 1, region: 'eu', modalities: ['text'] })
    expect(names(found.decision.steps)).toEqual([
      ['gpt-4o', 'chosen'],
      ['gpt-4o-mini', 'skipped'],
    ])
    expect((await simulate({ model: 'night', text: 'Hi', at: '2026-11-21T03:00:00Z' })).decision.reason).toBe('rule night holds')
    expect((await simulate({ model: 'night', text: 'Hi', at: '2026-11-21T13:00:00Z' })).decision.steps[0]?.model).toBe('gpt-4o')
  })

  test('shows the arm of a split, an alias that is not saved yet, and provider/model', async () => {
    expect((await simulate({ model: 'divided', text: 'Hi' })).variant).toEqual({ split: 'half', arm: 'b', propensity: 1 })
    expect((await simulate({ model: 'new', text: 'Hi', entry: byComplexity })).decision.steps[0]?.model).toBe('gpt-4o-mini')
    expect((await simulate({ model: 'openai/gpt-4o', text: 'Hi' })).decision).toMatchObject({ alias: '', steps: [{ model: 'gpt-4o' }] })
    await expect(simulate({ model: 'nothing/x', text: 'Hi' })).rejects.toThrow(/does not exist/)
    await expect(simulate({ model: 'smart' })).rejects.toThrow(/`text` or as `body`/)
  })
})

describe('dry run', () => {
  const NOW = Date.UTC(2026, 10, 20, 12)
  const HOUR = 3_600_000
  const hex = (number: number, digits: number) => number.toString(16).padStart(digits, '0')
  let count = 0

  async function call(
    text: string | undefined,
    more: { hoursAgo?: number; projectId?: string; requestModel?: string; tries?: number; moved?: boolean } = {},
  ) {
    const { hoursAgo = ++count, projectId = 'default', requestModel = 'support', tries = 1, moved = false } = more
    // A call that needed two tries was answered by the second of them.
    const tried = (model: string) => ({ provider: 'openai', model })
    const [first, attempts] = moved ? ['gone', [tried('gone'), tried('gpt-4o')]] : ['gpt-4o', undefined]
    const identity = { projectId, traceId: hex(++count, 32), spanId: hex(count, 16), startedAt: (NOW - hoursAgo * HOUR) * 1000 }
    const span = SpanRow.parse({
      ...identity,
      kind: 'llm',
      name: `chat ${requestModel}`,
      source: 'gateway',
      status: 'ok',
      durationMs: 100,
      receivedAt: identity.startedAt,
      provider: 'openai',
      model: 'gpt-4o-2024-08-06',
      requestModel,
      attempts: tries,
      usageInput: 1000,
      usageOutput: 100,
      cost: 3_500_000,
      inputPreview: text ?? '',
    })
    const payload = PayloadRow.parse({
      ...identity,
      input: text === undefined ? '' : JSON.stringify({ model: requestModel, messages: [{ role: 'user', content: text }] }),
      output: '',
      attributes: JSON.stringify({ target: { provider: 'openai', model: first }, attempts }),
    })
    await events.insert('spans', [JSON.stringify(span)], `span-${count}`)
    await events.insert('payloads', [JSON.stringify(payload)], `payload-${count}`)
  }
  const run = async (more: object = {}) => {
    const to = new Date(NOW).toISOString()
    const input = api['models.dryRun'].input.parse({ model: 'support', to, ...more })
    return api['models.dryRun'].output.parse(await handlers['models.dryRun'](input, context))
  }

  beforeAll(async () => {
    await call('What is our leave policy?')
    await call('Draft a legal clause for this MOU', { moved: true })
    await call('How many days of leave do I have?')
    await call(undefined)
    await call('From the cache', { tries: 0 })
    await call('Long ago', { hoursAgo: 24 * 8 })
    await call('Of another project', { projectId: 'other' })
    await call('Of another alias', { requestModel: 'smart' })
  })

  test('as it is, nothing would change', async () => {
    const found = await run()
    expect(found).toMatchObject({
      calls: 4,
      unread: 1,
      changed: 0,
      more: false,
      unpriced: 0,
      costUsd: '0.0105',
      estimatedCostUsd: '0.0105',
    })
    expect(found.targets).toEqual([
      { provider: 'openai', model: 'gpt-4o', callsBefore: 3, callsAfter: 3, costUsd: '0.0105', estimatedCostUsd: '0.0105' },
    ])
  })

  test('by complexity the easy calls would have gone to the cheap model, at its price', async () => {
    const found = await run({ entry: byComplexity })
    expect(found.rows.map(({ preview, after }) => [preview, after?.model])).toEqual([
      ['What is our leave policy?', 'gpt-4o-mini'],
      ['Draft a legal clause for this MOU', 'gpt-4o'],
      ['How many days of leave do I have?', 'gpt-4o-mini'],
    ])
    // 1,000 tokens in and 100 out: $0.15 and $0.60 per million.
    expect(found.rows.map(({ costUsd, estimatedCostUsd }) => [costUsd, estimatedCostUsd])).toEqual([
      ['0.0035', '0.00021'],
      ['0.0035', '0.0035'],
      ['0.0035', '0.00021'],
    ])
    expect(found).toMatchObject({ changed: 2, costUsd: '0.0105', estimatedCostUsd: '0.00392' })
    expect(found.targets.map(({ model, callsBefore, callsAfter }) => [model, callsBefore, callsAfter])).toEqual([
      ['gpt-4o-mini', 0, 2],
      ['gpt-4o', 3, 1],
    ])
    expect(found.rows[1]?.score).toBeGreaterThan(found.rows[0]?.score ?? 1)
  })

  test('takes the newest up to the limit and says that there are more; what is drawn is drawn the same again', async () => {
    const found = await run({ entry: { strategy: 'weighted', targets: [cheap, strong] }, limit: 2 })
    expect([found.calls, found.more]).toEqual([2, true])
    expect(await run({ entry: { strategy: 'weighted', targets: [cheap, strong] }, limit: 2 })).toEqual(found)
  })

  test('a call that nobody could have taken says why', async () => {
    const found = await run({ entry: { targets: [{ provider: 'nobody', model: 'x' }] } })
    expect(found.rows[0]).toMatchObject({ after: null, estimatedCostUsd: null, reason: expect.stringContaining('no such provider') })
    expect(found.unpriced).toBe(3)
  })
})
