import { AppError, ModelChange, NewModel, NewSplit, SplitChange } from '@signalbox/schema'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { parseConfig } from './load.ts'
import { createProjectProviders } from './project-providers.ts'
import { createProjectRoutes } from './project-routes.ts'
import { routeHandlers } from './route-handlers.ts'
import { createStoredEntries } from './stored-entries.ts'

let sql: Sql
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  await sql.exec(`INSERT INTO projects (id, name, created_at) VALUES ('default', 'Default', now()), ('other', 'Other', now())`)
})
afterAll(() => sql?.[Symbol.asyncDispose]())
beforeEach(() => sql.exec('TRUNCATE project_entries'))

const FILE = `version: 1
models:
  support: { targets: [{ provider: simulator, model: echo }] }
splits:
  - { kind: shadow, name: mirror, model: support, to: simulator/script }
`
const echo = { provider: 'simulator', model: 'echo' }

function room(yaml = FILE) {
  const config = parseConfig(yaml, { name: 'signalbox.yaml', variables: {} })
  let changes = 0
  const changed = () => {
    changes += 1
  }
  const storedModels = createStoredEntries('model', { sql, changed })
  const storedSplits = createStoredEntries('split', { sql, changed })
  const none = async () => []
  const providers = createProjectProviders({ config: () => config, stored: { of: none, all: none } })
  const routes = createProjectRoutes({ config: () => config, models: storedModels, splits: storedSplits })
  const handlers = routeHandlers({ config: () => config, providers, routes, storedModels, storedSplits })
  const inProject = (projectId: string) => ({
    caller: { projectId, permissions: ['*'] },
    ip: '',
    sessionToken: undefined,
    setSession: () => {},
  })
  const context = inProject('default')
  return {
    routes,
    changes: () => changes,
    create: (input: object, projectId = 'default') => handlers['models.create'](NewModel.parse(input), inProject(projectId)),
    change: (name: string, input: object) => handlers['models.change']({ name, ...ModelChange.parse(input) }, context),
    remove: (name: string) => handlers['models.remove']({ name }, context),
    listed: async (name: string) => (await handlers['models.list']({}, context)).models.filter((model) => model.name === name),
    divide: (input: object) => handlers['splits.create'](NewSplit.parse(input), context),
    redivide: (name: string, input: object) => handlers['splits.change']({ name, ...SplitChange.parse(input) }, context),
    undivide: (name: string) => handlers['splits.remove']({ name }, context),
    splits: async () => (await handlers['splits.list']({}, context)).splits,
  }
}
const failure = async (work: Promise<unknown>): Promise<[string, string]> => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof AppError)) throw new Error(`it did not fail as it should: ${error}`)
  return [error.code, error.message]
}

