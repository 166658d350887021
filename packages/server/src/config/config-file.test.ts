import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, type Caller } from '@signalbox/schema'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openConfigFile } from './config-file.ts'
import { configHandlers } from './config-handlers.ts'
import { describeFile } from './describe-file.ts'
import type { LoadedConfig } from './load.ts'

const folders: string[] = []
const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const FIRST = 'version: 1\nmodels:\n  a: { targets: [{ provider: simulator, model: echo }] }\n'
const SECOND = FIRST.replace('  a:', '  b:')
const WRONG = FIRST.replace('targets', 'target')
const aliases = (config: LoadedConfig) => Object.keys(config.projects.default?.models ?? {}).filter((name) => !name.includes('/'))

async function world(text: string | null = FIRST, { failing = '' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'config-file-'))
  folders.push(folder)
  const path = join(folder, 'signalbox.yaml')
  if (text !== null) writeFileSync(path, text)
  const adopted: string[][] = []
  const refused: unknown[] = []
  const file = await openConfigFile({
    file: path,
    variables: {},
    refused: (error) => void refused.push(error),
    async adopt(config) {
      adopted.push(aliases(config))
      if (failing && aliases(config).includes(failing)) throw new Error('the database is away')
    },
  })
  closing.push(() => file.close())
  const apply = (next: string, expectedVersion?: string) => file.apply(next, { expectedVersion, allow: () => {} })
  return { folder, path, file, adopted, refused, apply, inEffect: () => aliases(file.config()) }
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof AppError ? error.code : String(error)),
  )

describe('replacing the file', () => {
  test('takes effect, keeps what was there, and leaves nothing else behind', async () => {
    const { path, folder, file, adopted, apply, inEffect } = await world()
    chmodSync(path, 0o640)
    const before = file.version()
    const { fileVersion } = await apply(SECOND, before)
    expect(readFileSync(path, 'utf8')).toBe(SECOND)
    expect(readFileSync(`${path}.previous`, 'utf8')).toBe(FIRST)
    expect(readdirSync(folder).sort()).toEqual(['signalbox.yaml', 'signalbox.yaml.previous'])
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect([file.version(), inEffect(), adopted]).toEqual([fileVersion, ['b'], [['b']]])
    expect(fileVersion).not.toBe(before)
  })

  test('makes one where there was none, that only its owner reads', async () => {
    const { path, file, apply, inEffect } = await world(null)
    expect(file.version()).toBe('')
    await apply(FIRST, '')
    expect([statSync(path).mode & 0o777, inEffect()]).toEqual([0o600, ['a']])
    expect(existsSync(`${path}.previous`)).toBe(false)
  })

  test('with something wrong changes nothing, and says everything that is wrong', async () => {
    const { path, adopted, apply, inEffect } = await world()
    await expect(apply(`${WRONG}providrs: {}\n`)).rejects.toMatchObject({
      code: 'invalid-request',
      data: {
        problems: [
          expect.stringContaining('signalbox.yaml:3:3'),
          expect.stringContaining('signalbox.yaml:3:8'),
          expect.stringMatching(/yaml:4:1 providrs .*Did you mean `providers`/),
        ],
      },
    })
    expect([readFileSync(path, 'utf8'), inEffect(), adopted]).toEqual([FIRST, ['a'], []])
  })

  test('is a conflict where the file is another one by now, unless that does not matter', async () => {
    const { path, file, apply, inEffect } = await world()
    const seen = file.version()
    writeFileSync(path, `${FIRST}# by hand\n`)
    expect(await codeOf(apply(SECOND, seen))).toBe('conflict')
    expect(readFileSync(path, 'utf8')).toContain('by hand')
    await apply(SECOND)
    expect(inEffect()).toEqual(['b'])
  })

  test('that cannot be put into effect is taken back', async () => {
    const { path, folder, adopted, apply, inEffect } = await world(FIRST, { failing: 'b' })
    expect(await codeOf(apply(SECOND))).toContain('the database is away')
    expect([readFileSync(path, 'utf8'), readdirSync(folder), inEffect(), adopted]).toEqual([
      FIRST,
      ['signalbox.yaml'],
      ['a'],
      [['b'], ['a']],
    ])
  })

  test('goes through a link to what it leads to', async () => {
    const { folder, path, apply } = await world()
    rmSync(path)
    writeFileSync(join(folder, 'real.yaml'), FIRST)
    symlinkSync('real.yaml', path)
    await apply(SECOND)
    expect([lstatSync(path).isSymbolicLink(), readFileSync(join(folder, 'real.yaml'), 'utf8')]).toEqual([true, SECOND])
  })
})

describe('a file that is changed by hand', () => {
  test('is used, or refused with what was in effect kept', async () => {
    const { path, file, refused, inEffect } = await world()
    file.watch()
    writeFileSync(path, SECOND)
    await vi.waitFor(() => expect(inEffect()).toEqual(['b']), 60_000)
    writeFileSync(path, WRONG)
    await vi.waitFor(() => expect(file.problem()?.problems).toContainEqual(expect.stringContaining('signalbox.yaml:3:')), 60_000)
    expect([inEffect(), refused.length]).toEqual([['b'], 1])
    writeFileSync(path, SECOND)
    await vi.waitFor(() => expect(file.problem()).toBeNull(), 60_000)
  })
})

