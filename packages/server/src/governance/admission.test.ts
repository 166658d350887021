import { AppError, type Budget, type CallEnd, noUsage, type SnapshotProject, type Usage } from '@signalbox/schema'
import { describe, expect, test } from 'vitest'
import { type Admitting, createAdmission, type Reservation } from './admission.ts'
import { periodAt, periodStart, WindowMeter } from './admission-meters.ts'

const START = Date.UTC(2026, 10, 21, 12)
const PRICE = { input: 1000, output: 2000 }
const price = (usage: Usage): number => (usage.input + usage.cacheWrite1h) * PRICE.input + usage.output * PRICE.output

const budget = (more: Partial<Budget> & Pick<Budget, 'name'>): Budget => ({
  scope: 'project',
  measure: 'money',
  amount: 1,
  per: 'day',
  warnAt: 0.8,
  action: 'block',
  ...more,
})
const projectOf = (budgets: Budget[], more: Partial<SnapshotProject> = {}): SnapshotProject => ({
  id: 'default',
  providers: {},
  models: {},
  budgets,
  currency: { code: 'USD', perUsd: 1 },
  splits: [],
  prices: [],
  capture: { content: true, maxBytes: 1000 },
  ...more,
})
const end = (more: Partial<CallEnd> = {}): CallEnd => ({
  v: 1,
  status: 'ok',
  errorType: '',
  statusMessage: '',
  httpStatus: 200,
  endedAt: 0,
  firstTokenMs: null,
  provider: 'p',
  model: 'm',
  finishReason: 'stop',
  usage: noUsage(),
  usageSource: 'provider',
  cost: 0,
  costParts: {},
  priceVersion: '',
  attempts: [],
  responseBytes: 0,
  sse: false,
  truncated: false,
  ...more,
})
const used = (input: number, output: number): CallEnd => {
  const usage = { ...noUsage(), input, output }
  return end({ usage, cost: price(usage) })
}

function world(budgets: Budget[], more: Partial<SnapshotProject> = {}) {
  let at = START
  const admission = createAdmission({ now: () => at })
  const project = projectOf(budgets, more)
  const asking = ({ caller, ...call }: Omit<Partial<Admitting>, 'caller'> & { caller?: Partial<Admitting['caller']> } = {}): Admitting => ({
    caller: { projectId: 'default', permissions: [], keyId: 'key_1', project, ...caller },
    model: 'support',
    endUser: '',
    inputTokens: 10,
    maxOutputTokens: 100,
    price,
    ...call,
  })
  return {
    admission,
    asking,
    admit: (call?: Parameters<typeof asking>[0]): Reservation => admission.admit(asking(call)),
    pass(ms: number) {
      at += ms
    },
    now: () => at,
  }
}
const refused = (work: () => unknown): AppError => {
  try {
    work()
  } catch (error) {
    if (error instanceof AppError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
const headersOf = ({ headers }: Reservation): Record<string, string> =>
  Object.fromEntries(headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1] ?? '']] : [])))

describe('whose use a budget counts', () => {
  test.each<[string, Partial<Budget>, Parameters<ReturnType<typeof world>['admit']>[0], boolean]>([
    ['a key by its id', { scope: 'key', id: 'key_1' }, {}, true],
    ['a key by its name', { scope: 'key', id: 'bot' }, { caller: { keyName: 'bot' } }, true],
    ['another key', { scope: 'key', id: 'key_2' }, {}, false],
    ['each key', { scope: 'key' }, {}, true],
    ['the team of the key', { scope: 'team', id: 'team_1' }, { caller: { teamId: 'team_1' } }, true],
    ['a key without a team', { scope: 'team' }, {}, false],
    ['the account of the key', { scope: 'user', id: 'account_1' }, { caller: { accountId: 'account_1' } }, true],
    ['an end user', { scope: 'end-user' }, { endUser: 'u1' }, true],
    ['a call that names no end user', { scope: 'end-user' }, {}, false],
    ['the alias', { model: 'support' }, {}, true],
    ['another alias', { model: 'chat' }, {}, false],
    ['a prefix', { model: 'openai/gpt-4o*' }, { model: 'openai/gpt-4o-mini' }, true],
  ])('%s', (_, more, call, counts) => {
    const { admit } = world([budget({ name: 'b', measure: 'requests', amount: 1, ...more })])
    admit(call)
    if (counts) expect(refused(() => admit(call)).code).toBe('rate-limited')
    else admit(call)
  })

  test('one of the organisation counts the calls of all projects', () => {
    const shared = { projectId: 'default', currency: { code: 'USD', perUsd: 1 } }
    const sharedBudgets = [{ ...shared, budget: budget({ name: 'all', scope: 'organisation', measure: 'requests', amount: 2 }) }]
    const { admission, asking } = world([], { sharedBudgets })
    const other = { projectId: 'other', project: projectOf([], { id: 'other', sharedBudgets }) }
    admission.admit(asking()).settle(end())
    admission.admit(asking({ caller: other })).settle(end())
    expect(refused(() => admission.admit(asking({ caller: other }))).message).toContain('the organisation')
  })

  test('a project without budgets shares one reservation that does nothing', () => {
    const { admit } = world([])
    expect(admit()).toBe(admit())
  })
})

