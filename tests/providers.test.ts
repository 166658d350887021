import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { putEmptyStores } from './empty-stores.ts'
import { PROGRAM, type Signalbox, startSignalbox } from './signalbox.ts'

const FIRST = 'sk-provider-first-0123456789'
const SECOND = 'sk-provider-second-987654321'
let upstream: Server
let baseUrl: string
const keys: (string | undefined)[] = []
let data: string
let server: Signalbox

const yaml = 'version: 1\nmodels: { support: { targets: [{ provider: later, model: small }] } }\n'
const start = (masterKey: string) =>
  startSignalbox({ data, yaml, env: { SIGNALBOX_MASTER_KEY: masterKey, SIGNALBOX_ALLOW_PRIVATE_PROVIDERS: 'true' } })

beforeAll(async () => {
  upstream = createServer((request, response) => {
    keys.push(request.headers.authorization)
    request.resume()
    response.setHeader('content-type', 'application/json')
    const choices = [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }]
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    response.end(
      JSON.stringify(
        request.method === 'GET' ? { data: [{ id: 'small' }] } : { id: 'x', object: 'chat.completion', model: 'small', choices, usage },
      ),
    )
  })
  await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done))
  baseUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`
  data = await mkdtemp(join(tmpdir(), 'signalbox-providers-'))
  await putEmptyStores(data)
  server = await start('the first master key')
})
afterAll(async () => {
  await server?.stop()
  upstream?.close()
  await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
})

const send = (method: string, path: string, body?: object, secret = server.secretKey) =>
  fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
const call = () => send('POST', '/v1/chat/completions', { model: 'mine/small', messages: [{ role: 'user', content: 'hello' }] })
const listed = async () => {
  const { providers } = (await (await send('GET', '/api/v1/providers')).json()) as { providers: { name: string }[] }
  return providers.find(({ name }) => name === 'mine')
}
/** What the doctor says of the engines, and of what is sealed in them. */
async function doctor(masterKey: string): Promise<unknown> {
  const env = { ...process.env, SIGNALBOX_DATA: data, SIGNALBOX_MASTER_KEY: masterKey }
  const { stdout } = await promisify(execFile)(process.execPath, [...PROGRAM, 'doctor', '--json'], { env })
  const { findings } = JSON.parse(stdout) as { findings: { check: string }[] }
  return findings.find(({ check }) => check === 'engines')
}
/** It takes a moment; on a busy machine more than the second that it usually is within. */
const within = { interval: 20 }

it('adds a provider that every edge can use, changes its key, and takes it away again', async () => {
  const created = await send('POST', '/api/v1/providers', { name: 'mine', kind: 'openai', baseUrl, apiKey: FIRST })
  expect(created.status).toBe(200)
  expect(await created.json()).toMatchObject({ name: 'mine', from: 'project', configured: true, hasKey: true, keyHint: '6789' })
  await expect.poll(async () => (await call()).status, within).toBe(200)
  expect(keys.at(-1)).toBe(`Bearer ${FIRST}`)

  expect(await (await send('POST', '/api/v1/providers/mine/test', {})).json()).toMatchObject({ ok: true, models: ['small'], problem: null })
  expect((await send('PATCH', '/api/v1/providers/mine', { apiKey: SECOND })).status).toBe(200)
  await expect
    .poll(async () => {
      await call()
      return keys.at(-1)
    }, within)
    .toBe(`Bearer ${SECOND}`)
})

it('refuses a key that may not change providers, and a body that is not one', async () => {
  const made = await send('POST', '/api/v1/keys', { name: 'reader', scopes: ['providers:read', 'gateway:call'] })
  const { secretKey } = (await made.json()) as { secretKey: string }
  expect((await send('GET', '/api/v1/providers', undefined, secretKey)).status).toBe(200)
  for (const [method, path] of [
    ['POST', ''],
    ['PATCH', '/mine'],
    ['DELETE', '/mine'],
    ['POST', '/mine/test'],
  ] as const) {
    expect(
      (await send(method, `/api/v1/providers${path}`, method === 'DELETE' ? undefined : {}, secretKey)).status,
      `${method} ${path}`,
    ).toBe(403)
  }
  const wrong = await send('POST', '/api/v1/providers', { name: 'x', kind: 'openai', apiKey: `two words ${FIRST}`, command: ['id'] })
  expect(wrong.status).toBe(400)
  expect(await wrong.text()).not.toContain(FIRST)
})

it('names what another master key cannot open, and reads it again with the old one', async () => {
  await server.stop()
  expect(await doctor('the first master key')).toMatchObject({ status: 'ok' })
  expect(await doctor('another master key')).toMatchObject({ status: 'warn', message: expect.stringContaining('default/mine') as string })
  server = await start('another master key')
  expect(await listed()).toMatchObject({ configured: false, hasKey: true, problem: expect.stringContaining('master key') as string })
  expect(server.stderr()).toContain('default/mine')
  const refused = await call()
  expect(refused.status).toBe(424)
  expect(await refused.text()).toContain('mine')
  await server.stop()
  server = await start('the first master key')
  expect(await listed()).toMatchObject({ configured: true })
  await expect.poll(async () => (await call()).status, within).toBe(200)
  expect(keys.at(-1)).toBe(`Bearer ${SECOND}`)
})

it('shows its keys nowhere: not in answers, logs, traces or on disk', async () => {
  const answers = await Promise.all(
    ['/api/v1/providers', '/api/v1/models', '/api/v1/traces', '/api/v1/system', '/openapi.json', '/metrics'].map(async (path) =>
      (await send('GET', path)).text(),
    ),
  )
  const written = `${answers.join('\n')}\n${server.stderr()}\n${(await readFile(join(data, 'edge', 'snapshot.bin'))).toString('latin1')}`
  for (const secret of [FIRST, SECOND]) expect(written.includes(secret)).toBe(false)
})

it('lets an alias of the file name a provider that was added, for as long as it is there', async () => {
  const ask = async () => {
    const answer = await send('POST', '/v1/chat/completions', { model: 'support', messages: [{ role: 'user', content: 'hello' }] })
    const provider = answer.headers.get('x-signalbox-provider')
    return { status: answer.status, provider, text: await answer.text() }
  }
  const target = async () => {
    const { models } = (await (await send('GET', '/api/v1/models')).json()) as { models: { name: string; targets: object[] }[] }
    return models.find(({ name }) => name === 'support')?.targets
  }
  expect(server.stderr()).toContain('models.support.targets[0].provider is \\"later\\": no provider of this name')
  expect(await target()).toMatchObject([{ usable: false, problem: 'no such provider' }])
  expect(await ask()).toMatchObject({ status: 424, text: expect.stringContaining('later: no such provider') as string })

  expect((await send('POST', '/api/v1/providers', { name: 'later', kind: 'openai', baseUrl, apiKey: SECOND })).status).toBe(200)
  expect(await target()).toMatchObject([{ usable: true, problem: null }])
  await expect.poll(ask, within).toMatchObject({ status: 200, provider: 'later' })

  expect((await send('DELETE', '/api/v1/providers/later')).status).toBe(200)
  await expect.poll(ask, within).toMatchObject({ status: 424 })
})

it('refuses calls within a second after it is removed', async () => {
  expect((await send('DELETE', '/api/v1/providers/mine')).status).toBe(200)
  await expect.poll(async () => (await call()).status, within).toBe(404)
  expect(await listed()).toBeUndefined()
})

it('does not reach this machine without the permission of the owner, also for what was allowed before', async () => {
  await send('POST', '/api/v1/providers', { name: 'mine', kind: 'openai', baseUrl, apiKey: FIRST })
  await server.stop()
  server = await startSignalbox({ data, yaml: 'version: 1\n', env: { SIGNALBOX_MASTER_KEY: 'the first master key' } })
  expect(await listed()).toMatchObject({ configured: false, problem: 'its address is private, which this project does not allow' })
  // The edge starts with the snapshot of before, until the core has pushed its own.
  await expect.poll(async () => (await call()).status, within).toBe(424)
  const heard = keys.length
  const refused = await send('POST', '/api/v1/providers', { name: 'near', kind: 'openai-compatible', baseUrl: 'http://localhost:1/v1' })
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('SIGNALBOX_ALLOW_PRIVATE_PROVIDERS')
  expect(keys).toHaveLength(heard)
})

it('reaches it when the owner allows it in the project, which no key can do, and no longer when that is taken back', async () => {
  const login = await fetch(`${server.url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(server.admin),
  })
  const { csrfToken } = (await login.json()) as { csrfToken: string }
  const headers = { cookie: login.headers.get('set-cookie')?.split(';')[0] ?? '', 'x-signalbox-csrf': csrfToken }
  const allow = (allowPrivateProviders: boolean, who: Record<string, string>) =>
    fetch(`${server.url}/api/v1/projects/default`, {
      method: 'PATCH',
      headers: { ...who, 'content-type': 'application/json' },
      body: JSON.stringify({ allowPrivateProviders }),
    })
  expect((await allow(true, { authorization: `Bearer ${server.secretKey}` })).status).toBe(403)
  expect((await call()).status).toBe(424)
  const allowed = await allow(true, headers)
  expect({ status: allowed.status, project: await allowed.json() }).toMatchObject({ status: 200, project: { allowPrivateProviders: true } })
  await expect.poll(async () => (await call()).status, within).toBe(200)
  expect(await (await send('POST', '/api/v1/providers/mine/test', {})).json()).toMatchObject({ ok: true })

  expect((await allow(false, headers)).status).toBe(200)
  await expect.poll(async () => (await call()).status, within).toBe(424)
})
