import { AppError, api, type Caller, type Dashboard } from '@signalbox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Context } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { changesBetween } from './changes.ts'
import { dashboardHandlers } from './handlers.ts'
import { createStoredDashboards, KEPT_VERSIONS } from './stored.ts'

let sql: Sql
let handlers: ReturnType<typeof dashboardHandlers>
const EDITOR = ['dashboards:read', 'dashboards:write']
const as = (given: Partial<Caller>): Context => ({ caller: { projectId: 'shop', permissions: EDITOR, ...given } }) as Context
const ann = as({ userId: 'acc_ann' })
const ben = as({ userId: 'acc_ben' })
const viewer = as({ userId: 'acc_vic', permissions: ['dashboards:read'] })
const chief = as({ userId: 'acc_chief', permissions: [...EDITOR, 'projects:write'] })
const OF_FILE = api['dashboards.create'].input.shape.dashboard.parse({ name: 'From the file' })

beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  await sql.query(
    `insert into accounts (id, email, role, source, created_at) values ('acc_ann', 'ann@example.test', 'member', 'api', now())`,
  )
  handlers = dashboardHandlers({
    stored: createStoredDashboards({ sql }),
    declared: (projectId) => (projectId === 'shop' ? [OF_FILE] : []),
  })
})
afterAll(() => sql[Symbol.asyncDispose]())

const panel = (id: string, given: object = {}) => ({ id, kind: 'line', query: { measures: ['calls'] }, ...given })
const parsed = (given: object): Dashboard => api['dashboards.create'].input.shape.dashboard.parse({ name: 'One', ...given })
const make = (context: Context, name: string, given: object = {}, shared = true) =>
  handlers['dashboards.create']({ dashboard: parsed({ name, ...given }), shared }, context)
const names = async (context: Context) => (await handlers['dashboards.list']({}, context)).dashboards.map(({ name }) => name)
const errorOf = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => Promise.reject(new Error('nothing was thrown')),
    (error: unknown) => (error instanceof AppError ? error : Promise.reject(error)),
  )

describe('a dashboard', () => {
  test('is made, read, changed and deleted', async () => {
    const made = await make(ann, 'Cost', { panels: [panel('a')] })
    expect(api['dashboards.get'].output.parse(made)).toMatchObject({
      from: 'project',
      own: true,
      mayChange: true,
      version: 1,
      savedBy: 'ann@example.test',
    })
    const changed = await handlers['dashboards.change'](
      { id: made.id, expectedVersion: 1, dashboard: parsed({ name: 'Costs', panels: [panel('a'), panel('b')] }) },
      ben,
    )
    expect(changed).toMatchObject({ version: 2, own: false, savedBy: null, dashboard: { name: 'Costs' } })
    expect(await handlers['dashboards.get']({ id: made.id }, viewer)).toMatchObject({ mayChange: false, version: 2 })
    await handlers['dashboards.remove']({ id: made.id }, ann)
    expect((await errorOf(handlers['dashboards.get']({ id: made.id }, ann))).code).toBe('not-found')
  })

  test('that is not shared is seen by its owner alone, and never from another project', async () => {
    const mine = await make(ann, 'Mine', {}, false)
    const ours = await make(ann, 'Ours')
    expect(await names(ann)).toEqual(['From the file', 'Mine', 'Ours'])
    expect(await names(ben)).toEqual(['From the file', 'Ours'])
    expect(await names(as({ userId: 'acc_ann', projectId: 'other' }))).toEqual([])
    for (const [id, context] of [
      [mine.id, ben],
      [ours.id, as({ userId: 'acc_ann', projectId: 'other' })],
    ] as const) {
      expect((await errorOf(handlers['dashboards.get']({ id }, context))).code).toBe('not-found')
      expect((await errorOf(handlers['dashboards.history']({ id }, context))).code).toBe('not-found')
      expect((await errorOf(handlers['dashboards.remove']({ id }, context))).code).toBe('not-found')
      expect((await errorOf(handlers['dashboards.duplicate']({ id, shared: true }, context))).code).toBe('not-found')
      expect((await errorOf(handlers['dashboards.change']({ id, expectedVersion: 1, shared: true }, context))).code).toBe('not-found')
    }
    for (const { id } of [mine, ours]) await handlers['dashboards.remove']({ id }, ann)
  })

  test('is taken from the others only by its owner or an admin', async () => {
    const { id } = await make(ann, 'Kept')
    expect(await errorOf(handlers['dashboards.remove']({ id }, ben))).toMatchObject({ code: 'permission-denied' })
    expect((await errorOf(handlers['dashboards.change']({ id, expectedVersion: 1, shared: false }, ben))).code).toBe('permission-denied')
    expect(await handlers['dashboards.change']({ id, expectedVersion: 1, shared: false }, ann)).toMatchObject({ shared: false, version: 1 })
    await handlers['dashboards.change']({ id, expectedVersion: 1, shared: true }, ann)
    expect(await handlers['dashboards.remove']({ id }, chief)).toEqual({ ok: true })
  })

  test('has a name of its own per owner', async () => {
    const first = await make(ann, 'Twice')
    expect(await errorOf(make(ann, 'TWICE'))).toMatchObject({ code: 'conflict' })
    const second = await make(ann, 'Other')
    const renaming = handlers['dashboards.change']({ id: second.id, expectedVersion: 1, dashboard: parsed({ name: 'twice' }) }, ann)
    expect(await errorOf(renaming)).toMatchObject({ code: 'conflict' })
    for (const { id } of [first, second]) await handlers['dashboards.remove']({ id }, ann)
  })
})

