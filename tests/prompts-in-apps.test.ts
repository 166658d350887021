import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { createClient } from '@signalbox/sdk'
import { createPrompts } from '@signalbox/sdk/prompts'
import { fileStore, readLock } from '@signalbox/sdk/prompts/node'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { runProgram } from '../packages/server/src/cli/program.ts'
import { eventually, type Signalbox, startSignalbox } from './signalbox.ts'

const ROOT = resolve(import.meta.dirname, '..')
let signalbox: Signalbox
const folder = mkdtempSync(join(tmpdir(), 'signalbox-prompts-'))
const prompts = join(folder, 'prompts')
const closing: { close(): unknown }[] = []
beforeAll(async () => {
  signalbox = await startSignalbox({ env: { SIGNALBOX_ALLOW_PRIVATE_PROVIDERS: 'true' } })
})
afterEach(async () => {
  for (const one of closing.splice(0)) await one.close()
})
afterAll(async () => {
  await signalbox?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A verb as a person would type it, in this process. */
async function cli(...args: string[]): Promise<{ code: number; out: string; error: string }> {
  const said = { out: '', error: '' }
  const say = (to: keyof typeof said) => (piece: unknown) => {
    said[to] += piece
    return true
  }
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line) => void say('out')(`${line}\n`)),
    vi.spyOn(console, 'error').mockImplementation((line) => void say('error')(`${line}\n`)),
    vi.spyOn(process.stdout, 'write').mockImplementation(say('out')),
  ]
  const remote = ['check'].includes(args[0] ?? '') ? [] : ['--url', signalbox.url, '--key', signalbox.secretKey]
  try {
    return { code: await runProgram(['prompts', ...args, ...remote]), ...said }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}
const ok = async (...args: string[]) => {
  const { code, out, error } = await cli(...args)
  expect({ code, error }).toEqual({ code: 0, error: '' })
  return out
}
const put = (name: string, content: string) => {
  const file = join(prompts, `${name}.prompt.yaml`)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `name: ${name}\n${content}`)
  return file
}
const client = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
const inDir = ['--dir', prompts]

