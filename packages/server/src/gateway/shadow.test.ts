import type { IncomingMessage, ServerResponse } from 'node:http'
import { Budget, type CallStart, ModelEntry, type Snapshot, Split } from '@signalbox/schema'
import { afterEach, describe, expect, test } from 'vitest'
import type { ShadowOptions } from './shadow.ts'
import { type Got, type Sent, startWorld, until, type World } from './world.case.ts'

type Change = { split?: object; splits?: object[]; budgets?: object[]; models?: Record<string, object> }
const MIRROR = { name: 'mirror', kind: 'shadow', model: 'support', to: 'openai/gpt-4o-mini' }

let world: World
afterEach(() => world.close())

async function start({ split, splits = [{ ...MIRROR, ...split }], budgets = [], models = {} }: Change = {}, options?: ShadowOptions) {
  world = await startWorld((usual) => {
    const project = usual.projects.default as Snapshot['projects'][string]
    const entries = Object.entries(models).map(([name, entry]) => [name, ModelEntry.parse(entry)])
    const changed = {
      ...project,
      models: { ...project.models, ...Object.fromEntries(entries) },
      splits: splits.map((one) => Split.parse(one)),
      budgets: budgets.map((one) => Budget.parse(one)),
    }
    return { ...usual, projects: { default: changed } }
  }, options)
  world.answer = (_, response) => answer(response)
}

const usage = { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 }
function answer(response: ServerResponse, text = 'yes') {
  const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }]
  const body = { id: 'c', object: 'chat.completion', created: 1, model: 'm', choices, usage }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
const modelOf = ({ body }: { body: string }) => (JSON.parse(body) as { model: string }).model
const isShadow = (request: IncomingMessage) =>
  world.seen.at(-1)?.url === request.url && modelOf(world.seen.at(-1) ?? { body: '{}' }) !== 'gpt-4o'

const ask = (more: object = {}, rest: Partial<Sent> = {}): Promise<Got> =>
  world.send({
    path: '/v1/chat/completions',
    body: { model: 'support', messages: [{ role: 'user', content: 'hi' }], max_tokens: 50, ...more },
    ...rest,
  })
/** The records of mirrored calls, when so many of them have ended. */
async function shadows(count: number) {
  const { counters } = world.shadows
  await until(() => counters.ok + counters.error + counters.aborted >= count)
  const { starts, ends } = await world.recorded()
  const isMirrored = ({ shadowOf }: CallStart) => shadowOf !== undefined
  return { originals: starts.filter((one) => !isMirrored(one)), mirrored: starts.filter(isMirrored), ends }
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 30))