describe('when two change it', () => {
  test('the second one is told what the first one did', async () => {
    const { id } = await make(ann, 'Busy', { panels: [panel('a', { title: 'Calls' }), panel('b')] })
    const ofBen = parsed({ name: 'Busy', panels: [panel('a', { title: 'Calls', kind: 'bar' }), panel('c')] })
    await handlers['dashboards.change']({ id, expectedVersion: 1, dashboard: ofBen }, ann)
    const error = await errorOf(handlers['dashboards.change']({ id, expectedVersion: 1, dashboard: parsed({ name: 'Mine' }) }, ben))
    expect(error).toMatchObject({
      code: 'conflict',
      status: 409,
      data: {
        version: 2,
        changedBy: 'ann@example.test',
        changes: ['panel "Calls": kind changed', 'panel c added', 'panel b removed'],
      },
    })
    expect(error.message).toContain('ann@example.test')
    await handlers['dashboards.remove']({ id }, ann)
  })

  test('of many at once exactly one wins', async () => {
    const { id } = await make(ann, 'Race')
    const tries = Array.from({ length: 8 }, (_, at) =>
      handlers['dashboards.change']({ id, expectedVersion: 1, dashboard: parsed({ name: 'Race', description: `${at}` }) }, ann),
    )
    const done = await Promise.allSettled(tries)
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of done) if (one.status === 'rejected') expect((one.reason as AppError).code).toBe('conflict')
    expect(await handlers['dashboards.get']({ id }, ann)).toMatchObject({ version: 2 })
    await handlers['dashboards.remove']({ id }, ann)
  })
})

test('the last versions are kept, say what they changed, and can be restored', async () => {
  const { id } = await make(ann, 'Long', { panels: [panel('a')] })
  const last = KEPT_VERSIONS + 3
  for (let version = 1; version < last; version++) {
    const dashboard = parsed({ name: 'Long', description: `after ${version}`, panels: [panel('a')] })
    await handlers['dashboards.change']({ id, expectedVersion: version, dashboard }, ann)
  }
  const { versions } = await handlers['dashboards.history']({ id }, viewer)
  expect(versions).toHaveLength(KEPT_VERSIONS)
  expect(versions[0]).toMatchObject({ version: last, savedBy: 'ann@example.test', changes: ['description changed'] })
  const restored = await handlers['dashboards.restore']({ id, version: 10, expectedVersion: last }, ben)
  expect(restored).toMatchObject({ version: last + 1, dashboard: { description: 'after 9' } })
  expect((await errorOf(handlers['dashboards.restore']({ id, version: 1, expectedVersion: last + 1 }, ben))).code).toBe('not-found')
  expect((await errorOf(handlers['dashboards.restore']({ id, version: 20, expectedVersion: 1 }, ben))).code).toBe('conflict')
  await handlers['dashboards.remove']({ id }, ann)
})

test('one of the file is read, duplicated and never changed', async () => {
  const id = 'file-from-the-file'
  expect(await handlers['dashboards.get']({ id }, chief)).toMatchObject({
    from: 'file',
    mayChange: false,
    dashboard: { name: 'From the file' },
  })
  expect(await handlers['dashboards.history']({ id }, chief)).toEqual({ versions: [] })
  for (const work of [
    handlers['dashboards.change']({ id, expectedVersion: 1, dashboard: OF_FILE }, chief),
    handlers['dashboards.remove']({ id }, chief),
    handlers['dashboards.restore']({ id, version: 1, expectedVersion: 1 }, chief),
  ])
    expect((await errorOf(work)).message).toContain('signalbox.yaml')
  const copies = []
  for (const expected of ['Copy of From the file', 'Copy of From the file 2']) {
    const copy = await handlers['dashboards.duplicate']({ id, shared: false }, ann)
    expect(copy).toMatchObject({ from: 'project', shared: false, mayChange: true, dashboard: { name: expected } })
    copies.push(copy)
  }
  for (const copy of copies) await handlers['dashboards.remove']({ id: copy.id }, ann)
})

test('what this version does not understand is shown as that, and can only be deleted', async () => {
  const { id } = await make(ann, 'Newer', { panels: [panel('a')] })
  await sql.query(`update dashboards set value = jsonb_set(value, '{panels,0,kind}', '"hologram"') where id = $1`, [id])
  const found = await handlers['dashboards.get']({ id }, ann)
  expect(found).toMatchObject({ mayChange: false, dashboard: { name: 'Newer', panels: [] } })
  expect(found.problem).toContain('panels.0.kind')
  expect((await errorOf(handlers['dashboards.change']({ id, expectedVersion: 1, dashboard: parsed({}) }, ann))).code).toBe('conflict')
  expect((await errorOf(handlers['dashboards.duplicate']({ id, shared: true }, ann))).code).toBe('conflict')
  await handlers['dashboards.remove']({ id }, ann)
})

test('changes in words', () => {
  const before = parsed({ name: 'A', panels: [panel('a'), panel('b', { title: 'Bee' }), panel('c')] })
  expect(changesBetween(before, before)).toEqual([])
  const after = parsed({ name: 'B', range: '7d', panels: [panel('a', { x: 2, y: 0 }), panel('b', { title: 'Bee', limit: 3, x: 0 })] })
  expect(changesBetween(before, after)).toEqual([
    'name: A → B',
    'range changed',
    'panel "Bee": limit changed',
    'panel c removed',
    'moved or resized: a',
  ])
})
