import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from '@signalbox/sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, PROGRAM, type Signalbox, startSignalbox } from './signalbox.ts'

const alias = (name: string, model = 'echo') => `  ${name}: { targets: [{ provider: simulator, model: ${model} }] }\n`
const FIRST = `version: 1\nmodels:\n${alias('steady')}${alias('first')}`

let signalbox: Signalbox
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'config-'))
  signalbox = await startSignalbox({ yaml: FIRST })
})
afterAll(async () => {
  await signalbox?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const api = () => createClient({ baseUrl: signalbox.url, apiKey: signalbox.secretKey })
const file = () => `${signalbox.data}.yaml`
const written = (text: string, name = 'next.yaml') => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
type Ran = { code: number; stdout: string; stderr: string }
function command(...args: string[]): Promise<Ran> {
  const env = { ...process.env, SIGNALBOX_URL: signalbox.url, SIGNALBOX_KEY: signalbox.secretKey }
  return new Promise((done) => {
    execFile(process.execPath, [...PROGRAM, ...args], { env }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    )
  })
}
const ask = (model: string, { stream = false, script = '' } = {}) =>
  fetch(`${signalbox.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${signalbox.secretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: script || 'hello' }] }),
  })
const statusOf = async (model: string) => {
  const response = await ask(model)
  await response.arrayBuffer()
  return response.status
}

describe('diff and apply', () => {
  test('a file is compared, applied, and in effect at once', async () => {
    const next = written(`version: 1\nmodels:\n${alias('steady', 'script')}${alias('second')}`)
    const before = await command('config', 'diff', next, '--json')
    expect([before.code, before.stderr]).toEqual([1, ''])
    const diff = JSON.parse(before.stdout)
    expect(diff).toMatchObject({ same: false, project: 'default', problems: [], otherProjects: [] })
    expect(diff.changes.map(({ change, section, name }: Record<string, string>) => [change, section, name])).toEqual([
      ['changed', 'models', 'steady'],
      ['added', 'models', 'second'],
      ['removed', 'models', 'first'],
    ])
    expect(diff.changes[0].values).toEqual([{ path: 'targets[0].model', before: 'echo', after: 'script' }])

    const applied = await command('config', 'apply', next, '--json')
    expect([applied.code, applied.stderr]).toEqual([0, ''])
    expect(readFileSync(file(), 'utf8')).toBe(readFileSync(next, 'utf8'))
    expect(readFileSync(`${file()}.previous`, 'utf8')).toBe(FIRST)
    expect(await eventually(async () => ((await statusOf('second')) === 200 ? true : undefined))).toBe(true)
    expect(await statusOf('first')).toBe(404)
    expect((await command('config', 'diff', next)).code).toBe(0)
    const { version } = JSON.parse(applied.stdout)
    expect((await api().system.status()).config).toEqual({ version })
    await eventually(async () => ((await api().system.status()).journal.edges[0]?.configVersion === version ? true : undefined))
  })

  test('a wrong file is refused with every line, and the old one stays', async () => {
    const there = readFileSync(file(), 'utf8')
    const ran = await command('config', 'apply', written('version: 1\nmodls: {}\nproviders: { a: { kind: opnai } }\n'))
    expect(ran.code).toBe(2)
    expect(ran.stderr).toMatch(/signalbox-test-\S+\.yaml:2:1 modls .*Did you mean `models`/)
    expect(ran.stderr).toMatch(/yaml:3:\d+ providers\.a\.kind .*Did you mean `openai`/)
    expect([readFileSync(file(), 'utf8'), await statusOf('second')]).toEqual([there, 200])
  })

  test('a file that was changed on the server meanwhile is a conflict', async () => {
    const { file: seen } = await api().config.get()
    writeFileSync(file(), `${readFileSync(file(), 'utf8')}# by hand\n`)
    const next = written(FIRST)
    const ran = await command('config', 'apply', next, '--if-version', seen.version)
    expect([ran.code, ran.stderr]).toEqual([1, expect.stringContaining('was changed meanwhile')])
    expect((await command('config', 'apply', next, '--force')).code).toBe(0)
    expect(await eventually(async () => ((await statusOf('first')) === 200 ? true : undefined))).toBe(true)
  })

  test('a file that is broken by hand is told, and what was in effect still is', async () => {
    writeFileSync(file(), FIRST.replace('targets', 'target'))
    const { problem } = await eventually(async () => {
      const { file: found } = await api().config.get()
      return found.problem ? found : undefined
    })
    expect(problem?.problems.join()).toContain('models.steady.target is not a known key. Did you mean `targets`?')
    expect(await statusOf('first')).toBe(200)
    expect((await command('config', 'diff', written(FIRST))).stdout).toContain('the file on the server is not used as it is now')
    expect((await command('config', 'apply', written(FIRST), '--force')).code).toBe(0)
    expect((await api().config.get()).file.problem).toBeNull()
  })

  test('a budget of the project is told, and hidden by one of the file as long as that is there', async () => {
    await api().budgets.create({ name: 'team', scope: 'project', amount: 9, per: 'day' })
    const ofBudget = async () => (await api().config.get()).entries.filter(({ section }) => section === 'budgets')
    expect(await ofBudget()).toMatchObject([{ name: 'team', from: 'project', hidden: false, value: { amount: 9, per: 'day' } }])

    const next = written(`${FIRST}budgets: [{ name: team, scope: project, amount: 4, per: day }]\n`)
    const ran = await command('config', 'diff', next)
    expect([ran.code, ran.stdout]).toEqual([1, expect.stringContaining('+ budgets.team (it hides the one that was added to the project)')])
    expect(ran.stdout).toContain('Not of the file: budgets.team.')
    const applied = await command('config', 'apply', next, '--force')
    expect([applied.code, applied.stdout]).toEqual([0, expect.stringContaining('warning: budgets.team hides the one')])
    expect(await ofBudget()).toMatchObject([
      { from: 'file', hidden: false, value: { amount: 4 } },
      { from: 'project', hidden: true, value: { amount: 9 } },
    ])
    const back = written(FIRST)
    expect((await command('config', 'diff', back)).stdout).toContain('- budgets.team (the one that was added to the project is used then)')
    expect((await command('config', 'apply', back, '--force')).code).toBe(0)
    expect((await api().budgets.list()).budgets).toMatchObject([{ name: 'team', from: 'project', hidden: false, amount: 9 }])
    await api().budgets.remove({ name: 'team' })
  })

  test('a key without all permissions may look, and not apply', async () => {
    const { secretKey } = await api().keys.create({ name: 'reader', scopes: ['config:read', 'config:write'] })
    const reader = createClient({ baseUrl: signalbox.url, apiKey: secretKey })
    expect((await reader.config.get()).entries.map(({ name }) => name)).toContain('steady')
    await expect(reader.config.apply({ text: FIRST })).rejects.toMatchObject({ code: 'permission-denied' })
  })
})

