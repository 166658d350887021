import type { LookupFunction } from 'node:net'
import { NewProvider, ProviderChange } from '@signalbox/schema'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { providerHandlers } from './handlers.ts'
import { parseConfig } from './load.ts'
import { createProjectProviders, nameTaken } from './project-providers.ts'
import { createProjectRoutes } from './project-routes.ts'
import { routeHandlers } from './route-handlers.ts'
import { createStoredEntries } from './stored-entries.ts'
import { createStoredProviders } from './stored-providers.ts'

const SECRET = 'sk-live-abcdefghijklmnop-9876'
let sql: Sql
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  await sql.exec(`INSERT INTO projects VALUES ('default', 'Default', now()), ('other', 'Other', now())`)
})
afterAll(() => sql?.[Symbol.asyncDispose]())
beforeEach(() => sql.exec('TRUNCATE providers; UPDATE projects SET allow_private_providers = false'))
const allowIn = (projectId: string, allowed = true) =>
  sql.query('UPDATE projects SET allow_private_providers = $2 WHERE id = $1', [projectId, allowed])

/** DNS for the tests: names under `inside.test` are private, `nowhere.test` is unknown, all others are public. */
const lookup: LookupFunction = (host, options, done) => {
  if (host === 'nowhere.test') return done(new Error('ENOTFOUND'), [])
  const address = host.endsWith('inside.test') ? '10.0.0.7' : '93.184.216.34'
  if (options.all) done(null, [{ address, family: 4 }])
  else done(null, address, 4)
}

function room({ masterKey = 'the master key', allowPrivate = false, yaml = 'version: 1', variables = {} } = {}) {
  const config = parseConfig(yaml, { name: 'signalbox.yaml', variables })
  let changes = 0
  const stored = createStoredProviders({
    sql,
    masterKey,
    allowPrivate,
    lookup,
    taken: (projectId, name) => nameTaken(config.projects[projectId] ?? config.base, name),
    changed: () => {
      changes += 1
    },
  })
  const providers = createProjectProviders({ config: () => config, stored })
  const handlers = providerHandlers({ providers, stored, test: () => expect.unreachable() })
  const storedModels = createStoredEntries('model', { sql, changed: () => {} })
  const storedSplits = createStoredEntries('split', { sql, changed: () => {} })
  const routes = createProjectRoutes({ config: () => config, models: storedModels, splits: storedSplits })
  const aliases = routeHandlers({ config: () => config, providers, routes, storedModels, storedSplits })
  const context = { caller: { projectId: 'default', permissions: ['*'] }, ip: '', sessionToken: undefined, setSession: () => {} }
  return {
    handlers,
    context,
    changes: () => changes,
    create: (input: NewProvider, projectId = 'default') => stored.create(projectId, input),
    change: (name: string, change: object) => stored.change({ projectId: 'default', name }, ProviderChange.parse(change)),
    remove: (name: string, projectId = 'default') => stored.remove({ projectId, name }),
    usable: async (name: string, projectId = 'default') => (await providers.of(projectId)).providers[name],
    targets: async (alias: string) =>
      (await aliases['models.list']({}, context)).models
        .find((model) => model.name === alias)
        ?.targets.map(({ provider, usable, problem }) => ({ provider, usable, problem })),
    listed: async (name: string) => (await handlers['providers.list']({}, context)).providers.find((one) => one.name === name),
  }
}

const mine: NewProvider = { name: 'mine', kind: 'openai', apiKey: SECRET, headers: { 'x-team': 'secret-team' } }