describe('what is shown', () => {
  test('references stay, secrets in clear text do not, and defaults are put in', () => {
    const { projects } = describeFile(`version: 1
project: shop
providers:
  a: { kind: openai, apiKey: "\${KEY}", moreKeys: [sk-secret-1, "\${B:?set it}"], headers: { x: "Bearer sk-secret-2" } }
  b: { kind: openai, apiKey: "\${KEY:-sk-secret-3}", baseUrl: "\${URL:-http://x}" }
  c: { kind: openai, apiKey: { command: [vault, sk-secret-4], ttlSeconds: 60 } }
keys: [{ name: k, publicKey: pk-sb-1, secretKey: sk-sb-secret-5 }]
models: { m: { targets: [{ provider: a, model: x }], cache: { ttlSeconds: "\${TTL}" } }, n: { targets: [{ provider: a, model: x }] } }
cache: { maxBytes: 5 }
`)
    const entries = projects.shop ?? []
    expect(JSON.stringify(entries)).not.toContain('secret-')
    const shownOf = (section: string, name = '') => entries.find((entry) => entry.section === section && entry.name === name)?.value
    expect(shownOf('providers', 'a')).toEqual({
      kind: 'openai',
      apiKey: '${KEY}',
      moreKeys: ['(hidden)', '${B:?set it}'],
      headers: { x: '(hidden)' },
    })
    expect(shownOf('providers', 'b')).toEqual({ kind: 'openai', apiKey: '${KEY:-(hidden)}', baseUrl: '${URL:-http://x}' })
    expect(shownOf('providers', 'c')).toMatchObject({ apiKey: { command: ['vault', '(hidden)'], ttlSeconds: 60 } })
    expect(shownOf('models', 'm')).toMatchObject({ cache: { ttlSeconds: '${TTL}' } })
    expect(shownOf('models', 'n')).toMatchObject({ strategy: 'fallback' })
    expect(shownOf('cache')).toEqual({ maxBytes: 5 })
  })
})

describe('who may replace the file', () => {
  const none = async () => ({ providers: {}, stored: {}, models: {}, splits: [], storedModels: [], storedSplits: [] })
  const handlersOf = async (yaml = FIRST, added: { name: string; value?: unknown }[] = []) =>
    configHandlers({
      file: (await world(yaml)).file,
      providers: { of: none },
      routes: { of: none },
      budgets: { added: async () => added },
      dashboards: { shared: async () => [] },
      snapshotVersion: () => 7,
      isOwner: async (id) => id === 'boss',
    })
  const context = (caller: Partial<Caller>) => ({
    caller: { projectId: 'default', permissions: ['*'], ...caller },
    ip: '',
    sessionToken: undefined,
    setSession: () => {},
  })

  test.each<[string, Partial<Caller>, string]>([
    ['an owner of the organisation', { userId: 'u', organisationRole: 'owner' }, 'none'],
    ['a member', { userId: 'u', organisationRole: 'member' }, 'permission-denied'],
    ['a key with all permissions of nobody', { keyId: 'k' }, 'none'],
    ['one of an owner', { keyId: 'k', ownerId: 'boss' }, 'none'],
    ['one of somebody else', { keyId: 'k', ownerId: 'editor' }, 'permission-denied'],
    ['a key with only config:write', { keyId: 'k', permissions: ['config:write'] }, 'permission-denied'],
  ])('%s', async (_, caller, code) => {
    expect(await codeOf((await handlersOf())['config.apply']({ text: SECOND }, context(caller)))).toBe(code)
  })

  test('budgets that were added to the project are shown beside those of the file, and told where the file hides them', async () => {
    const yaml = `${FIRST}budgets: [{ name: day, scope: project, amount: 5, per: day }]\n`
    const day = { name: 'day', scope: 'project', measure: 'money', amount: 9, per: 'day', warnAt: 0.8, action: 'block' }
    const handlers = await handlersOf(yaml, [
      { name: 'day', value: day },
      { name: 'team', value: { ...day, name: 'team' } },
      { name: 'odd' },
    ])
    const { entries } = await handlers['config.get']({}, context({ keyId: 'k' }))
    expect(entries.filter(({ section }) => section === 'budgets')).toMatchObject([
      { name: 'day', from: 'file', hidden: false, value: { amount: 5, warnAt: 0.8 } },
      { name: 'day', from: 'project', hidden: true, value: { amount: 9 } },
      { name: 'team', from: 'project', hidden: false, value: { amount: 9 } },
      { name: 'odd', from: 'project', hidden: false, value: null },
    ])
    const { warnings } = await handlers['config.apply']({ text: yaml }, context({ keyId: 'k' }))
    expect(warnings).toEqual(['budgets.day hides the one that was added to the project default.'])
    const { warnings: none } = await handlers['config.apply']({ text: FIRST }, context({ keyId: 'k' }))
    expect(none).toEqual([])
  })

  test('what runs a program has to stand in the file already', async () => {
    const runs = (command: string) => `version: 1\nproviders:\n  a: { kind: openai, apiKey: { command: [${command}] } }\n`
    const apply = async (text: string) => codeOf((await handlersOf(runs('cat, key')))['config.apply']({ text }, context({ keyId: 'k' })))
    expect(await apply(runs('cat, key'))).toBe('none')
    expect(await apply(runs('sh, -c, id'))).toBe('permission-denied')
  })
})
