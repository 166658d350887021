import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { putEmptyStores } from './empty-stores.ts'
import { eventually, freePort, PROGRAM, type Signalbox, startSignalbox } from './signalbox.ts'

/** What an operator does on the second day, with the real program and its own command line. */
const CALLS = 40

type Ran = { code: number; stdout: string; stderr: string }
/** `signalbox …args` with this data folder. */
function command(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  return new Promise((done) => {
    const options = { env: { ...process.env, ...env }, maxBuffer: 1 << 26 }
    execFile(process.execPath, [...PROGRAM, ...args], options, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    )
  })
}

const folders: string[] = []
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'day-two-'))
  folders.push(folder)
  return folder
}
/** One with the engines in it, which the first test has the program make itself. */
const filledFolder = async () => {
  const folder = newFolder()
  await putEmptyStores(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const client = ({ url, secretKey }: Signalbox) => createClient({ baseUrl: url, apiKey: secretKey })

/** Everything that a reader of the API would miss. */
async function content(signalbox: Signalbox) {
  const api = client(signalbox)
  const { traces } = await api.traces.list({ limit: 500 })
  const [first] = traces
  const opened = first && (await api.traces.get({ traceId: first.traceId }))
  const [span] = opened?.spans ?? []
  return {
    traces,
    detail: first && span && (await api.spans.get({ traceId: first.traceId, spanId: span.spanId })),
    keys: (await api.keys.list({ limit: 500 })).keys.map(({ lastUsedAt: _, ...key }) => key),
    usage: (await api.query.run({ measures: ['calls', 'inputTokens', 'costUsd'], dimensions: ['model'] })).rows,
  }
}

async function fill(signalbox: Signalbox) {
  for (let i = 0; i < CALLS; i++) {
    const response = await fetch(`${signalbox.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json', 'x-signalbox-user': `user-${i % 3}` },
      body: JSON.stringify({ model: 'simulator/echo', messages: [{ role: 'user', content: `Grüße ${i}` }] }),
    })
    expect(response.status).toBe(200)
    await response.arrayBuffer()
  }
  await client(signalbox).keys.create({ name: 'made by hand' })
  await eventually(async () => ((await client(signalbox).traces.list({ limit: 500 })).traces.length === CALLS ? true : undefined))
}

describe('backup', () => {
  test('fill, back up, kill -9, restore elsewhere: the same content', async () => {
    const data = newFolder()
    const file = join(newFolder(), 'signalbox.tar')
    const first = await startSignalbox({ data })
    await fill(first)
    const before = await content(first)
    const made = await command(['backup', file, '--json'], { SIGNALBOX_DATA: data, SIGNALBOX_PORT: String(first.port) })
    expect(made).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(made.stdout)).toMatchObject({ events: { spans: CALLS }, manifest: { masterKey: false } })
    first.killRole('core')
    first.killRole('edge')
    await first.stop('SIGKILL')

    const elsewhere = newFolder()
    expect(await command(['restore', file], { SIGNALBOX_DATA: elsewhere })).toMatchObject({ code: 0 })
    const second = await startSignalbox({ data: elsewhere })
    try {
      expect(await content(second)).toEqual(before)
    } finally {
      await second.stop()
    }

    // What is half there would be worse than nothing.
    const cut = join(newFolder(), 'cut.tar')
    writeFileSync(cut, readFileSync(file).subarray(0, 40_000))
    const broken = newFolder()
    const refused = await command(['restore', cut], { SIGNALBOX_DATA: broken })
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/cannot be read|not complete/)
    expect(readdirSync(broken)).toEqual([])
  }, 240_000)
})

describe('a running program', () => {
  let signalbox: Signalbox
  let env: Record<string, string>
  beforeAll(async () => {
    signalbox = await startSignalbox({ data: await filledFolder() })
    env = { SIGNALBOX_DATA: signalbox.data, SIGNALBOX_PORT: String(signalbox.port) }
  })
  afterAll(() => signalbox?.stop())

  test.each(['up', 'core', 'edge'])('a second "%s" on the same folder is refused with the pid of the first', async (verb) => {
    const pid = verb === 'up' ? undefined : signalbox.pidOf(verb as 'core' | 'edge')
    const ran = await command([verb], { ...env, SIGNALBOX_PORT: String(await freePort()) })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(new RegExp(`already runs on ${signalbox.data} as process ${pid ?? '\\d+'}`))
  })

  test('the doctor finds nothing in the way', async () => {
    const ran = await command(['doctor', '--json'], env)
    const { ok, findings } = JSON.parse(ran.stdout)
    expect(findings.filter(({ status }: { status: string }) => status === 'fail')).toEqual([])
    expect([ran.code, ok]).toEqual([0, true])
  })

  test('keys, models and a call from the command line', async () => {
    const key = { SIGNALBOX_URL: signalbox.url, SIGNALBOX_KEY: signalbox.secretKey }
    const created = JSON.parse((await command(['keys', 'create', 'from the shell', '--scope', 'gateway:call', '--json'], key)).stdout)
    const call = (secret: string) => command(['call', 'simulator/echo', 'hello', 'there'], { ...key, SIGNALBOX_KEY: secret })
    await eventually(async () => ((await call(created.secretKey)).stdout === 'hello there\n' ? true : undefined))
    expect((await command(['models'], key)).stdout).toContain('simulator/echo')
    expect((await command(['keys', 'revoke', created.publicKey], key)).code).toBe(0)
    await eventually(async () => ((await call(created.secretKey)).code === 1 ? true : undefined))
    expect((await command(['keys', 'list'], key)).stdout).toMatch(/from the shell .*revoked/)
  })

  test.each([
    ['an unknown verb', ['nonsense']],
    ['an unknown option', ['up', '--nonsense']],
    ['a missing argument', ['call']],
    ['an unknown choice', ['call', 'simulator/echo', 'hello', '--dialect', 'morse']],
    ['a wrong permission', ['keys', 'create', 'x', '--scope', 'everything', '--key', 'sk-sb-x']],
  ])('%s is wrong use', async (_, args) => {
    expect((await command(args, env)).code).toBe(2)
  })
})

describe('versions', () => {
  test('an older folder is backed up first, a newer one is refused in words', async () => {
    const data = await filledFolder()
    const first = await startSignalbox({ data })
    await fill(first)
    const before = await content(first)
    await first.stop()
    const version = join(data, 'version.json')

    writeFileSync(version, JSON.stringify({ dataVersion: 0, program: '0.0.1' }))
    const upgraded = await startSignalbox({ data })
    await upgraded.stop()
    const [made] = readdirSync(join(data, 'backups'))
    const old = newFolder()
    expect((await command(['restore', join(data, 'backups', made ?? '')], { SIGNALBOX_DATA: old })).code).toBe(0)
    const restored = await startSignalbox({ data: old })
    expect(await content(restored)).toEqual(before)
    await restored.stop()

    writeFileSync(version, JSON.stringify({ dataVersion: 99, program: '9.9.9' }))
    const refused = await command(['up'], { SIGNALBOX_DATA: data, SIGNALBOX_PORT: String(await freePort()) })
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/written by Signalbox 9\.9\.9.*this program knows version/)
  }, 240_000)

  test('without its master key a folder still opens, and the doctor says what that means', async () => {
    const data = await filledFolder()
    const first = await startSignalbox({ data })
    await first.stop()
    rmSync(join(data, 'master.key'))
    const { stdout } = await command(['doctor'], { SIGNALBOX_DATA: data, SIGNALBOX_PORT: String(await freePort()) })
    expect(stdout).toMatch(/fail\S* +master key +There is no master key[\s\S]*start all the same/)
    const second = await startSignalbox({ data })
    expect(existsSync(join(data, 'master.key'))).toBe(true)
    expect((await client(second).keys.list({ limit: 10 })).keys.length).toBeGreaterThan(0)
    await second.stop()
  }, 240_000)
})
