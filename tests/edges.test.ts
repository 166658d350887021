import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulatorProcess } from './faults/world.ts'
import { awayFromMidnight, eventually, freePort, PROGRAM } from './signalbox.ts'

const ROOT = resolve(import.meta.dirname, '..')
const SECRET = 'sk-sb-0123456789abcdef'
/** What an edge holds it may spend for so long without the core; others get it ten seconds later. */
const LEASE_SECONDS = 6

/** One call of 100 words costs at most some 205 µUSD; a budget holds some hundred of them. */
const POT_USD = 0.02
const yaml = (simulator: string, more = '') => `version: 1
providers:
  sim: { kind: simulator, baseUrl: '${simulator}' }
models:
  first: { targets: [{ provider: sim, model: script }] }
  second: { targets: [{ provider: sim, model: script }] }
  third: { targets: [{ provider: sim, model: script }] }
  free: { targets: [{ provider: sim, model: script }] }
  coder: { targets: [{ provider: sim, model: echo }], retries: { attempts: 0 } }
${more}
splits:
  - name: next-coder
    model: coder
    kind: canary
    to: sim/faults
    startsAt: 2026-01-01T00:00:00Z
    steps: [{ percent: 100 }]
    stopAtErrorRate: 0.1
budgets:
  - { name: first, scope: project, model: first, amount: ${POT_USD}, per: month }
  - { name: second, scope: project, model: second, amount: ${POT_USD}, per: month }
  - { name: third, scope: end-user, model: third, amount: ${POT_USD}, per: day }
  - { name: a-minute, scope: end-user, model: free, measure: requests, amount: 10, per: minute }
`

type Running = { child: ChildProcess; url: string; data: string; stderr(): string }
let folder: string
let simulator: Awaited<ReturnType<typeof startSimulatorProcess>>
let core: Running
let one: Running
let two: Running
const children: ChildProcess[] = []

beforeAll(() => awayFromMidnight())
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edges-'))
  simulator = await startSimulatorProcess()
  await writeFile(join(folder, 'signalbox.yaml'), yaml(simulator.url))
  core = await start('core', 'core')
  ;[one, two] = await Promise.all([start('edge', 'one'), start('edge', 'two')])
})
afterAll(async () => {
  const ended = children.map((child) => child.exitCode ?? child.signalCode ?? new Promise((done) => child.once('exit', done)))
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(ended)
  simulator?.child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** One role alone, with a data folder of its own, and the core on a TCP port. */
async function start(role: 'core' | 'edge', name: string, port?: number, withCore = true): Promise<Running> {
  const listens = port ?? (await freePort())
  const data = join(folder, name)
  const child = spawn(process.execPath, [...PROGRAM, role], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      SIGNALBOX_DATA: data,
      SIGNALBOX_PORT: String(listens),
      SIGNALBOX_CONFIG: join(folder, 'signalbox.yaml'),
      SIGNALBOX_CLUSTER_TOKEN: 'a token that only these processes know',
      SIGNALBOX_BOOTSTRAP_PUBLIC_KEY: 'pk-sb-0123456789abcdef',
      SIGNALBOX_BOOTSTRAP_SECRET_KEY: SECRET,
      ...(role === 'edge' && { SIGNALBOX_CORE_URL: core.url, SIGNALBOX_LEASE_SECONDS: String(LEASE_SECONDS) }),
    },
  })
  children.push(child)
  const written: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => written.push(text))
  const running = { child, url: `http://127.0.0.1:${listens}`, data, stderr: () => written.join('') }
  const path = role === 'core' ? '/healthz' : withCore ? '/readyz' : '/readyz?role=edge'
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error(`${name} ended:\n${running.stderr()}`)
    return (await fetch(running.url + path)).ok ? true : undefined
  })
  return running
}

async function end(running: Running, signal: NodeJS.Signals): Promise<void> {
  const ended = new Promise((done) => running.child.once('exit', done))
  running.child.kill(signal)
  await ended
}

type Asking = { model: string; user?: string; secretKey?: string; words?: number }
async function ask({ url }: Running, { model, user, secretKey = SECRET, words = 100 }: Asking): Promise<{ status: number; text: string }> {
  const content = JSON.stringify({ text: 'word '.repeat(words) })
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content }], max_tokens: 130, ...(user && { user }) }),
  })
  return { status: response.status, text: await response.text() }
}

const counted = async (): Promise<number> =>
  ((await (await fetch(`${simulator.url.replace(/\/v1$/, '')}/count`)).json()) as { nanoUsd: number }).nanoUsd