test('a call that one budget refuses consumes nothing of any other', () => {
  const names = ['requests', 'tokens', 'concurrent', 'money'] as const
  const budgets = names.map((measure) =>
    budget({ name: measure, measure, amount: 1e6, ...(measure === 'concurrent' && { per: undefined }) }),
  )
  const { admission, admit, asking } = world([...budgets, budget({ name: 'narrow', scope: 'key', measure: 'requests', amount: 0 })])
  for (let i = 0; i < 50; i++) expect(refused(() => admit()).data).toMatchObject({ budget: { name: 'narrow' } })
  const rules = admission.rulesOf(asking().caller.project).all
  for (const {
    identity,
    budget: { name },
  } of rules) {
    const taken = [...(admission.meters.get(identity)?.entries() ?? [])].reduce((sum, [, meter]) => sum + meter.taken(START), 0)
    expect([name, taken]).toEqual([name, 0])
  }
})

describe('a period', () => {
  test('that is spent names the budget, its subject, amount and time, and is not worth another try', () => {
    const { admit } = world([budget({ name: 'per-user', scope: 'end-user', amount: 72, per: 'day' })], {
      currency: { code: 'INR', perUsd: 88.5 },
    })
    admit({ endUser: 'u1' }).settle(end({ usage: { ...noUsage(), input: 5 }, cost: Math.round((72 / 88.5) * 1e9) }))
    const error = refused(() => admit({ endUser: 'u1' }))
    expect(error).toMatchObject({ code: 'budget-exceeded', headers: { 'x-should-retry': 'false' } })
    expect(error.message).toBe('The budget "per-user" (end user u1) is spent: 72.00 INR of 72.00 INR per day (UTC).')
    expect(error.data).toEqual({
      budget: {
        name: 'per-user',
        scope: 'end-user',
        subject: 'u1',
        measure: 'money',
        amount: 72,
        per: 'day',
        used: 72,
        currency: 'INR',
        resetsAt: '2026-11-22T00:00:00.000Z',
      },
    })
    expect(admit({ endUser: 'u2' }).headers).toEqual([])
  })

  test('begins anew at midnight, and a call that began before belongs to the day before', () => {
    const { admit, pass } = world([budget({ name: 'day', measure: 'requests', amount: 2 })])
    const overnight = admit()
    admit().settle(end())
    expect(refused(() => admit()).code).toBe('rate-limited')
    pass(12 * 3_600_000)
    admit().settle(end())
    overnight.settle(end())
    admit().settle(end())
    expect(refused(() => admit()).code).toBe('budget-exceeded')
  })

  test('what calls under way may use is set aside, and given back', () => {
    // 20 input tokens at most and 100 output tokens: 220,000 nano-USD.
    const { admit } = world([budget({ name: 'day', amount: 0.0005 })])
    const first = admit()
    const second = admit()
    expect(refused(() => admit())).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 1 })
    first.settle(used(10, 5))
    second.cancel()
    admit()
  })

  test('of which less is left than a call may use says how much', () => {
    const { admit } = world([budget({ name: 'day', amount: 0.0005 })])
    admit().settle(used(100, 120))
    const error = refused(() => admit())
    expect(error.code).toBe('budget-exceeded')
    expect(error.message).toMatch(/0\.0003 USD are used, and this call may use 0\.0002 USD, more than what is left\.$/)
  })

  test.each([
    ['requests are refused from the amount on, and 0 refuses all', { measure: 'requests', amount: 0 } as const],
    ['money', { amount: 0 } as const],
    ['tokens', { measure: 'tokens', amount: 0 } as const],
  ])('%s', (_, more) => {
    const { admit } = world([budget({ name: 'none', ...more })])
    expect(refused(() => admit()).code).toBe('budget-exceeded')
  })

  test('a warning is a header, and one that only warns refuses nothing', () => {
    const { admit } = world([budget({ name: 'soft', measure: 'requests', amount: 5, action: 'warn' })])
    for (let i = 0; i < 4; i++) {
      const held = admit()
      expect(headersOf(held)['x-signalbox-budget-warning']).toBe(undefined)
      held.settle(end())
    }
    admit().settle(end())
    const over = admit()
    expect(headersOf(over)['x-signalbox-budget-warning']).toBe('soft 100%')
  })
})

