import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { putEmptyStores } from './empty-stores.ts'
import { awayFromMidnight, eventually, type Signalbox, startSignalbox } from './signalbox.ts'

/** A contract bot that costs 72 rupees per user and day, and no more. */
const YAML = `
version: 1
currency: { code: INR, perUsd: 88 }
models:
  contract-bot:
    targets: [{ provider: simulator, model: script }]
  pot:
    targets: [{ provider: simulator, model: faults }, { provider: simulator, model: script }]
    retries: { backoffMs: 1 }
budgets:
  - { name: pot, scope: project, model: pot, amount: 0.4, per: month }
  - { name: contract-bot, scope: end-user, model: contract-bot, amount: 72, per: day }
  - { name: five-a-day, scope: end-user, model: simulator/script, measure: requests, amount: 5, per: day }
  - { name: three-a-minute, scope: end-user, model: simulator/echo, measure: requests, amount: 3, per: minute }
`
/** By the published price of the simulator: 10 × 1,000 + 50,000 × 2,000 nano-USD, which is 8.80088 rupees. */
const OUTPUT = 50_000
const script = (more: object = {}) => JSON.stringify({ text: 'The clause is void.', usage: { input: 10, output: OUTPUT }, ...more })
const RUPEES = 8.80088

type Got = { status: number; headers: Headers; body: Record<string, unknown> & { error?: Record<string, unknown> } }
type Asking = { user?: string; model?: string; text?: string; path?: string; body?: object; headers?: Record<string, string> }
const caller =
  (signalbox: () => Signalbox) =>
  async (asking: Asking): Promise<Got> => {
    const { user, model = 'contract-bot', text = script(), path = '/v1/chat/completions', body, headers } = asking
    const response = await fetch(`${signalbox().url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${signalbox().secretKey}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body ?? { model, messages: [{ role: 'user', content: text }], max_tokens: OUTPUT, ...(user && { user }) }),
    })
    return { status: response.status, headers: response.headers, body: (await response.json()) as Got['body'] }
  }
const client = ({ url, secretKey }: Signalbox) => createClient({ baseUrl: url, apiKey: secretKey })
/** Calls that the simulator is busy with. Its address is known when the edge has said it, which it does every two seconds. */
const underWayAt = async (signalbox: Signalbox): Promise<number | undefined> => {
  const { providers } = await client(signalbox).providers.list()
  const url = providers.find(({ name }) => name === 'simulator')?.baseUrl
  return url ? ((await (await fetch(url.replace(/\/v1$/, '/in-flight'))).json()) as { calls: number }).calls : undefined
}
const warning = ({ headers }: Got) => headers.get('x-signalbox-budget-warning')

beforeAll(() => awayFromMidnight())
describe('a contract bot that costs 72 rupees per user and day', () => {
  let signalbox: Signalbox
  const ask = caller(() => signalbox)
  const api = () => client(signalbox)
  beforeAll(async () => {
    signalbox = await startSignalbox({ yaml: YAML })
  })
  afterAll(() => signalbox?.stop())

  test('warns from 80 % on, stops before 72 rupees are passed, and leaves the next user alone', async () => {
    const warnings: (string | null)[] = []
    for (let i = 0; i < 8; i++) {
      const got = await ask({ user: 'asha' })
      expect([got.status, got.headers.get('x-signalbox-cost')]).toEqual([200, '0.10001'])
      warnings.push(warning(got))
    }
    // 7 × 8.80 rupees are 85 %.
    expect(warnings).toEqual([null, null, null, null, null, null, null, 'contract-bot 85%'])

    const refused = await ask({ user: 'asha' })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-should-retry')).toBe('false')
    expect(refused.body.error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' })
    expect(refused.body.error?.message).toMatch(
      /^The budget "contract-bot" \(end user asha, model contract-bot\) allows 72\.00 INR per day \(UTC\); 70\.41 INR are used, and this call may use 8\.\d\d INR/,
    )
    expect(warning(refused)).toBe('contract-bot 97%')
    // What fits into the rest may still be said.
    const short = { model: 'contract-bot', messages: [{ role: 'user', content: '{"text":"Yes."}' }], max_tokens: 20, user: 'asha' }
    expect((await ask({ body: short })).status).toBe(200)

    const next = await ask({ user: 'bela' })
    expect([next.status, warning(next)]).toEqual([200, null])
  })

  test('stops in the words of every dialect, by whatever name it calls the user', async () => {
    const messages = [{ role: 'user', content: script() }]
    const anthropic = await ask({
      path: '/v1/messages',
      headers: { 'anthropic-version': '2023-06-01' },
      body: { model: 'contract-bot', messages, max_tokens: OUTPUT, metadata: { user_id: 'asha' } },
    })
    expect([anthropic.status, anthropic.body.type, anthropic.body.error?.type]).toEqual([402, 'error', 'billing_error'])
    const gemini = await ask({
      path: '/v1beta/models/contract-bot:generateContent',
      headers: { 'x-signalbox-user': 'asha' },
      body: { contents: [{ role: 'user', parts: [{ text: script() }] }], generationConfig: { maxOutputTokens: OUTPUT } },
    })
    expect([gemini.status, gemini.body.error?.status]).toEqual([429, 'RESOURCE_EXHAUSTED'])
    const responses = await ask({
      path: '/v1/responses',
      body: { model: 'contract-bot', input: script(), max_output_tokens: OUTPUT, safety_identifier: 'asha' },
    })
    expect([responses.status, responses.body.error?.code]).toEqual([429, 'insufficient_quota'])
  })

  test('shows who used what, how far it will go by tonight, and whose budget is used up', async () => {
    // The ledger hears of a call a moment after its end, and what is under way comes with a heartbeat of the edge.
    const use = await eventually(async () => {
      const { budgets, currency } = await api().budgets.usage({ name: 'contract-bot' })
      const [found] = budgets
      const [first, second] = found?.subjects ?? []
      const isSettled = first?.reserved === 0 && second?.reserved === 0 && (first.percent ?? 0) >= 97.8 && second.used > 8.8
      return found && isSettled ? { found, currency } : undefined
    })
    expect(use.currency).toEqual({ code: 'INR', perUsd: 88 })
    const { found } = use
    expect(found).toMatchObject({ name: 'contract-bot', from: 'file', amount: 72, moreSubjects: false })
    const [asha, bela] = found.subjects
    expect(asha).toMatchObject({ subject: 'asha', reserved: 0, percent: 97.8, state: 'used-up', unpricedCalls: 0 })
    expect(asha?.used).toBeCloseTo(8 * RUPEES, 1)
    expect(bela).toMatchObject({ subject: 'bela', state: 'ok' })
    expect(bela?.used).toBeCloseTo(RUPEES, 6)
    // By the hour at least, so that one call is not taken for a habit; tonight it is never less than now.
    expect(asha?.forecast).toBeGreaterThanOrEqual(asha?.used ?? 0)
    expect(found.days.map(({ day }) => day)).toEqual([new Date().toISOString().slice(0, 10)])
    expect(found.used).toBeCloseTo((asha?.used ?? 0) + (bela?.used ?? 0), 6)
    expect(Date.parse(found.periodEnd ?? '') - Date.parse(found.periodStart ?? '')).toBe(86_400_000)
  })

  test('limits per minute say so in headers, and refuse with the time to come again', async () => {
    const echo = () => ask({ user: 'chan', model: 'simulator/echo', text: 'hello' })
    const [first, second] = [await echo(), await echo()]
    expect(first.headers.get('x-ratelimit-limit-requests')).toBe('3')
    expect(second.headers.get('x-ratelimit-remaining-requests')).toBe('1')
    await echo()
    const refused = await echo()
    expect([refused.status, refused.body.error?.code, refused.body.error?.type]).toEqual([429, 'rate_limit_exceeded', 'requests'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(20)
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0')
  })

  test('cost per day and model, as JSON and as CSV, is what the spans say', async () => {
    const day = new Date().toISOString().slice(0, 10)
    const report = await eventually(async () => {
      const got = await api().usage.get({ from: day, groupBy: 'day,model,user' })
      return typeof got !== 'string' && got.total.calls === 13 ? got : undefined
    })
    expect(report).toMatchObject({ from: day, to: day, currency: { code: 'INR' } })
    expect(report.rows).toContainEqual({
      day,
      model: 'script',
      user: 'bela',
      calls: 1,
      errors: 0,
      inputTokens: 10,
      outputTokens: OUTPUT,
      costUsd: '0.10001',
      cost: RUPEES,
      unpricedCalls: 0,
    })
    const sums = await api().query.run({ measures: ['costUsd'], dimensions: [] })
    expect(String(sums.rows[0]?.costUsd)).toBe(report.total.costUsd)
    const url = `${signalbox.url}/api/v1/usage?from=${day}&groupBy=day,model&format=csv`
    const csv = await fetch(url, { headers: { authorization: `Bearer ${signalbox.secretKey}` } })
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const lines = (await csv.text()).trimEnd().split('\r\n')
    expect(lines[0]).toBe('day,model,calls,errors,inputTokens,outputTokens,costUsd,cost,currency,unpricedCalls')
    expect(lines.slice(1).map((line) => line.split(',').slice(0, 3))).toEqual([
      [day, 'echo', '3'],
      [day, 'script', '10'],
    ])
  })

  test('ledger and spans add up', async () => {
    expect(await api().reconciliation.get({})).toMatchObject({ ok: true, calls: 13, differences: [], unpriced: [] })
  })

  test('many at once, with faults and clients that hang up, never pass the amount, by the count of the provider itself', async () => {
    // Its address is known when the edge has said it, which it does every two seconds.
    const simulator = await vi.waitFor(
      async () => {
        const { providers } = await api().providers.list()
        const found = providers.find(({ name }) => name === 'simulator')?.baseUrl
        if (!found) throw new Error('the simulator has no address yet')
        return found
      },
      { timeout: 60_000, interval: 200 },
    )
    const counted = async () => ((await (await fetch(`${simulator}/count`)).json()) as { nanoUsd: number }).nanoUsd
    const before = await counted()
    const statuses = new Map<string, number>()
    const one = async (n: number): Promise<void> => {
      const faults = [undefined, undefined, 'refuse', 'cut', 'garbage', '429', '500']
      const fault = faults[n % faults.length]
      const content = JSON.stringify({
        text: 'word '.repeat(1 + ((n * 7) % 80)),
        chunkMs: 2,
        ...(fault && { fault: Number(fault) || fault }),
      })
      const streamed = n % 3 === 0
      const stop = new AbortController()
      if (n % 11 === 0) setTimeout(() => stop.abort(), 30)
      const outcome = await fetch(`${signalbox.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'pot', messages: [{ role: 'user', content }], max_tokens: 120, stream: streamed }),
        signal: stop.signal,
      })
        .then((response) => response.text().then(() => String(response.status)))
        .catch(() => 'aborted')
      statuses.set(outcome, (statuses.get(outcome) ?? 0) + 1)
    }
    for (let n = 0; n < 240; n += 40) await Promise.all(Array.from({ length: 40 }, (_, i) => one(n + i)))
    const spent = (await counted()) - before
    const limit = (0.4 / 88) * 1e9
    expect(statuses.get('200')).toBeGreaterThan(5)
    expect(statuses.get('429')).toBeGreaterThan(50)
    expect(spent).toBeLessThanOrEqual(limit)
    // And what can be used is used: one after another, until less is left than one call may use.
    const plain = { model: 'pot', messages: [{ role: 'user', content: JSON.stringify({ text: 'word '.repeat(80) }) }], max_tokens: 120 }
    let status = 200
    for (let n = 0; n < 60 && status === 200; n++) ({ status } = await ask({ body: plain }))
    expect(status).toBe(429)
    const inTheEnd = (await counted()) - before
    expect(inTheEnd).toBeLessThanOrEqual(limit)
    expect(inTheEnd).toBeGreaterThan(limit - 800_000)
    const used = await eventually(async () => {
      const { budgets } = await api().budgets.usage({ name: 'pot' })
      return budgets[0] && budgets[0].used > 0.2 ? budgets[0].used : undefined
    })
    expect(used).toBeLessThanOrEqual(0.4)
  })

  test('a budget that is added counts what was used before, and one that is raised makes room', async () => {
    const added = await api().budgets.create({ name: 'late', scope: 'end-user', id: 'bela', measure: 'requests', amount: 2, per: 'day' })
    expect(added).toMatchObject({ name: 'late', from: 'project', warnAt: 0.8, action: 'block' })
    const short = { model: 'contract-bot', messages: [{ role: 'user', content: '{"text":"Yes."}' }], max_tokens: 20, user: 'bela' }
    await eventually(async () => ((await ask({ body: short })).headers.get('x-ratelimit-limit-requests') === '2' ? true : undefined))
    await eventually(async () => ((await ask({ body: short })).status === 429 ? true : undefined))
    expect((await ask({ body: short })).body.error?.message).toContain('"late" (end user bela) is spent: ')
    expect(await api().budgets.change({ name: 'late', amount: 1000 })).toMatchObject({ amount: 1000, scope: 'end-user', id: 'bela' })
    await eventually(async () => ((await ask({ body: short })).status === 200 ? true : undefined))
    await expect(api().budgets.change({ name: 'contract-bot', amount: 1 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(api().budgets.create({ name: 'five-a-day', scope: 'key', amount: 1 })).rejects.toMatchObject({ code: 'conflict' })
    await expect(api().budgets.change({ name: 'late', measure: 'money', per: 'minute' })).rejects.toMatchObject({ code: 'invalid-request' })
    await api().budgets.remove({ name: 'late' })
    expect((await api().budgets.list()).budgets.map(({ name }) => name)).toEqual(['pot', 'contract-bot', 'five-a-day', 'three-a-minute'])
  })
})

describe('counts', () => {
  let data: string
  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'budgets-'))
    await putEmptyStores(data)
  })
  afterAll(() => rm(data, { recursive: true, force: true }))

  test('survive kill -9 and restarts: what ended exactly, what was under way as what was set aside for it', async () => {
    let signalbox = await startSignalbox({ yaml: YAML, data })
    const ask = caller(() => signalbox)
    const counted = (user: string, more: object = {}) =>
      ask({ user, model: 'simulator/script', text: script({ usage: undefined, ...more }) })
    try {
      for (let i = 0; i < 3; i++) expect((await counted('dev')).status).toBe(200)
      for (let i = 0; i < 5; i++) expect((await ask({ user: 'eva' })).status).toBe(200)
      const underWay = [counted('dev', { delayMs: 60_000 }), ask({ user: 'eva', text: script({ delayMs: 60_000 }) })]
      for (const call of underWay) call.catch(() => {})
      await eventually(async () => ((await underWayAt(signalbox)) === 2 ? true : undefined))
      const pid = signalbox.killRole('edge')
      await Promise.allSettled(underWay)
      await eventually(async () => (signalbox.pidOf('edge') !== undefined && signalbox.pidOf('edge') !== pid ? true : undefined))
      await signalbox.ready('edge')
      // Four of five are gone; of 72 rupees 5 × 8.80, and a little more than 8.80 for the one that nobody saw the end of.
      expect([(await counted('dev')).status, (await counted('dev')).status]).toEqual([200, 429])
      expect([(await ask({ user: 'eva' })).status, (await ask({ user: 'eva' })).status, (await ask({ user: 'eva' })).status]).toEqual([
        200, 200, 429,
      ])

      // With the core down it goes on.
      signalbox.killRole('core')
      expect((await counted('dev')).status).toBe(429)
      await signalbox.ready()

      await signalbox.stop()
      signalbox = await startSignalbox({ yaml: YAML, data })
      expect([(await counted('dev')).status, (await ask({ user: 'eva' })).status]).toEqual([429, 429])
      await signalbox.stop()

      // Without its own counts the edge takes the ledger's.
      rmSync(join(data, 'edge', 'budgets.json'))
      signalbox = await startSignalbox({ yaml: YAML, data })
      await eventually(async () => ((await counted('dev')).status === 429 ? true : undefined))
    } finally {
      await signalbox.stop()
    }
  })
})