describe('a mirrored call', () => {
  test('is the same request for the other model, below the call, and nobody’s', async () => {
    await start()
    const got = await ask({ user: 'ann', seed: 7 }, { headers: { 'x-signalbox-session': 's1', 'x-signalbox-metadata': '{"tier":"pro"}' } })
    expect([got.status, JSON.parse(got.text).model]).toEqual([200, 'm'])
    const { originals, mirrored, ends } = await shadows(1)
    const [original] = originals
    expect(original).toMatchObject({ keyId: 'key_1', userId: 'ann', sessionId: 's1', requestModel: 'support' })
    expect(original?.variant).toBeUndefined()
    expect(mirrored).toHaveLength(1)
    expect(mirrored[0]).toMatchObject({
      traceId: original?.traceId,
      parentId: original?.spanId,
      shadowOf: original?.spanId,
      variant: { split: 'mirror', arm: 'shadow', propensity: 1 },
      requestModel: 'openai/gpt-4o-mini',
      keyId: '',
      userId: '',
      sessionId: '',
      metadata: { tier: 'pro' },
    })
    const sent = world.seen.map(({ body }) => JSON.parse(body) as object)
    expect(sent).toEqual([
      { model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }], max_tokens: 50, user: 'ann', seed: 7 },
      { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'hi' }], max_tokens: 50, user: 'ann', seed: 7 },
    ])
    expect(ends).toMatchObject([{ status: 'ok' }, { status: 'ok', model: 'm', usage: { input: 5, output: 7 } }])
    expect(ends[1]?.body).toContain('"yes"')
  })

  test('begins when the client has its answer, and however slow it is, no client waits', async () => {
    await start()
    const release = Promise.withResolvers<void>()
    world.answer = async (request, response) => {
      if (isShadow(request)) await release.promise
      answer(response)
    }
    for (let i = 0; i < 3; i++) expect((await ask()).status).toBe(200)
    await until(() => world.seen.length === 6)
    const { starts, ends } = await world.recorded()
    expect([starts.length, ends.length]).toEqual([6, 3])
    release.resolve()
    await shadows(3)
  })

  test('streams as the client asked, and its answer is recorded', async () => {
    await start()
    world.answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const content of ['a', 'b']) response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`)
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })}\n\n`)
      response.end('data: [DONE]\n\n')
    }
    const { text } = await ask({ stream: true })
    expect(text).toContain('[DONE]')
    const { ends } = await shadows(1)
    expect(ends).toMatchObject([
      { status: 'ok', sse: true },
      { status: 'ok', sse: true, usage: { input: 5, output: 7 } },
    ])
    expect(ends[1]?.body).toContain('[DONE]')
  })

  test('of another dialect is translated', async () => {
    await start({ split: { to: 'anthropic/claude-sonnet-4-5' } })
    world.answer = (request, response) => {
      if (!request.url?.startsWith('/v1/messages')) return answer(response)
      const body = { id: 'm', type: 'message', role: 'assistant', model: 'claude', content: [{ type: 'text', text: 'oui' }] }
      const told = { ...body, stop_reason: 'end_turn', usage: { input_tokens: 1, output_tokens: 2 } }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(told))
    }
    await ask()
    const { ends } = await shadows(1)
    expect(ends[1]).toMatchObject({ status: 'ok', provider: 'anthropic' })
    expect(ends[1]?.body).toContain('oui')
  })

  test.each([
    [
      'Gemini, whose model stands in the path',
      '/v1beta/models/support:generateContent',
      'google/gemini-2.5-pro',
      /gemini-2\.5-pro:generateContent/,
    ],
    ['an embedding', '/v1/embeddings', 'openai/text-embedding-3-large', /embeddings/],
  ])('of %s goes to the other model', async (_, path, to, url) => {
    await start({ split: { to } })
    world.answer = (request, response) => {
      if (request.url?.includes('generateContent'))
        return void response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ candidates: [{ content: { parts: [{ text: 'x' }], role: 'model' }, finishReason: 'STOP' }] }))
      if (request.url?.includes('embeddings'))
        return void response.writeHead(200, { 'content-type': 'application/json' }).end(
          JSON.stringify({
            object: 'list',
            data: [{ index: 0, embedding: [1] }],
            model: 'e',
            usage: { prompt_tokens: 1, total_tokens: 1 },
          }),
        )
      return answer(response)
    }
    const gemini = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
    const { status } = await world.send({ path, body: path.includes('beta') ? gemini : { model: 'support', input: 'hi' } })
    expect(status).toBe(200)
    await shadows(1)
    expect(world.seen.at(-1)?.url).toMatch(url)
    if (path.includes('embeddings')) expect(modelOf(world.seen.at(-1) ?? { body: '{}' })).toBe('text-embedding-3-large')
  })

  test('is not divided again, and the aliases of several splits are all tried', async () => {
    const targets = [{ provider: 'openai', model: 'gpt-4o-mini' }]
    await start({
      models: { next: { targets }, last: { targets } },
      splits: [
        { ...MIRROR, to: 'next' },
        { ...MIRROR, name: 'second', to: 'last' },
        { ...MIRROR, name: 'off', active: false },
        { name: 'divides', kind: 'weights', model: 'next', arms: [{ name: 'x', model: 'gone/x', weight: 1 }] },
        { ...MIRROR, name: 'chain', model: 'next', to: 'last' },
      ],
    })
    await ask()
    const { mirrored } = await shadows(2)
    await settled()
    expect(world.seen).toHaveLength(3)
    expect(mirrored.map(({ variant, requestModel }) => [variant?.split, requestModel])).toEqual([
      ['mirror', 'next'],
      ['second', 'last'],
    ])
  })

  test('asks no cache and leaves nothing there', async () => {
    const targets = [{ provider: 'openai', model: 'gpt-4o-mini' }]
    await start({ models: { next: { targets, cache: {} } }, split: { to: 'next' } })
    for (let i = 0; i < 2; i++) await ask()
    const { ends } = await shadows(2)
    expect(ends.map(({ cache }) => cache)).toEqual([undefined, undefined, undefined, undefined])
    expect((await ask({ model: 'next' })).headers['x-signalbox-cache']).toBe('miss')
  })
})

