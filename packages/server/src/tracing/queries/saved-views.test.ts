import { api, type Caller, View } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import type { Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { viewHandlers } from './saved-views.ts'

let sql: Sql
let handlers: ReturnType<typeof viewHandlers>
const as = (given: Partial<Caller>): Context => ({ caller: { projectId: 'shop', permissions: ['traces:read'], ...given } }) as Context
const ann = as({ userId: 'acc_ann' })
const ben = as({ userId: 'acc_ben' })
const chief = as({ userId: 'acc_chief', permissions: ['traces:read', 'projects:write'] })

beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  await sql.query(
    `insert into accounts (id, email, role, source, created_at) values ('acc_ann', 'ann@example.test', 'member', 'api', now())`,
  )
  handlers = viewHandlers({ sql })
})
afterAll(() => sql[Symbol.asyncDispose]())

const save = (context: Context, name: string, given: object = {}) =>
  handlers['views.create'](api['views.create'].input.parse({ name, state: {}, ...given }), context)
const names = async (context: Context) => (await handlers['views.list']({}, context)).views.map(({ name }) => name)

test('a view is saved, listed, changed and deleted', async () => {
  const state = {
    filters: [{ field: 'status', op: 'eq', value: 'error' }],
    search: 'refund',
    in: 'content',
    sort: '-costUsd',
    columns: ['name', 'cost'],
  }
  const saved = await save(ann, ' Failures ', { state })
  expect(View.parse(saved)).toMatchObject({
    name: 'Failures',
    shared: false,
    own: true,
    mayChange: true,
    savedBy: 'ann@example.test',
    state,
  })
  const changed = await handlers['views.change']({ id: saved.id, name: 'Failed', state: { filters: [] } }, ann)
  expect(changed).toMatchObject({ id: saved.id, name: 'Failed', state: { filters: [] }, createdAt: saved.createdAt })
  expect((await handlers['views.list']({}, ann)).views).toMatchObject([{ id: saved.id, name: 'Failed' }])
  await handlers['views.remove']({ id: saved.id }, ann)
  expect(await names(ann)).toEqual([])
})

test('the own ones and the shared ones are seen, of this project', async () => {
  const mine = await save(ann, 'b mine')
  const all = await save(ann, 'A for all', { shared: true })
  await save(as({ userId: 'acc_ann', projectId: 'other' }), 'elsewhere', { shared: true })
  await save(as({ keyId: 'key_1' }), 'of a key')
  expect(await names(ann)).toEqual(['A for all', 'b mine'])
  expect(await names(ben)).toEqual(['A for all'])
  expect((await handlers['views.list']({}, ben)).views[0]).toMatchObject({ own: false, mayChange: false })
  for (const id of [mine.id, 'view_none']) {
    await expect(handlers['views.change']({ id, name: 'x' }, ben)).rejects.toMatchObject({ code: 'not-found' })
    await expect(handlers['views.remove']({ id }, ben)).rejects.toMatchObject({ code: 'not-found' })
  }
  await expect(handlers['views.remove']({ id: all.id }, as({ userId: 'acc_ann', projectId: 'other' }))).rejects.toMatchObject({
    code: 'not-found',
  })
  await expect(handlers['views.change']({ id: all.id, shared: false }, ben)).rejects.toMatchObject({ code: 'permission-denied' })
  // Who may change the project may tidy up what it shares, and nothing else.
  expect(await handlers['views.change']({ id: all.id, name: 'For all' }, chief)).toMatchObject({ name: 'For all', own: false })
  await expect(handlers['views.remove']({ id: mine.id }, chief)).rejects.toMatchObject({ code: 'not-found' })
})

test('one name once for each person, in whatever case', async () => {
  await save(ben, 'Slow')
  await expect(save(ben, 'slow')).rejects.toMatchObject({ code: 'conflict' })
  await save(ann, 'Slow')
  const other = await save(ben, 'Fast')
  await expect(handlers['views.change']({ id: other.id, name: 'SLOW' }, ben)).rejects.toMatchObject({ code: 'conflict' })
  expect(await handlers['views.change']({ id: other.id, name: 'FAST' }, ben)).toMatchObject({ name: 'FAST' })
})

test('what is no view is refused', () => {
  const { input } = api['views.create']
  for (const wrong of [
    { name: '' },
    { name: 'x', state: { filters: [{ field: 'nope', op: 'eq', value: 1 }] } },
    { name: 'x', state: { sort: 'name' } },
    { name: 'x', state: { more: 1 } },
  ])
    expect(input.safeParse({ state: {}, ...wrong }).success).toBe(false)
})