describe('providers of a project', () => {
  it('are made, used, changed and removed, and every change is told', async () => {
    const { create, change, remove, usable, changes } = room()
    await create(mine)
    expect(await usable('mine')).toEqual({
      name: 'mine',
      kind: 'openai',
      baseUrl: 'https://api.openai.com/v1',
      apiKey: SECRET,
      headers: { 'x-team': 'secret-team' },
      from: 'project',
      guarded: true,
      problem: null,
    })
    await change('mine', { apiKey: 'sk-new', headers: null })
    expect(await usable('mine')).toMatchObject({ apiKey: 'sk-new', headers: {} })
    await remove('mine')
    expect(await usable('mine')).toBeUndefined()
    expect(changes()).toBe(3)
  })

  it('show that they have a key and its end, and nothing else of it', async () => {
    const { create, listed, change, handlers, context } = room()
    await create(mine)
    expect(await listed('mine')).toMatchObject({ hasKey: true, keyHint: '9876', headerNames: ['x-team'], from: 'project' })
    const answers = JSON.stringify([
      await handlers['providers.list']({}, context),
      await handlers['providers.change']({ name: 'mine' }, context),
    ])
    expect(answers).not.toMatch(/sk-live|secret-team/)
    await change('mine', { apiKey: 'nineteen-characters' })
    expect(await listed('mine')).toMatchObject({ hasKey: true, keyHint: null })
    await change('mine', { apiKey: null })
    expect(await listed('mine')).toMatchObject({ hasKey: false, keyHint: null, configured: false, problem: 'it has no key' })
  })

  it('have several keys: the list is replaced as a whole, taken away by null, and shown as a count', async () => {
    const { create, change, usable, listed } = room()
    await create({ ...mine, moreKeys: ['sk-second', SECRET] })
    expect(await usable('mine')).toMatchObject({ apiKey: SECRET, moreKeys: ['sk-second'] })
    expect(await listed('mine')).toMatchObject({ hasKey: true, keyCount: 2, keyHint: '9876' })
    expect(JSON.stringify([await listed('mine'), await sql.query('SELECT * FROM providers')])).not.toContain('sk-second')
    await change('mine', { apiKey: 'sk-first' })
    expect(await usable('mine')).toMatchObject({ apiKey: 'sk-first', moreKeys: ['sk-second', SECRET] })
    await change('mine', { moreKeys: ['sk-third'] })
    expect(await usable('mine')).toMatchObject({ apiKey: 'sk-first', moreKeys: ['sk-third'] })
    await expect(change('mine', { apiKey: null })).rejects.toMatchObject({ code: 'invalid-request', data: { param: 'moreKeys' } })
    await expect(change('mine', { baseUrl: 'https://elsewhere.test/v1', apiKey: 'sk-new', headers: null })).rejects.toMatchObject({
      message: expect.stringContaining('send moreKeys again') as string,
    })
    expect(await room({ masterKey: 'another' }).listed('mine')).toMatchObject({ hasKey: true, keyCount: 1, configured: false })
    await change('mine', { moreKeys: null })
    expect(await usable('mine')).not.toHaveProperty('moreKeys')
    expect(await listed('mine')).toMatchObject({ keyCount: 1 })
  })

  it.each([
    { apiKey: undefined, moreKeys: ['sk-second'] },
    { apiKey: 'sk-first', moreKeys: ['sk two'] },
    { apiKey: 'sk-first', moreKeys: ['sk-second', 'sk-second'] },
    { apiKey: 'sk-first', moreKeys: Array.from({ length: 21 }, (_, index) => `sk-${index}`) },
  ])('refuse further keys that cannot be used: %j', async ({ apiKey, moreKeys }) => {
    const input = { name: 'x', kind: 'openai' as const, moreKeys, ...(apiKey !== undefined && { apiKey }) }
    const make = async () => room().create(NewProvider.parse(input))
    await expect(make()).rejects.toThrow(/moreKeys|one word|twice|at most 20/)
  })

  it('are encrypted in the database', async () => {
    const { create } = room()
    await create(mine)
    await create({
      name: 'aws',
      kind: 'bedrock',
      region: 'us-east-1',
      accessKeyId: 'AKIA1',
      secretAccessKey: 'very-secret-thing',
      sessionToken: 'session-thing',
    })
    const rows = JSON.stringify(await sql.query('SELECT * FROM providers'))
    expect(rows).not.toMatch(/sk-live|secret-team|very-secret|session-thing/)
    expect(rows).not.toContain(Buffer.from(SECRET).toString('base64').slice(2, 20))
  })

  it('give secret options to the edge and hide them from the list', async () => {
    const { create, usable, listed } = room()
    await create({ name: 'aws', kind: 'bedrock', region: 'us-east-1', accessKeyId: 'AKIA1', secretAccessKey: 'very-secret-thing' })
    expect(await usable('aws')).toMatchObject({
      baseUrl: 'https://bedrock-runtime.us-east-1.amazonaws.com',
      settings: { region: 'us-east-1', accessKeyId: 'AKIA1', secretAccessKey: 'very-secret-thing' },
      problem: null,
    })
    expect((await listed('aws'))?.options).toEqual({ region: 'us-east-1', accessKeyId: 'AKIA1' })
  })

  it('belong to one project', async () => {
    const { create, usable, remove } = room()
    await create(mine)
    expect(await usable('mine', 'other')).toBeUndefined()
    await expect(remove('mine', 'other')).rejects.toMatchObject({ code: 'not-found' })
    await create(mine, 'other')
    expect(await usable('mine', 'other')).toMatchObject({ apiKey: SECRET })
  })

  it('cannot be read from the row of another project, even by who can write the database', async () => {
    const { create, usable } = room()
    await create(mine)
    await create({ ...mine, apiKey: 'sk-other' }, 'other')
    await sql.query(`UPDATE providers SET sealed = (SELECT sealed FROM providers WHERE project_id = 'default') WHERE project_id = 'other'`)
    expect(await usable('mine', 'other')).toMatchObject({ apiKey: null, problem: expect.stringContaining('master key') as string })
  })

  it('run no command, even for who can write the database', async () => {
    const { create, usable } = room()
    await create({ name: 'v', kind: 'vertex', project: 'p', location: 'global', apiKey: 'ya29.token' })
    await sql.query(`UPDATE providers SET options = options || '{"apiKey":{"command":["id"]}}'`)
    expect((await usable('v'))?.settings).toEqual({ project: 'p', location: 'global' })
  })

  it.each(['host', 'Transfer-Encoding', 'content-length', 'connection', 'proxy-authorization', 'x y', ''])(
    'do not set the header %j',
    (name) => {
      expect(NewProvider.safeParse({ name: 'x', kind: 'openai', headers: { [name]: 'v' } }).success).toBe(false)
      expect(NewProvider.safeParse({ name: 'x', kind: 'openai', headers: { 'x-a': 'v', 'x-b': 'line\r\nhost: evil' } }).success).toBe(false)
    },
  )

  it('give nothing of the environment of the server to an address from a form', async () => {
    const variables = { OPENAI_API_KEY: 'sk-env', AWS_ACCESS_KEY_ID: 'AKIA', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'eu-west-1' }
    const { create, usable } = room({ variables })
    await create({ name: 'elsewhere', kind: 'openai', baseUrl: 'https://elsewhere.test/v1' })
    await create({ name: 'cloud', kind: 'bedrock', region: 'us-east-1', baseUrl: 'https://elsewhere.test' })
    expect(JSON.stringify([await usable('elsewhere'), await usable('cloud')])).not.toMatch(/sk-env|AKIA/)
  })
})