describe('what is not mirrored', () => {
  test.each<[string, (response: ServerResponse) => void, object]>([
    ['a call that failed', (response) => void response.writeHead(400).end('{}'), {}],
    ['a call of another name', (response) => answer(response), { model: 'openai/gpt-4o' }],
  ])('%s', async (_, reply, more) => {
    await start()
    world.answer = (__, response) => reply(response)
    await ask(more)
    await settled()
    expect(world.seen).toHaveLength(1)
  })
  test('an answer from the cache', async () => {
    const targets = [{ provider: 'openai', model: 'gpt-4o' }]
    await start({ models: { support: { targets, cache: {} } } })
    await ask()
    await shadows(1)
    expect((await ask()).headers['x-signalbox-cache']).toBe('hit')
    await settled()
    expect(world.seen).toHaveLength(2)
  })
  test('what the sample leaves out', async () => {
    let drawn = 0
    await start({ split: { sample: 0.25 } }, { random: () => [0.9, 0.1, 0.25, 0.2499][drawn++ % 4] ?? 1 })
    for (let i = 0; i < 4; i++) await ask()
    const { mirrored } = await shadows(2)
    await settled()
    expect(world.seen).toHaveLength(6)
    expect(mirrored.map(({ variant }) => variant?.propensity)).toEqual([0.25, 0.25])
  })
  test('more at once than are allowed, which are counted', async () => {
    await start({}, { mostAtOnce: 2 })
    const release = Promise.withResolvers<void>()
    world.answer = async (request, response) => {
      if (isShadow(request)) await release.promise
      answer(response)
    }
    for (let i = 0; i < 5; i++) {
      await ask()
      await until(() => world.seen.length === Math.min(2 * i + 2, i + 3))
    }
    await until(() => world.shadows.counters.dropped === 3)
    release.resolve()
    await shadows(2)
    expect(world.shadows.counters).toEqual({ ok: 2, error: 0, aborted: 0, dropped: 3, refused: 0, failed: 0 })
  })
})

describe('failures stay where they are', () => {
  test('of a mirrored call, on its own record: the target is open for others', async () => {
    const targets = [{ provider: 'openai', model: 'gpt-4o-mini' }]
    const entry = { targets, retries: { attempts: 0 }, breaker: { failures: 1, ratio: 0.1 } }
    await start({ models: { next: entry }, split: { to: 'next' } })
    world.answer = (request, response) => (isShadow(request) ? void response.writeHead(500).end('{}') : answer(response))
    for (let i = 0; i < 4; i++) expect((await ask()).status).toBe(200)
    const { ends, originals } = await shadows(4)
    expect(ends.filter(({ status }) => status === 'error')).toHaveLength(4)
    expect(originals).toHaveLength(4)
    world.answer = (_, response) => answer(response)
    expect((await ask({ model: 'next' })).status).toBe(200)
  })
  test('a model that is not there is counted and said', async () => {
    const said: string[] = []
    await start({ split: { to: 'nobody/nothing' } }, { onRefused: (error, split) => said.push(`${split}: ${(error as Error).message}`) })
    expect((await ask()).status).toBe(200)
    await until(() => world.shadows.counters.failed === 1)
    expect(said[0]).toMatch(/^mirror: .*nobody/)
  })
  test('when the edge stops, those under way are aborted, recorded so, and no more begin', async () => {
    await start()
    world.answer = (request, response) => (isShadow(request) ? undefined : answer(response))
    await ask()
    await until(() => world.seen.length === 2)
    world.shadows.stop()
    const { ends } = await shadows(1)
    expect(ends[1]).toMatchObject({
      status: 'aborted',
      errorType: 'stopped',
      statusMessage: 'The edge stopped before the answer was there.',
    })
    await until(() => world.seen[1]?.aborted === true)
    await ask()
    await until(() => world.shadows.counters.dropped === 1)
    expect(world.seen).toHaveLength(3)
  })
})