/** Calls at both edges at once, until each of them has refused so often in a row. */
async function hammer(edges: readonly Running[], asking: Asking, { at, refusals }: { at: number; refusals: number }): Promise<number> {
  let answered = 0
  const worker = async (edge: Running) => {
    for (let refused = 0; refused < refusals; ) {
      const { status } = await ask(edge, asking)
      refused = status === 200 ? 0 : refused + 1
      answered += status === 200 ? 1 : 0
      if (status !== 200) await sleep(20)
    }
  }
  await Promise.all(edges.flatMap((edge) => Array.from({ length: at }, () => worker(edge))))
  return answered
}

/** One call after the other, at each edge in turn, for as long as any of them is still answered. */
async function spendTheRest(edges: readonly Running[], asking: Asking, patienceMs: number): Promise<void> {
  for (let last = performance.now(), call = 0; performance.now() - last < patienceMs; call++) {
    const { status } = await ask(edges[call % edges.length] as Running, asking)
    if (status === 200) last = performance.now()
    else await sleep(100)
  }
}

/** What is set aside for a call. */
const ONE_CALL = 420_000

test('a budget that is hammered at both edges at once is not passed, by the count of the provider, and is spent to its end', async () => {
  const before = await counted()
  expect(await hammer([one, two], { model: 'first' }, { at: 12, refusals: 40 })).toBeGreaterThan(20)
  expect((await counted()) - before).toBeLessThanOrEqual(POT_USD * 1e9)
  await spendTheRest([one, two], { model: 'first' }, 5000)
  const spent = (await counted()) - before
  expect(spent).toBeLessThanOrEqual(POT_USD * 1e9)
  expect(spent).toBeGreaterThan(POT_USD * 1e9 - ONE_CALL)
  const refused = await ask(one, { model: 'first' })
  expect([refused.status, refused.text]).toEqual([429, expect.stringContaining('The budget \\"first\\"')])
})

test('limits of a minute are divided', async () => {
  const statuses: number[] = []
  for (let call = 0; call < 8; call++)
    for (const edge of [one, two]) statuses.push((await ask(edge, { model: 'free', user: 'ana', words: 1 })).status)
  expect(statuses.filter((status) => status === 200)).toHaveLength(10)
  const refused = await ask(two, { model: 'free', user: 'ana', words: 1 })
  expect(refused.text).toContain('5 requests of them at each of 2 edges')
})

test('a key that is revoked stops at both, and a change of the configuration reaches both', async () => {
  const { keys } = createClient({ baseUrl: one.url, apiKey: SECRET })
  const { id, secretKey } = await keys.create({ name: 'short-lived' })
  const works = async (edge: Running, model: string) => (await ask(edge, { model, secretKey, words: 1, user: 'bob' })).status
  for (const edge of [one, two]) await eventually(async () => ((await works(edge, 'free')) === 200 ? true : undefined))
  await writeFile(join(folder, 'signalbox.yaml'), yaml(simulator.url, '  added: { targets: [{ provider: sim, model: script }] }'))
  for (const edge of [one, two]) await eventually(async () => ((await works(edge, 'added')) === 200 ? true : undefined))
  await keys.revoke({ id })
  for (const edge of [one, two]) await eventually(async () => ((await works(edge, 'free')) === 401 ? true : undefined))
})

test('a canary that fails at each edge, at none of them often enough to say something, is stopped at both', async () => {
  const content = JSON.stringify({ text: 'stable', fault: 500 })
  const status = async ({ url }: Running) =>
    (
      await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'coder', messages: [{ role: 'user', content }] }),
      })
    ).status
  // From 20 calls on an edge would stop it by itself.
  const made = new Map([one, two].map((edge) => [edge, 0]))
  const ask = async (edge: Running) => {
    made.set(edge, (made.get(edge) ?? 0) + 1)
    return await status(edge)
  }
  for (let call = 0; call < 11; call++) for (const edge of [one, two]) expect(await ask(edge)).toBe(500)
  for (const edge of [one, two]) {
    let last = 0
    while (last !== 200 && (made.get(edge) ?? 0) < 19) {
      await sleep(2500)
      last = await ask(edge)
    }
    expect(last).toBe(200)
  }
})

/** What the simulator, which says the last text of a user again, makes of a prompt. */
async function callPrompt({ url }: Running, label: string, variables: object = { name: 'Ada' }) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: `prompt:greet/all@${label}`, variables }),
  })
  const body = (await response.json()) as { choices?: { message: { content: string } }[]; error?: { message: string } }
  return { status: response.status, said: body.choices?.[0]?.message.content ?? body.error?.message, headers: response.headers }
}