describe('names', () => {
  const yaml = 'version: 1\nproviders:\n  filed: { kind: openai, apiKey: sk-file }\n'

  it.each([
    ['filed', 'signalbox.yaml'],
    ['groq', 'environment'],
    ['simulator', 'built in'],
  ])('of others (%s) cannot be taken', async (name, by) => {
    const { create } = room({ yaml, variables: { GROQ_API_KEY: 'gsk' } })
    await expect(create({ ...mine, name })).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(by) as string })
  })

  it('are used once', async () => {
    const { create } = room()
    await create(mine)
    await expect(create(mine)).rejects.toMatchObject({ code: 'conflict' })
  })

  it('that the file takes later win, and say that they hide another one', async () => {
    await room().create({ ...mine, name: 'filed' })
    const { usable, listed, remove } = room({ yaml })
    expect(await usable('filed')).toMatchObject({ apiKey: 'sk-file', from: 'file' })
    expect(await listed('filed')).toMatchObject({ from: 'file', hides: true, keyHint: null })
    await remove('filed')
    expect(await listed('filed')).toMatchObject({ hides: false })
  })
})

describe('an alias of the file', () => {
  const yaml = 'version: 1\nmodels: { support: { targets: [{ provider: mine, model: small }, { provider: simulator, model: echo }] } }'
  const simulator = { provider: 'simulator', usable: true, problem: null }

  it('can name a provider of the project: it is used while it is there', async () => {
    const { create, remove, targets } = room({ yaml })
    const missing = [{ provider: 'mine', usable: false, problem: 'no such provider' }, simulator]
    expect(await targets('support')).toEqual(missing)
    await create(mine, 'other')
    expect(await targets('support')).toEqual(missing)
    await create(mine)
    expect(await targets('support')).toEqual([{ provider: 'mine', usable: true, problem: null }, simulator])
    await remove('mine')
    expect(await targets('support')).toEqual(missing)
  })

  it('says why such a provider cannot be used', async () => {
    const { create, targets } = room({ yaml })
    await create({ name: 'mine', kind: 'openai' })
    expect(await targets('support')).toEqual([{ provider: 'mine', usable: false, problem: 'it has no key' }, simulator])
  })
})