describe('aliases and splits of the project', () => {
  test('come and go at the edge within a second', async () => {
    const added = await command('models', 'add', 'team/quick', 'simulator/echo', '--json')
    expect([added.code, JSON.parse(added.stdout)]).toMatchObject([0, { from: 'project', targets: [{ usable: true }] }])
    expect(await eventually(async () => ((await statusOf('team/quick')) === 200 ? true : undefined))).toBe(true)
    expect((await command('models')).stdout).toMatch(/team\/quick +fallback +simulator\/echo +project/)
    const change = await api().models.change({ name: 'team/quick', timeouts: { totalMs: 9000 } })
    expect(change).toMatchObject({ name: 'team/quick', timeouts: { totalMs: 9000 } })
    expect((await command('models', 'remove', 'steady')).stderr).toContain('steady stands in signalbox.yaml, and is read-only here.')
    expect((await command('models', 'remove', 'team/quick')).code).toBe(0)
    expect(await eventually(async () => ((await statusOf('team/quick')) === 404 ? true : undefined))).toBe(true)
  })

  test('the command line says where a request would go, and why', async () => {
    const model = { name: 'smart', strategy: 'complexity' as const }
    const target = (model: string, tier: 'easy' | 'hard') => ({ provider: 'simulator', model, tier, region: 'eu' })
    await api().models.create({ ...model, targets: [target('echo@cheap', 'easy'), target('echo@strong', 'hard')] })
    const hard = await command('models', 'simulate', 'smart', '--text', 'Draft a legal clause for this MOU')
    expect([hard.code, hard.stderr]).toEqual([0, ''])
    expect(hard.stdout).toMatch(/^smart \(complexity\): /)
    expect(hard.stdout).toMatch(/chosen +simulator\/echo@strong +for hard calls +about 0\.\d+ USD/)
    expect(hard.stdout).toContain('expert')
    const body = written(JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], max_tokens: 7, stream: true }), 'body.json')
    const easy = await command('models', 'simulate', 'smart', '--file', body, '--header', 'x-signalbox-region: eu', '--json')
    expect(JSON.parse(easy.stdout)).toMatchObject({
      decision: { alias: 'smart', steps: [{ model: 'echo@cheap', place: 'chosen' }, { model: 'echo@strong' }] },
      facts: { maxTokens: 7, stream: true, region: 'eu' },
    })
    await api().models.remove({ name: 'smart' })
    expect((await command('models', 'simulate', 'nothing/of/this', '--text', 'Hi')).code).toBe(1)
  })

  test.each([
    [[], 'with --text, or with --file'],
    [['--text', 'a', '--file', 'b'], 'with --text, or with --file'],
    [['--file', '/nowhere/body.json'], 'cannot be read'],
    [['--text', 'a', '--header', 'nothing'], 'is no header'],
    [['--text', 'a', '--budget-left', '2'], 'is no part of a budget'],
  ])('simulating with %j is wrong use', async (args, message) => {
    const ran = await command('models', 'simulate', 'steady', ...args)
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(message)])
  })

  test('splits are listed with what is wrong with them', async () => {
    await api().splits.create({ name: 'try', kind: 'shadow', model: 'steady', to: 'simulator/nothing/else' })
    await api().splits.create({ name: 'typo', kind: 'shadow', model: 'stedy', to: 'simulator/echo', active: false })
    const { splits } = JSON.parse((await command('splits', 'list', '--json')).stdout)
    expect(splits).toMatchObject([
      { name: 'try', active: true, warnings: [] },
      { name: 'typo', active: false, warnings: [expect.stringContaining('Did you mean `steady`?')] },
    ])
    await api().splits.remove({ name: 'try' })
    await api().splits.remove({ name: 'typo' })
  })
})