describe('what a call used', () => {
  const tokens = (call: CallEnd, asked: Parameters<ReturnType<typeof world>['admit']>[0] = {}): number => {
    const { admission, asking } = world([budget({ name: 'tokens', measure: 'tokens', amount: 1e9 })])
    const call_ = asking(asked)
    admission.admit(call_).settle(call)
    const [rule] = admission.rulesOf(call_.caller.project).all
    return rule?.meters.of('default', START).used(START) ?? -1
  }
  const usage = { ...noUsage(), input: 7, cacheRead: 3, output: 5, reasoning: 1 }
  const failed = { provider: 'p', model: 'm', status: 200, ms: 1, startedAt: 1 }
  test.each<[string, CallEnd, number, Parameters<typeof tokens>[1]?]>([
    ['all buckets of the provider', end({ usage }), 16],
    ['and those of tries that failed', end({ usage, attempts: [{ ...failed, usage, cost: 1 }, failed] }), 32],
    ['nothing where the provider refused', end({ status: 'error', usageSource: 'none', cost: null, responseBytes: 4000 }), 0],
    ['an answer that nobody counted: input and bytes', end({ usageSource: 'none', cost: null, responseBytes: 40 }), 20],
    [
      'a stream that was cut',
      end({ status: 'error', usageSource: 'none', cost: null, firstTokenMs: 3, sse: true, responseBytes: 120 }),
      20,
    ],
    ['never more output than was allowed', end({ status: 'aborted', usageSource: 'none', cost: null, responseBytes: 1e6 }), 110],
    [
      'bytes alone where no maximum was set',
      end({ status: 'aborted', usageSource: 'none', cost: null, responseBytes: 1000 }),
      260,
      { maxOutputTokens: undefined },
    ],
    [
      'tries that failed and told nothing: input and what came',
      end({ usage, attempts: [{ ...failed, cameBytes: 40 }, { ...failed, cameBytes: 0 }, failed] }),
      46,
    ],
    [
      'the last of them once',
      end({
        status: 'error',
        usageSource: 'none',
        cost: null,
        attempts: [
          { ...failed, cameBytes: 40 },
          { ...failed, cameBytes: 80 },
        ],
      }),
      50,
    ],
    ['nothing where the cache answered', end({ usage, cache: { status: 'hit' } }), 0],
  ])('%s', (_, call, expected, asked) => {
    expect(tokens(call, asked)).toBe(expected)
  })

  test('a try that failed and cost something is paid before there is another one', () => {
    const { admit } = world([budget({ name: 'day', amount: 0.0005 })])
    const held = admit()
    const spent = { ...noUsage(), input: 10, output: 100 }
    expect(held.again({ usage: spent, cost: price(spent) })).toBe(true)
    expect(held.again({ usage: spent, cost: price(spent) })).toBe(false)
    held.settle(end({ status: 'error', usageSource: 'none', cost: null, attempts: [{ ...failed, usage: spent, cost: price(spent) }] }))
    // 210,000 of 500,000 are used, and 220,000 fit.
    admit()
  })
})

test('a try that failed without telling what it used stays set aside by what came of it', () => {
  const { admit } = world([budget({ name: 'day', amount: 0.0005 })])
  const held = admit()
  expect(held.again({ cameBytes: 400 })).toBe(true)
  expect(held.again({ cameBytes: 400 })).toBe(false)
})