describe('another master key', () => {
  it('names what it cannot open, which then is not configured, until the old one is back or the key is saved again', async () => {
    await room().create(mine)
    const lost = room({ masterKey: 'another' })
    expect(await lost.listed('mine')).toMatchObject({
      configured: false,
      hasKey: true,
      problem: expect.stringContaining('master key') as string,
    })
    await lost.change('mine', { baseUrl: 'https://api.openai.com/v1/' })
    expect(await room().usable('mine')).toMatchObject({ apiKey: SECRET, problem: null })
    await expect(lost.change('mine', { baseUrl: 'https://elsewhere.test' })).rejects.toMatchObject({ code: 'invalid-request' })
    await lost.change('mine', { apiKey: 'sk-again' })
    expect(await lost.usable('mine')).toMatchObject({ apiKey: 'sk-again', problem: null })
  })
})

describe('a new address', () => {
  it('does not get the stored key: it has to be sent again or taken away', async () => {
    const { create, change, usable } = room()
    await create(mine)
    const moved = { baseUrl: 'https://elsewhere.test/v1' }
    await expect(change('mine', moved)).rejects.toMatchObject({ message: expect.stringContaining('apiKey and headers') as string })
    await expect(change('mine', { ...moved, apiKey: 'sk-new' })).rejects.toMatchObject({
      message: expect.stringContaining('headers') as string,
    })
    await expect(change('mine', { baseUrl: 'http://api.openai.com/v1' })).rejects.toMatchObject({ code: 'invalid-request' })
    await change('mine', { baseUrl: 'https://api.openai.com/other' })
    await change('mine', { ...moved, apiKey: 'sk-new', headers: null })
    expect(await usable('mine')).toMatchObject({ baseUrl: 'https://elsewhere.test/v1', apiKey: 'sk-new', headers: {} })
  })

  it('cannot be smuggled in by an option that stands in the host', async () => {
    const { create, change } = room()
    await create({ name: 'v', kind: 'vertex', project: 'p', location: 'us-central1', apiKey: 'ya29.token' })
    await expect(change('v', { location: 'europe-west4' })).rejects.toMatchObject({ message: expect.stringContaining('apiKey') as string })
    expect(ProviderChange.safeParse({ location: 'evil.test/' }).success).toBe(false)
    expect(ProviderChange.safeParse({ apiKey: { command: ['id'] } }).success).toBe(false)
  })
})

describe('addresses', () => {
  it.each([
    'http://127.0.0.1:8000/v1',
    'http://localhost:11434/v1',
    'http://2130706433/',
    'http://[::1]/',
    'https://llm.inside.test/v1',
    'http://169.254.169.254/',
  ])('refuse %s, which is private', async (baseUrl) => {
    const { create, usable } = room()
    const input: NewProvider = { name: 'near', kind: 'openai-compatible', baseUrl }
    await expect(create(input)).rejects.toMatchObject({ code: 'invalid-request', status: 400, data: { param: 'baseUrl' } })
    await room({ allowPrivate: true }).create(input)
    expect(await room({ allowPrivate: true }).usable('near')).toMatchObject({ guarded: false, problem: null })
    expect(await usable('near')).toMatchObject({ guarded: true })
  })

  it('may be private where the owner of the project allows it, for as long as that is so', async () => {
    const { create, change, usable } = room()
    const near: NewProvider = { name: 'near', kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1' }
    await allowIn('default')
    await create(near)
    await change('near', { baseUrl: 'https://llm.inside.test/v1' })
    await change('near', { baseUrl: near.baseUrl })
    expect(await usable('near')).toMatchObject({ guarded: false, problem: null })
    await expect(create(near, 'other')).rejects.toMatchObject({
      data: { param: 'baseUrl' },
      hint: expect.stringContaining('settings') as string,
    })

    await allowIn('default', false)
    expect(await usable('near')).toMatchObject({ guarded: true, problem: 'its address is private, which this project does not allow' })
    await expect(change('near', { baseUrl: 'http://10.0.0.1/v1' })).rejects.toMatchObject({ data: { param: 'baseUrl' } })
  })

  it('take a name that does not resolve now: what counts is where a call would connect', async () => {
    const { create, usable } = room()
    await create({ name: 'later', kind: 'openai-compatible', baseUrl: 'https://nowhere.test/v1' })
    expect(await usable('later')).toMatchObject({ guarded: true, problem: null })
  })

  it.each<[object, string]>([
    [{ kind: 'openai-compatible' }, 'baseUrl'],
    [{ kind: 'azure' }, 'baseUrl'],
    [{ kind: 'openai', region: 'us-east-1' }, 'region'],
    [{ kind: 'openai', baseUrl: 'https://a.test/v1/chat/completions' }, 'https://a.test/v1.'],
    [{ kind: 'vertex' }, 'project'],
  ])('and options that cannot work are refused: %j', async (input, word) => {
    const { create } = room()
    await expect(create({ name: 'x', ...input } as NewProvider)).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(word) as string,
    })
  })
})
