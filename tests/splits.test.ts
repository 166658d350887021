import { createClient, type Output } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

const hour = 3_600_000
const ago = (hours: number) => new Date(Date.now() - hours * hour).toISOString()
const YAML = `
version: 1
models:
  writer: { targets: [{ provider: simulator, model: echo }] }
  writer-new: { targets: [{ provider: simulator, model: script }] }
  coder: { targets: [{ provider: simulator, model: echo }] }
  early: { targets: [{ provider: simulator, model: echo }] }
  mirrored: { targets: [{ provider: simulator, model: echo }] }
  thrifty: { targets: [{ provider: simulator, model: echo }] }
splits:
  - { name: new-writer, model: writer, kind: weights, arms: [{ name: now, model: writer, weight: 1 }, { name: new, model: writer-new, weight: 1 }] }
  - name: next-coder
    model: coder
    kind: canary
    to: simulator/script
    startsAt: ${ago(3)}
    steps: [{ percent: 0, minutes: 60 }, { percent: 25, minutes: 600 }, { percent: 100 }]
  - { name: soon, model: early, kind: canary, to: simulator/script, startsAt: ${ago(-5)}, steps: [{ percent: 100 }] }
  - { name: mirror, model: mirrored, kind: shadow, to: simulator/script }
  - { name: thrifty-mirror, model: thrifty, kind: shadow, to: simulator/script, budgetUsdPerDay: 0.0101 }
`
const USERS = Array.from({ length: 400 }, (_, index) => `user-${index}@example.com`)

let signalbox: Signalbox
beforeAll(async () => {
  signalbox = await startSignalbox({ yaml: YAML })
  await ask({ model: 'simulator/echo' })
})
afterAll(() => signalbox?.stop())
const api = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })

type Asked = { model: string; user?: string; content?: string; stream?: boolean; max_tokens?: number }
async function ask({ model, user, content = 'Hello', ...more }: Asked) {
  const response = await fetch(`${signalbox.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }], ...(user && { user }), ...more }),
  })
  const text = await response.text()
  const header = (name: string) => response.headers.get(`x-signalbox-${name}`) ?? ''
  return { status: response.status, text, went: header('model'), traceId: header('trace-id') }
}
async function askAll(model: string, users: readonly string[]): Promise<Map<string, string>> {
  const went = new Map<string, string>()
  for (let from = 0; from < users.length; from += 20)
    await Promise.all(users.slice(from, from + 20).map(async (user) => went.set(user, (await ask({ model, user })).went)))
  return went
}
const trace = (traceId: string, spans: number) =>
  eventually(async () => {
    const found = await api().traces.get({ traceId })
    return found.spans.length >= spans ? found : undefined
  })
/** Calls that arrived, by the simulator's own count. Its address is known some time after the first call. */
const counted = async (): Promise<number> => {
  const url = await eventually(
    async () => (await api().providers.list()).providers.find(({ name }) => name === 'simulator')?.baseUrl || undefined,
  )
  return ((await (await fetch(`${url}/count`)).json()) as { calls: number }).calls
}
const metric = async (result: string): Promise<number> => {
  const text = await (await fetch(`${signalbox.url}/metrics`)).text()
  return Number(new RegExp(`^signalbox_shadow_calls_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(text)?.[1])
}
type Variant = { split: string; arm: string; propensity: number }
const variantOf = async ({ spanId, traceId }: Output<'traces.get'>['spans'][number]): Promise<Variant | undefined> =>
  ((await api().spans.get({ spanId, traceId })).attributes as { variant?: Variant }).variant

describe('half and half', () => {
  test('a user stays in an arm, and the arms are equal within what chance allows', async () => {
    const first = await askAll('writer', USERS)
    const isNew = [...first.values()].filter((model) => model === 'script').length
    // 400 users: the mean is 200, the deviation 10.
    expect(Math.abs(isNew - 200)).toBeLessThan(40)
    expect(await askAll('writer', USERS)).toEqual(first)
  })
  test('each call says which arm, and how likely that was', async () => {
    const { went, traceId } = await ask({ model: 'writer', user: USERS[0] ?? '' })
    const { spans } = await trace(traceId, 1)
    const arm = went === 'script' ? 'new' : 'now'
    expect(spans[0]?.metadata).toMatchObject({ split: 'new-writer', variant: arm })
    expect(await variantOf(spans[0] as (typeof spans)[number])).toEqual({ split: 'new-writer', arm, propensity: 0.5 })
    const { rows } = await eventually(async () => {
      const filters = [{ field: 'metadata.split', op: 'eq' as const, value: 'new-writer' }]
      const found = await api().query.run({ measures: ['calls'], dimensions: ['metadata.variant'], filters })
      return found.rows.reduce((sum, { calls }) => sum + Number(calls), 0) === 801 ? found : undefined
    })
    expect(rows.map((row) => row['metadata.variant']).toSorted()).toEqual(['new', 'now'])
  })
})