describe('aliases of a project', () => {
  test('one that is added is among what can be asked for, and every edge is told', async () => {
    const { create, routes, changes } = room()
    const created = await create({
      name: 'team/fast:v1',
      strategy: 'weighted',
      targets: [{ ...echo, weight: 3 }],
      retries: { attempts: 2 },
    })
    expect(created).toMatchObject({
      from: 'project',
      hidden: false,
      problem: null,
      warnings: [],
      retries: { attempts: 2, total: 8 },
      targets: [{ weight: 3, usable: true }],
    })
    expect((await routes.of('default')).models['team/fast:v1']).toMatchObject({ strategy: 'weighted' })
    expect((await routes.ofAll(['default', 'other'])).other?.models['team/fast:v1']).toBeUndefined()
    expect(changes()).toBe(1)
  })

  test('what is left out of a change stays, null takes away', async () => {
    const { create, change, listed } = room()
    await create({ name: 'a', strategy: 'sticky', stickyBy: 'session', targets: [echo], timeouts: { totalMs: 5 } })
    await change('a', { strategy: 'fallback', stickyBy: null })
    const [found] = await listed('a')
    expect(found).toMatchObject({ strategy: 'fallback', timeouts: { totalMs: 5 }, targets: [{ model: 'echo' }] })
    expect(found).not.toHaveProperty('stickyBy')
  })

  test('what stands in the file or is built in is read-only, and its name is taken', async () => {
    const { create, change, remove } = room()
    expect(await failure(create({ name: 'support', targets: [echo] }))).toEqual([
      'conflict',
      'The name support is taken: signalbox.yaml has an alias of this name.',
    ])
    expect(await failure(create({ name: 'simulator/echo', targets: [echo] }))).toEqual(['conflict', expect.stringContaining('built in')])
    expect(await failure(change('support', { strategy: 'cost' }))).toEqual([
      'conflict',
      'support stands in signalbox.yaml, and is read-only here.',
    ])
    expect((await failure(remove('support')))[0]).toBe('conflict')
    expect((await failure(remove('nobody')))[0]).toBe('not-found')
  })

  test('the same name twice is a conflict, in another project it is not', async () => {
    const { create } = room()
    await create({ name: 'a', targets: [echo] })
    expect((await failure(create({ name: 'a', targets: [echo] })))[0]).toBe('conflict')
    await create({ name: 'a', targets: [echo] }, 'other')
  })

  test('an alias of the file that came later hides it, and it can still be removed', async () => {
    await room('version: 1').create({ name: 'support', targets: [{ provider: 'simulator', model: 'faults' }] })
    const { listed, routes, remove } = room()
    expect((await listed('support')).map(({ from, hidden }) => [from, hidden])).toEqual([
      ['file', false],
      ['project', true],
    ])
    expect((await routes.of('default')).models.support?.targets).toEqual([echo])
    await remove('support')
    expect(await listed('support')).toHaveLength(1)
  })

  test('a target that nothing answers is a warning, with the nearest name', async () => {
    const { create } = room()
    const created = await create({ name: 'a', strategy: 'complexity', targets: [{ provider: 'simulatr', model: 'echo' }] })
    expect(created.targets).toMatchObject([{ usable: false, problem: 'no such provider' }])
    expect(created.warnings).toEqual([
      'targets[0].provider is "simulatr": no provider of this name in this project. Did you mean `simulator`?',
      expect.stringContaining('strategy is complexity, but it needs a target of tier easy'),
    ])
  })

  test.each(['prompt:greeting', ' a', 'a ', '', 'x'.repeat(201)])('the name %j is refused, in the file too', (name) => {
    expect(NewModel.safeParse({ name, targets: [echo] }).success).toBe(false)
    const yaml = `version: 1\nmodels:\n  ${JSON.stringify(name)}: { targets: [{ provider: simulator, model: echo }] }\n`
    expect(() => parseConfig(yaml, { name: 'signalbox.yaml', variables: {} })).toThrow(/is not a usable name: .*"prompt:"/)
  })

  test('a row that this version does not understand is shown with its problem, and used nowhere', async () => {
    await sql.exec(`INSERT INTO project_entries VALUES ('default', 'model', 'odd', '{"strategy":"psychic","targets":[]}', now(), now())`)
    const { listed, routes, change } = room()
    expect(await listed('odd')).toMatchObject([{ problem: expect.stringContaining('not understood'), targets: [] }])
    expect((await routes.of('default')).models.odd).toBeUndefined()
    expect((await failure(change('odd', { retries: { attempts: 1 } })))[0]).toBe('invalid-request')
    await change('odd', { targets: [echo] })
    expect(await listed('odd')).toMatchObject([{ problem: null, strategy: 'fallback' }])
  })
})

describe('splits of a project', () => {
  const arms = [
    { name: 'now', model: 'support', weight: 9 },
    { name: 'next', model: 'simulator/script', weight: 1 },
  ]

  test('are listed after those of the file, and change field by field', async () => {
    const { divide, redivide, undivide, splits } = room()
    expect(await divide({ name: 'try', kind: 'weights', model: 'support', arms })).toMatchObject({ active: true, by: 'user', warnings: [] })
    expect(await redivide('try', { active: false })).toMatchObject({ active: false, arms })
    expect((await splits()).map(({ name, from }) => [name, from])).toEqual([
      ['mirror', 'file'],
      ['try', 'project'],
    ])
    await undivide('try')
    expect(await splits()).toHaveLength(1)
    expect(await failure(undivide('mirror'))).toEqual(['conflict', 'mirror stands in signalbox.yaml, and is read-only here.'])
  })

  test.each([
    ['what belongs to another kind', { kind: 'shadow', model: 'support', to: 'support', arms }, /arms/],
    ['a missing part', { kind: 'shadow', model: 'support' }, /`to`/],
    ['no weight', { kind: 'weights', model: 'support', arms: [{ name: 'a', model: 'support', weight: 0 }] }, /arms have no weight/],
    [
      'a step without end before another one',
      { kind: 'canary', model: 'support', to: 'support', startsAt: '2026-11-21T00:00:00Z', steps: [{ percent: 5 }, { percent: 50 }] },
      /steps\[0\] has no minutes/,
    ],
  ])('%s is refused', async (_, input, message) => {
    expect(await failure(room().divide({ name: 'try', ...input }))).toEqual(['invalid-request', expect.stringMatching(message)])
  })

  test('an alias or arm that nothing has is a warning', async () => {
    const { divide } = room()
    const { warnings } = await divide({ name: 'try', kind: 'shadow', model: 'suport', to: 'nobody/x' })
    expect(warnings).toEqual([
      'model is "suport": no alias of this name in this project. Did you mean `support`?',
      'to is "nobody/x": no alias of this name, and no provider/model.',
    ])
  })
})