describe('files', () => {
  test('are checked, pushed once, compared, promoted and rolled back', async () => {
    put('support/tone', 'text: Be calm.\n')
    const file = put('support/refund', 'messages:\n  - { role: system, content: "{{> support/tone@latest}} Policy: {{policy}}" }\n')
    expect(await ok('check', ...inDir)).toContain('2 prompts, 0 errors')
    expect(await ok('push', ...inDir, '--label', 'production', '-m', 'first')).toContain('+ support/refund is now version 1, production')
    expect(await ok('push', ...inDir)).toContain('= support/refund is already version 1')
    writeFileSync(file, readFileSync(file, 'utf8').replace('Policy:', 'The policy:'))
    const diff = await cli('diff', ...inDir)
    expect([diff.code, diff.out]).toEqual([
      1,
      expect.stringContaining('messages[0].content: "{{> support/tone@latest}} Policy: {{policy}}" →'),
    ])
    await ok('push', 'support/refund', ...inDir)
    expect(await ok('promote', 'support/refund', '--label', 'production', '--why', 'clearer')).toBe('support/refund@production: 1 → 2\n')
    expect(await ok('list')).toMatch(/support\/refund +chat +2 +production: 2/)
    expect((await cli('diff', 'support/refund', '--from', '1', '--to', '2')).code).toBe(1)
    expect(await ok('rollback', 'support/refund', '--label', 'production')).toBe('support/refund@production: 2 → 1\n')
    expect(await ok('get', 'support/refund')).toMatch(
      /^# support\/refund version 1 \(production\)[\s\S]*content: "\{\{> support\/tone@latest}} Policy/,
    )
    expect(JSON.parse(await ok('get', 'support/refund@2', '--json'))).toMatchObject({ version: 2, labels: ['latest'] })
  })

  test('a mistake in a file stops everything, with its line', async () => {
    const file = put('broken', 'txt: x\n')
    const { code, error } = await cli('push', ...inDir)
    expect([code, error]).toEqual([2, expect.stringContaining(`${file}:2:1 txt is not a known key. Did you mean \`text\`?`)])
    expect((await cli('check', ...inDir)).code).toBe(1)
    rmSync(file)
  })

  test('both sides are brought together; where both changed nothing is overwritten unasked', async () => {
    await ok('sync', ...inDir)
    const tone = put('support/tone', 'text: Be very calm.\n')
    expect(await ok('sync', ...inDir, '--dry-run')).toMatch(/↑ support\/tone[\s\S]*Nothing was changed/)
    expect(await ok('sync', ...inDir)).toContain('1 sent, 0 fetched')
    await client().prompts.create({ name: 'support/tone', content: { type: 'text', text: 'Be brisk.' } })
    await client().prompts.create({ name: 'greeting', content: { type: 'text', text: 'Hi {{name}}' } })
    expect(await ok('sync', ...inDir)).toContain('0 sent, 2 fetched')
    expect(readFileSync(tone, 'utf8')).toContain('text: Be brisk.')
    expect(existsSync(join(prompts, 'greeting.prompt.yaml'))).toBe(true)
    put('support/tone', 'text: Be kind.\n')
    await client().prompts.create({ name: 'support/tone', content: { type: 'text', text: 'Be short.' } })
    const refused = await cli('sync', ...inDir)
    expect([refused.code, refused.out]).toEqual([
      3,
      expect.stringMatching(/! support\/tone: changed here and on the server \(version \d+\): text\n1 in conflict/),
    ])
    expect(readFileSync(tone, 'utf8')).toContain('Be kind.')
    expect(await ok('sync', ...inDir, '--strategy', 'ours')).toContain('1 sent')
    expect((await client().prompts.get({ name: 'support/tone', label: 'latest' })).content.text).toBe('Be kind.')
    put('support/tone', 'text: Mine.\n')
    await client().prompts.create({ name: 'support/tone', content: { type: 'text', text: 'Theirs.' } })
    expect(await ok('sync', ...inDir, '--strategy', 'theirs', '--json')).toContain('"conflict: the server"')
    expect(readFileSync(tone, 'utf8')).toContain('Theirs.')
    rmSync(join(prompts, 'greeting.prompt.yaml'))
    expect(await ok('sync', ...inDir)).toContain('? greeting: deleted here; --prune archives it')
    await ok('sync', ...inDir, '--prune')
    expect((await client().prompts.list({ archived: 'true' })).prompts.map(({ name }) => name)).toEqual(['greeting'])
    expect((await cli('sync', ...inDir)).out).toContain('0 sent, 0 fetched, 2 the same.')
  })

  test('pulled files are those of the server, and changes here are not overwritten unasked', async () => {
    const pulled = join(folder, 'pulled')
    expect(await ok('pull', '--dir', pulled)).toContain(`${join(pulled, 'support/tone.prompt.yaml')}: version`)
    expect((await cli('diff', '--dir', pulled)).code).toBe(0)
    const file = join(pulled, 'support/tone.prompt.yaml')
    writeFileSync(file, 'name: support/tone\ntext: Mine.\n')
    const { code, error } = await cli('pull', '--dir', pulled)
    expect([code, error]).toEqual([3, expect.stringContaining('! support/tone: changed here since it was pulled')])
    expect(readFileSync(file, 'utf8')).toContain('Mine.')
    await ok('pull', 'support/tone', '--dir', pulled, '--force')
    expect(readFileSync(file, 'utf8')).toContain('Theirs.')
    expect((await cli('pull', 'nobody', '--dir', pulled)).error).toContain('There is no prompt nobody on the server.')
  })

  test('a label that needs a second person is asked for', async () => {
    await client().prompts.protect({ label: 'approved', needs: 'approval' })
    const refused = await cli('promote', 'support/refund', '--label', 'approved')
    expect([refused.code, refused.error]).toEqual([1, expect.stringContaining('--request --why')])
    expect(await ok('promote', 'support/refund@2', '--label', 'approved', '--request', '--why', 'ready')).toMatch(
      /Asked for: support\/refund@approved nothing → 2\./,
    )
    expect((await client().prompts.approvals({ status: 'open' })).approvals).toEqual([
      expect.objectContaining({ label: 'approved', to: { version: 2 } }),
    ])
  })

  test('prompts of other tools come in, with what cannot be carried', async () => {
    const file = join(folder, 'old.json')
    writeFileSync(file, JSON.stringify({ name: 'old/greet', prompt: 'Hello {{name}}', config: { model: 'gpt-4o' }, labels: ['staging'] }))
    expect(await ok('import', file, '--dry-run')).toMatch(/old\/greet would be imported[\s\S]*config\.model/)
    expect(await ok('import', file, '--labels')).toContain('old/greet is now version 1')
    expect((await client().prompts.get({ name: 'old/greet', label: 'staging' })).version).toBe(1)
    await ok('import', file, '--dir', join(folder, 'imported'))
    expect((await cli('import', file, '--dir', join(folder, 'imported'))).error).toContain('is there already')
  })
})