describe('a minute', () => {
  test('is any 60 seconds, and says when to come again', () => {
    const { admit, pass } = world([budget({ name: 'rate', measure: 'requests', amount: 3, per: 'minute' })])
    admit()
    pass(20_000)
    admit()
    admit()
    const error = refused(() => admit())
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 41, headers: { 'x-ratelimit-remaining-requests': '0' } })
    pass(40_900)
    expect(refused(() => admit()).code).toBe('rate-limited')
    pass(100)
    admit()
    expect(refused(() => admit()).retryAfterSeconds).toBe(20)
  })

  test('tokens: what was not used is given back where it was taken, what was more counts now', () => {
    const { admit, pass } = world([budget({ name: 'rate', measure: 'tokens', amount: 300, per: 'minute' })])
    const first = admit()
    admit()
    expect(refused(() => admit()).code).toBe('rate-limited')
    pass(30_000)
    first.settle(used(10, 10))
    admit()
    pass(30_999)
    expect(refused(() => admit()).code).toBe('rate-limited')
  })

  test('a call that can never fit is not told to come again', () => {
    const { admit } = world([budget({ name: 'rate', measure: 'tokens', amount: 50, per: 'minute' })])
    const error = refused(() => admit())
    expect(error).toMatchObject({ code: 'rate-limited', retryAfterSeconds: undefined, headers: { 'x-should-retry': 'false' } })
    // Without a maximum the guess gives way.
    admit({ maxOutputTokens: undefined }).settle(used(10, 10))
  })

  test('never holds more than its amount, whatever comes when', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = randomOf(seed)
      const limit = 1 + random(50)
      const meter = new WindowMeter()
      const events: { at: number; amount: number }[] = []
      let at = START
      for (let i = 0; i < 400; i++) {
        at += random(random(4) === 0 ? 30_000 : 800)
        const amount = 1 + random(4)
        if (meter.taken(at) + amount > limit) continue
        meter.take(at, amount)
        events.push({ at, amount })
      }
      expect(events.length).toBeGreaterThan(10)
      for (const { at: to } of events) {
        const sum = events.reduce((all, one) => all + (one.at > to - 60_000 && one.at <= to ? one.amount : 0), 0)
        expect(sum).toBeLessThanOrEqual(limit)
      }
    }
  })
})

test('calls at once are counted while they last', () => {
  const { admit } = world([budget({ name: 'few', measure: 'concurrent', amount: 2, per: undefined })])
  const first = admit()
  admit()
  expect(refused(() => admit())).toMatchObject({ code: 'rate-limited', retryAfterSeconds: 1 })
  first.settle(end())
  first.settle(end())
  first.cancel()
  admit()
  expect(refused(() => admit()).message).toBe('The budget "few" (project default) allows 2 calls at once; that many are under way.')
})

describe('limits in the words of a dialect', () => {
  const budgets = [
    budget({ name: 'r', measure: 'requests', amount: 60, per: 'minute' }),
    budget({ name: 'wide', measure: 'requests', amount: 600, per: 'minute' }),
    budget({ name: 't', measure: 'tokens', amount: 100_000, per: 'day' }),
  ]
  test('OpenAI', () => {
    expect(headersOf(world(budgets).admit({ dialect: 'openai-chat' }))).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1m0s',
      'x-ratelimit-limit-tokens': '100000',
      'x-ratelimit-remaining-tokens': '99880',
      'x-ratelimit-reset-tokens': '12h0m0s',
    })
  })
  test('Anthropic', () => {
    expect(headersOf(world(budgets).admit({ dialect: 'anthropic' }))).toEqual({
      'anthropic-ratelimit-requests-limit': '60',
      'anthropic-ratelimit-requests-remaining': '59',
      'anthropic-ratelimit-requests-reset': '2026-11-21T12:01:00Z',
      'anthropic-ratelimit-tokens-limit': '100000',
      'anthropic-ratelimit-tokens-remaining': '99880',
      'anthropic-ratelimit-tokens-reset': '2026-11-22T00:00:00Z',
    })
  })
})