describe('reloads', () => {
  test('under load drop no call, and no stream', async () => {
    const failures: string[] = []
    let calls = 0
    let streams = 0
    let running = true
    const script = JSON.stringify({ text: 'a long answer that takes its time, word by word', chunkMs: 30 })
    const one = async (stream: boolean) => {
      const response = await ask('steady', { stream, script }).catch((error: unknown) => String(error))
      if (typeof response === 'string') return failures.push(response)
      const text = await response.text().catch((error: unknown) => String(error))
      if (response.status !== 200 || (stream && !text.includes('[DONE]'))) failures.push(`${response.status} ${text.slice(-200)}`)
      if (stream) streams += 1
      else calls += 1
    }
    const client = async (stream: boolean) => {
      while (running) {
        await one(stream)
        await sleep(stream ? 0 : 70)
      }
    }
    await api().config.apply({ text: FIRST.replace('model: echo', 'model: script') })
    const load = [...Array.from({ length: 8 }, () => client(false)), ...Array.from({ length: 8 }, () => client(true))]
    // On a slow machine it takes longer until that many calls were made.
    for (let i = 0; i < 20 || ((calls <= 50 || streams <= 10) && i < 60); i++) {
      await api().config.apply({ text: FIRST.replace('model: echo', 'model: script') + alias(`extra-${i}`) })
      expect(await eventually(async () => ((await statusOf(`extra-${i}`)) === 200 ? true : undefined))).toBe(true)
      await sleep(100)
    }
    running = false
    await Promise.all(load)
    expect(failures).toEqual([])
    expect(calls).toBeGreaterThan(50)
    expect(streams).toBeGreaterThan(10)
  })

  test('kill -9 in the middle of one leaves a whole file', async () => {
    const padding = `# ${'x'.repeat(100)}\n`.repeat(8000)
    const texts = ['one', 'two'].map((name) => FIRST + alias(name) + padding)
    const whole = [...texts, readFileSync(file(), 'utf8')]
    await api().config.apply({ text: texts[0] ?? '' })
    for (let round = 0; round < 4; round++) {
      const text = texts[(round + 1) % 2] ?? ''
      const applying = api()
        .config.apply({ text })
        .then(
          () => true,
          () => false,
        )
      await sleep(5 + round * 12)
      signalbox.killRole('core')
      const acknowledged = await applying
      const found = readFileSync(file(), 'utf8')
      expect(texts).toContain(found)
      if (acknowledged) expect(found).toBe(text)
      expect(whole).toContain(readFileSync(`${file()}.previous`, 'utf8'))
      await signalbox.ready()
      expect(await statusOf('steady')).toBe(200)
    }
  })
})