test('what the guides show is true', async () => {
  const page = (name: string, language: string) =>
    new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(readFileSync(join(ROOT, 'docs/guide', name), 'utf8'))?.[1] ?? ''
  const shown = join(folder, 'shown/support/refund.prompt.yaml')
  mkdirSync(dirname(shown), { recursive: true })
  writeFileSync(shown, page('prompts-in-git.md', 'yaml').replace('name: support/refund', 'name: guide/refund'))
  expect(await ok('check', '--dir', join(folder, 'shown'))).toContain('1 prompt, 0 errors, 0 warnings.')
  await ok('push', '--dir', join(folder, 'shown'), '--label', 'production')
  const program = page('prompts-in-your-app.md', 'ts')
    .replace('http://localhost:7500', signalbox.url)
    .replace('support/refund', 'guide/refund')
    .replace('.cache/prompts.json', join(folder, 'guide.json'))
  const child = spawn(process.execPath, ['--conditions=source', '--input-type=module-typescript', '-e', program], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', SIGNALBOX_KEY: signalbox.secretKey },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  expect(await text(child.stdout)).toBe(
    '1 system: You answer for the shop, kindly and in two sentences.\nPolicy: 30 days\n | user: Can I send it back?\n',
  )
  await client().prompts.remove({ name: 'guide/refund' })
})

test('an app hears of a promotion at once, and asks with what it has', async () => {
  const seen: number[] = []
  const counting: typeof fetch = async (input, init) => {
    const response = await fetch(input, init)
    if (String(input).includes('/prompts/')) seen.push(response.status)
    return response
  }
  const app = createPrompts({ url: signalbox.url, key: signalbox.secretKey, follow: true, fetch: counting })
  closing.push(app)
  const before = await app.get('support/refund')
  expect(before).toMatchObject({ version: 1, source: 'server' })
  expect(before.compile({ policy: '30 days' }).messages).toEqual([
    { role: 'system', content: expect.stringMatching(/^Theirs\. Policy: 30 days$/) },
  ])
  expect(() => before.compile()).toThrow('policy')
  await client().prompts.setLabel({ name: 'support/refund', label: 'production', version: 2 })
  // Long before a label is stale: it was told.
  await eventually(async () => ((await app.get('support/refund')).version === 2 ? true : undefined))
  // A fragment's label moves its text.
  await client().prompts.create({ name: 'support/tone', content: { type: 'text', text: 'Be quick.' } })
  await eventually(async () => ((await app.get('support/refund')).compile({ policy: 'x' }).text.startsWith('Be quick.') ? true : undefined))
  const response = await fetch(`${signalbox.url}/api/v1/prompts/support%2Frefund`, {
    headers: { authorization: `Bearer ${signalbox.secretKey}` },
  })
  const again = await fetch(response.url, {
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'if-none-match': response.headers.get('etag') ?? 'none' },
  })
  expect(again.status).toBe(304)
  expect(seen.filter((status) => status !== 200 && status !== 304)).toEqual([])
})