describe('a canary', () => {
  test('is at the step that the clock says', async () => {
    const went = await askAll('coder', USERS.slice(0, 200))
    const moved = [...went.values()].filter((model) => model === 'script').length
    // 25 % of 200: the mean is 50, the deviation 6.
    expect(Math.abs(moved - 50)).toBeLessThan(25)
    const user = [...went].find(([, model]) => model === 'script')?.[0] ?? ''
    const { traceId } = await ask({ model: 'coder', user })
    const { spans } = await trace(traceId, 1)
    expect(await variantOf(spans[0] as (typeof spans)[number])).toEqual({ split: 'next-coder', arm: 'canary', propensity: 0.25 })
  })
  test('has not begun before it begins', async () => {
    expect(new Set((await askAll('early', USERS.slice(0, 40))).values())).toEqual(new Set(['echo']))
  })
})

describe('a shadow', () => {
  test('mirrors each call after its answer: twice as many arrive, and the client sees one', async () => {
    const before = await counted()
    const done = await metric('ok')
    const content = JSON.stringify({ text: 'mirrored', firstTokenMs: 200, usage: { input: 10, output: 5 } })
    const answers = await Promise.all([0, 1, 2, 3].map((n) => ask({ model: 'mirrored', content, stream: n % 2 === 1 })))
    expect(answers.map(({ status, went }) => [status, went])).toEqual(Array.from({ length: 4 }, () => [200, 'echo']))
    await eventually(async () => ((await metric('ok')) === done + 4 ? true : undefined))
    expect((await counted()) - before).toBe(8)

    const { trace: shown, spans } = await trace(answers[0]?.traceId ?? '', 2)
    const original = spans.find(({ model }) => model === 'echo')
    const mirrored = spans.find(({ spanId }) => spanId !== original?.spanId)
    expect(original).toMatchObject({ parentId: null, status: 'ok' })
    expect(original?.metadata).not.toHaveProperty('variant')
    expect(mirrored).toMatchObject({
      parentId: original?.spanId,
      model: 'script',
      status: 'ok',
      metadata: { split: 'mirror', variant: 'shadow' },
    })
    expect(Number(mirrored?.costUsd)).toBeGreaterThan(0)
    const detail = await api().spans.get({ spanId: mirrored?.spanId ?? '', traceId: mirrored?.traceId ?? '' })
    expect(detail.attributes).toMatchObject({ shadowOf: original?.spanId, variant: { split: 'mirror', arm: 'shadow', propensity: 1 } })
    expect(JSON.stringify(detail.output)).toContain('mirrored')
    // What it is shown by is the answer that the client saw.
    expect(shown.outputPreview).toBe(content)
  })

  test('its own budget stops it, and nobody notices', async () => {
    const before = await counted()
    const refused = await metric('refused')
    // 10 × 1,000 + 1,000 × 2,000 nano-USD each time.
    const content = JSON.stringify({ text: 'dear', usage: { input: 10, output: 1000 } })
    for (let n = 1; n <= 10; n++) {
      const sum = (await metric('ok')) + (await metric('refused'))
      expect((await ask({ model: 'thrifty', content, max_tokens: 1000 })).status).toBe(200)
      await eventually(async () => ((await metric('ok')) + (await metric('refused')) > sum ? true : undefined))
    }
    const mirrored = (await counted()) - before - 10
    expect(mirrored * 0.00201).toBeLessThanOrEqual(0.0101)
    expect(mirrored).toBeGreaterThanOrEqual(3)
    expect((await metric('refused')) - refused).toBe(10 - mirrored)
  })

  test('ledger and spans add up', async () => {
    await eventually(async () => ((await api().reconciliation.get({})).ok ? true : undefined))
  })
})