describe('never overspent', () => {
  // Whatever comes together and ends how it may: within what a call was allowed, no strict budget is passed, and nothing leaks.
  test.each(Array.from({ length: 30 }, (_, seed) => seed + 1))('random calls, seed %i', (seed) => {
    const random = randomOf(seed)
    const budgets = [
      budget({ name: 'all', scope: 'project', amount: (5 + random(40)) / 1000, per: 'month' }),
      budget({ name: 'each', scope: 'end-user', amount: (1 + random(8)) / 1000 }),
      budget({ name: 'key', scope: 'key', measure: 'tokens', amount: 2000 + random(20_000) }),
      budget({ name: 'calls', scope: 'key', measure: 'requests', amount: 20 + random(200) }),
      budget({ name: 'at-once', measure: 'concurrent', amount: 1 + random(20), per: undefined }),
    ]
    const { admission, admit, asking, pass, now } = world(budgets)
    const project = asking().caller.project
    const spent = new Map<string, number>()
    const count = (name: string, by: number) => spent.set(name, (spent.get(name) ?? 0) + by)
    const under: { held: Reservation; endUser: string; keyId: string; input: number; max: number }[] = []
    let refusals = 0
    for (let step = 0; step < 1500; step++) {
      pass(random(200))
      if (random(3) > 0) {
        const endUser = `u${random(5)}`
        const keyId = `k${random(3)}`
        const bytes = 4 + random(400)
        const max = 1 + random(300)
        const call = { endUser, inputTokens: Math.ceil(bytes / 4), maxOutputTokens: max, caller: { keyId } }
        try {
          under.push({ held: admit(call), endUser, keyId, input: Math.floor(bytes / 2), max })
        } catch (error) {
          if (!(error instanceof AppError)) throw error
          refusals++
        }
      } else if (under.length > 0) {
        const [one] = under.splice(random(under.length), 1)
        if (!one) continue
        const { held, endUser, keyId, input, max } = one
        const way = random(5)
        if (way === 0) {
          held.cancel()
          continue
        }
        const usage = { ...noUsage(), input: random(input + 1), output: random(max + 1) }
        const cost = price(usage)
        held.settle(
          way === 1
            ? end({ status: 'error', usageSource: 'none', cost: null })
            : way === 2
              ? end({ status: 'aborted', usage, cost })
              : end({ usage, cost }),
        )
        count(`calls ${keyId}`, 1)
        if (way === 1) continue
        count('all', cost)
        count(`each ${endUser}`, cost)
        count(`key ${keyId}`, usage.input + usage.output)
      }
    }
    expect(refusals).toBeGreaterThan(0)
    for (const { held } of under) held.cancel()
    for (const { budget: one, meters, limit } of admission.rulesOf(project).all) {
      for (const [subject, meter] of meters.entries()) {
        const known = one.scope === 'project' ? (spent.get(one.name) ?? 0) : (spent.get(`${one.name} ${subject}`) ?? 0)
        expect([one.name, subject, meter.taken(now())]).toEqual([one.name, subject, one.name === 'at-once' ? 0 : known])
        expect(known).toBeLessThanOrEqual(limit)
      }
    }
  })
})

test('counts outlive a change of the configuration, and an amount that is raised makes room', () => {
  const one = budget({ name: 'day', measure: 'requests', amount: 1 })
  const { admission, asking } = world([one])
  admission.admit(asking()).settle(end())
  const raised = asking({ caller: { project: projectOf([{ ...one, amount: 2 }]) } })
  admission.admit(raised).settle(end())
  expect(refused(() => admission.admit(raised)).code).toBe('budget-exceeded')
})

test('what is left of the tightest budget of money', () => {
  const { admission, asking } = world([budget({ name: 'all', amount: 1 }), budget({ name: 'each', scope: 'end-user', amount: 0.001 })])
  const call = asking({ endUser: 'u' })
  expect(admission.left(call.caller, 'u')).toBe(1)
  admission.admit(call).settle(used(500, 0))
  expect(admission.left(call.caller, 'u')).toBe(0.5)
  expect(admission.left(call.caller, 'v')).toBe(0.9995)
})

test.each([
  ['2026-02-28T23:59:59.999Z', 'month', '2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z'],
  ['2026-12-31T23:59:59.999Z', 'month', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ['2026-03-29T00:00:00.000Z', 'day', '2026-03-29T00:00:00.000Z', '2026-03-30T00:00:00.000Z'],
] as const)('%s is in the %s from %s to %s', (at, per, from, to) => {
  const period = periodAt(per, Date.parse(at))
  expect(new Date(periodStart(per, period)).toISOString()).toBe(from)
  expect(new Date(periodStart(per, period + 1)).toISOString()).toBe(to)
})

function randomOf(seed: number): (below: number) => number {
  let state = seed * 7919
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}