test('a webhook is told of a move, signed', async () => {
  const got: { signature: string; body: string }[] = []
  const receiver = createServer(async (request, response) => {
    got.push({ signature: String(request.headers['x-signalbox-signature']), body: await text(request) })
    response.end()
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  closing.push({ close: () => receiver.close() })
  const { promptWebhooks, prompts: room } = client()
  const { id, secret } = await promptWebhooks.create({
    url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
    labels: ['production'],
  })
  await room.setLabel({ name: 'support/refund', label: 'staging', version: 1 })
  await room.setLabel({ name: 'support/refund', label: 'production', version: 1, why: 'worse' })
  const { signature, body } = await eventually(async () => got[0])
  const [, seconds, hex] = /^t=(\d+),v1=(\w+)$/.exec(signature) ?? []
  expect(hex).toBe(createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'))
  expect(JSON.parse(body)).toMatchObject({
    type: 'prompt.label-set',
    prompt: 'support/refund',
    label: 'production',
    from: { version: 2 },
    to: { version: 1 },
    why: 'worse',
  })
  await eventually(async () => ((await promptWebhooks.deliveries({ id })).deliveries[0]?.status === 'delivered' ? true : undefined))
  await promptWebhooks.remove({ id })
  expect(got).toHaveLength(1)
})

test('a delivery that was under way when the core was killed is made again, and a version that no label points to is still answered', async () => {
  const { promptWebhooks, prompts: room } = client()
  await room.create({ name: 'plain', content: { type: 'text', text: 'First: {{q}}', model: { route: 'simulator/echo' } } })
  await room.create({
    name: 'plain',
    content: { type: 'text', text: 'Second: {{q}}', model: { route: 'simulator/echo' } },
    labels: ['production'],
  })
  const answer = async (model: string) => {
    const response = await fetch(`${signalbox.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, variables: { q: 'why' } }),
    })
    const { choices, error } = (await response.json()) as { choices?: { message: { content: string } }[]; error?: { message: string } }
    return choices?.[0]?.message.content ?? error?.message
  }
  await eventually(async () => ((await answer('prompt:plain')) === 'Second: why' ? true : undefined))
  expect(await answer('prompt:plain@1')).toBe('First: why')
  expect(await answer('prompt:plain@9')).toContain('has no version 9')

  const got: string[] = []
  const receiver = createServer(async (request, response) => {
    got.push((JSON.parse(await text(request)) as { id: string }).id)
    // The first one never gets its answer: who sent it is killed meanwhile.
    if (got.length > 1) response.end()
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  closing.push({ close: () => receiver.close() }, { close: () => receiver.closeAllConnections() })
  const { id } = await promptWebhooks.create({ url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`, labels: [] })
  await room.setLabel({ name: 'plain', label: 'production', version: 1 })
  await eventually(async () => got[0])
  signalbox.killRole('core')
  expect(await answer('prompt:plain@1')).toBe('First: why')
  await eventually(async () => got[1], 60_000)
  expect(got[1]).toBe(got[0])
  await eventually(async () => {
    const [made] = (await promptWebhooks.deliveries({ id })).deliveries
    return made?.status === 'delivered' && made.attempts === 2 ? true : undefined
  })
  await promptWebhooks.remove({ id })
  await room.remove({ name: 'plain' })
}, 120_000)

test('with the server gone: a new process starts from what was kept, or from the lock file', async () => {
  const kept = join(folder, 'kept/prompts.json')
  const lock = join(folder, 'prompts.lock.json')
  const app = createPrompts({ url: signalbox.url, key: signalbox.secretKey, store: fileStore(kept) })
  await app.get('support/refund')
  await app.close()
  expect(await ok('pull', '--out', lock)).toContain('prompts.lock.json holds 3 prompts.')
  expect(Object.keys(readLock(lock).prompts)).toEqual(['old/greet', 'support/refund', 'support/tone'])
  await signalbox.stop('SIGKILL')

  const script = join(ROOT, `packages/sdk/.test-${process.pid}.mjs`)
  writeFileSync(
    script,
    `import { createPrompts } from '@signalbox/sdk/prompts'
import { fileStore, readLock } from '@signalbox/sdk/prompts/node'
const [mode, file] = process.argv.slice(2)
const warnings = []
const prompts = createPrompts({ onWarning: (line) => warnings.push(line), ...(mode === 'kept' ? { store: fileStore(file) } : mode === 'lock' ? { lock: readLock(file) } : {}) })
const prompt = await prompts.get('support/refund').catch((error) => ({ error }))
if (prompt.error) console.log(JSON.stringify({ message: prompt.error.message, hint: prompt.error.hint }))
else console.log(JSON.stringify({ source: prompt.source, version: prompt.version, text: prompt.compile({ policy: '30 days' }).text, warned: warnings.length > 0 }))
await prompts.close()
`,
  )
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, ['--conditions=source', script, ...args], {
      env: { PATH: process.env.PATH ?? '', SIGNALBOX_URL: signalbox.url, SIGNALBOX_KEY: signalbox.secretKey },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    return JSON.parse(await text(child.stdout)) as Record<string, unknown>
  }
  try {
    const wanted = { version: 1, text: 'Be quick. Policy: 30 days', warned: true }
    const [fromKept, fromLock, fromNothing] = await Promise.all([run('kept', kept), run('lock', lock), run('nothing')])
    expect(fromKept).toEqual({ source: 'snapshot', ...wanted })
    expect(fromLock).toEqual({ source: 'lock', ...wanted })
    expect(fromNothing).toMatchObject({
      message: expect.stringContaining('nowhere to be had'),
      hint: expect.stringContaining('prompts pull'),
    })
  } finally {
    rmSync(script, { force: true })
  }
})