test('a promotion reaches both edges at once, and the trace says which version it was', async () => {
  const { prompts, spans } = createClient({ baseUrl: one.url, apiKey: SECRET })
  const content = (text: string) => ({ type: 'text' as const, text, model: { route: 'sim/echo' } })
  await prompts.create({ name: 'greet/all', content: content('Hello {{name}}'), labels: ['production', 'old'] })
  const { version } = await prompts.create({ name: 'greet/all', content: content('Good day {{name}}'), labels: ['staging'] })
  expect(version).toBe(2)
  for (const edge of [one, two])
    await eventually(async () => ((await callPrompt(edge, 'staging')).said === 'Good day Ada' ? true : undefined))
  expect((await callPrompt(one, 'production')).said).toBe('Hello Ada')
  const promotedAt = performance.now()
  await prompts.setLabel({ name: 'greet/all', label: 'production', version: 2, why: 'it is kinder' })
  for (const edge of [one, two])
    await eventually(async () => ((await callPrompt(edge, 'production')).said === 'Good day Ada' ? true : undefined))
  // A second is what it may take; the machine may be busy with other things.
  expect(performance.now() - promotedAt).toBeLessThan(10_000)
  const traceId = (await callPrompt(two, 'production')).headers.get('x-signalbox-trace-id') ?? ''
  const span = await eventually(async () => {
    const { spans: found } = await spans.list({
      filter: [
        { field: 'promptName', op: 'eq', value: 'greet/all' },
        { field: 'traceId', op: 'eq', value: traceId },
      ],
    })
    return found[0]
  })
  expect(span).toMatchObject({
    promptName: 'greet/all',
    promptVersion: '2',
    promptHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    requestModel: 'sim/echo',
  })
  const { attributes } = await spans.get({ spanId: span.spanId, traceId })
  expect(attributes).toMatchObject({ prompt: { label: 'production', variables: { name: 'Ada' } } })
})

test('without the core an edge spends what it holds and then says why it refuses; with it, all goes on', async () => {
  const asking = { model: 'third', user: 'eva' }
  expect((await ask(one, asking)).status).toBe(200)
  // Until it holds a slice.
  await sleep(3000)
  const port = Number(new URL(core.url).port)
  await end(core, 'SIGKILL')
  expect((await ask(one, asking)).status).toBe(200)
  const refused = await eventually(async () => {
    const got = await ask(one, asking)
    return got.text.includes('the core, which lends what is left, has not answered for') ? got : undefined
  })
  expect(refused.status).toBe(429)
  // What no budget of a day or a month counts goes on.
  expect((await ask(one, { model: 'free', user: 'eva', words: 1 })).status).toBe(200)
  // Prompts are rendered from what the edge has, also by one that begins anew.
  await end(two, 'SIGTERM')
  two = await start('edge', 'two', undefined, false)
  for (const edge of [one, two]) {
    for (const [label, said] of Object.entries({
      production: 'Good day Ada',
      latest: 'Good day Ada',
      staging: 'Good day Ada',
      old: 'Hello Ada',
    }))
      expect(await callPrompt(edge, label)).toMatchObject({ status: 200, said })
    const unknown = await callPrompt(edge, 'canary')
    expect(unknown).toMatchObject({
      status: 404,
      said: expect.stringContaining('The core does not answer, so this may be because it is new.'),
    })
  }
  core = await start('core', 'core', port)
  for (const edge of [one, two]) await eventually(async () => ((await ask(edge, asking)).status === 200 ? true : undefined))
})

test('what an edge held that was killed can be spent by the other one', async () => {
  const before = await counted()
  const asking = { model: 'second' }
  await Promise.all(Array.from({ length: 16 }, (_, call) => ask(call % 2 ? one : two, asking)))
  // Each of them holds a slice.
  await eventually(async () => ((await ask(two, asking)).status === 200 && (await ask(one, asking)).status === 200 ? true : undefined))
  // What it used in its last second nobody would know of.
  await sleep(1500)
  await end(two, 'SIGKILL')
  await spendTheRest([one], asking, (LEASE_SECONDS + 10 + 5) * 1000)
  const spent = (await counted()) - before
  expect(spent).toBeLessThanOrEqual(POT_USD * 1e9)
  expect(spent).toBeGreaterThan(POT_USD * 1e9 - ONE_CALL)
  // It comes back on its disk, and learns that nothing is left.
  two = await start('edge', 'two')
  await eventually(async () => ((await ask(two, asking)).status === 429 ? true : undefined))
  expect((await counted()) - before).toBeLessThanOrEqual(POT_USD * 1e9 + ONE_CALL)
})