describe('money', () => {
  /** Nano-USD of one mirrored call at gpt-4o-mini: 5 × 150 + 7 × 600. What it may use is 50 tokens of output and its input. */
  const COST = 5 * 150 + 7 * 600
  test('the split’s own budget of a day stops it, and the next day begins anew', async () => {
    let now = Date.parse('2026-11-20T23:00:00Z')
    await start({ split: { budgetUsdPerDay: 0.00005 } }, { now: () => now })
    const outcomes: string[] = []
    const round = async () => {
      const { counters } = world.shadows
      const before = counters.ok + counters.refused
      await ask()
      await until(() => counters.ok + counters.refused > before)
      outcomes.push(counters.refused > 0 ? 'refused' : 'ok')
    }
    while (!outcomes.includes('refused') && outcomes.length < 20) await round()
    const { mirrored } = await shadows(1)
    expect(outcomes.at(-1)).toBe('refused')
    // What is set aside for one call is more than it costs; what is spent never passes the budget.
    expect(mirrored.length).toBeGreaterThan(1)
    expect(mirrored.length * COST).toBeLessThanOrEqual(50_000)
    now += 3_600_000
    const { counters } = world.shadows
    const before = counters.ok
    await ask()
    await until(() => counters.ok === before + 1)
  })
  test.each([
    ['a key', { scope: 'key' }, 0],
    ['an end user', { scope: 'end-user' }, 0],
    ['the project', { scope: 'project' }, 1],
  ])('budgets of %s', async (_, scope, refused) => {
    await start({ budgets: [{ name: 'few', measure: 'requests', amount: 3, per: 'day', ...scope }] })
    const { counters } = world.shadows
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) {
      const before = counters.ok + counters.refused
      const { status } = await ask({ user: 'ann' })
      statuses.push(status)
      if (status === 200) await until(() => counters.ok + counters.refused > before)
    }
    // Of three requests that the project may make, one was mirrored.
    expect(statuses).toEqual(refused === 0 ? [200, 200, 200] : [200, 200, 429])
    expect(counters).toMatchObject({ ok: 3 - 2 * refused, refused })
  })
})

describe('what was spent before this process', () => {
  const dear = { budgetUsdPerDay: 1 }
  test('counts, and is asked for once', async () => {
    let asked = 0
    await start(
      { split: dear },
      {
        async spent({ project, split }) {
          asked++
          expect([project.id, split.name]).toEqual(['default', 'mirror'])
          return 1e9
        },
      },
    )
    for (let n = 0; n < 3; n++) expect((await ask()).status).toBe(200)
    await until(() => world.shadows.counters.refused === 3)
    expect([asked, world.seen.length]).toEqual([1, 3])
  })

  test('where it is not known, nothing is mirrored, and it is asked again', async () => {
    let isThere = false
    await start({ split: dear }, { spent: () => (isThere ? Promise.resolve(0) : Promise.reject(new Error('the core is not there'))) })
    await ask()
    await until(() => world.shadows.counters.failed === 1)
    expect(world.seen.length).toBe(1)
    isThere = true
    await until(async () => {
      await ask()
      return world.shadows.counters.ok > 0
    })
  })

  test('a shadow without a budget does not ask', async () => {
    await start({}, { spent: () => Promise.reject(new Error('never')) })
    await ask()
    await shadows(1)
  })
})
