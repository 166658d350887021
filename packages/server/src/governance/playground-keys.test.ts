import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../lib/ids.ts'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { createKeys } from './keys.ts'
import { createPlaygroundKeys } from './playground-keys.ts'

let sql: Sql
let changes = 0
const ann = { projectId: 'shop', accountId: 'acc_ann' }
const room = (masterKey = 'master') => createPlaygroundKeys({ sql, masterKey, changed: () => (changes += 1) })
const keys = () => createKeys({ sql, now: () => new Date(), changed: () => {} })

beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  for (const id of ['acc_ann', 'acc_ben'])
    await sql.query(`insert into accounts (id, email, role, source, created_at) values ($1, $1, 'member', 'api', now())`, [id])
})
afterAll(() => sql[Symbol.asyncDispose]())

test('one key for each account in each project, which may call and nothing else', async () => {
  const all = await Promise.all([room().secretFor(ann), room().secretFor(ann), room().secretFor(ann)])
  const secret = all[0]?.secret ?? ''
  expect(new Set(all.map((one) => one.secret))).toEqual(new Set([secret]))
  expect(await room().secretFor(ann)).toEqual({ secret, fresh: false })
  expect(await keys().authenticate(secret)).toMatchObject({ projectId: 'shop', permissions: ['gateway:call'], ownerId: 'acc_ann' })
  const others = await Promise.all([room().secretFor({ ...ann, projectId: 'other' }), room().secretFor({ ...ann, accountId: 'acc_ben' })])
  expect(new Set([secret, ...others.map((one) => one.secret)]).size).toBe(3)
  const { keys: listed } = await keys().list('shop', { limit: 10 })
  expect(listed.map(({ name, owner }) => [name, owner?.id])).toEqual(
    expect.arrayContaining([
      ['Playground', 'acc_ann'],
      ['Playground', 'acc_ben'],
    ]),
  )
  expect(listed).toHaveLength(2)
})

test('several at once in one process make one key and tell the edges once', async () => {
  const before = changes
  const playground = room()
  const whose = { projectId: 'other', accountId: 'acc_ben' }
  const all = await Promise.all([1, 2, 3, 4, 5, 6].map(() => playground.secretFor(whose)))
  expect(new Set(all.map(({ secret }) => secret)).size).toBe(1)
  expect(changes - before).toBe(1)
})

test('the secret is nowhere in the database', async () => {
  const { secret } = await room().secretFor(ann)
  const rows = await sql.query<Record<string, unknown>>(
    'select keys.*, playground_keys.* from keys left join playground_keys on key_id = id',
  )
  expect(JSON.stringify(rows)).toContain(sha256(secret))
  expect(JSON.stringify(rows)).not.toContain(secret.slice('sk-sb-'.length, -4))
})

test('a revoked key is over; another master key does not bring it back either', async () => {
  const { secret } = await room().secretFor(ann)
  const [{ id } = { id: '' }] = await sql.query<{ id: string }>('select id from keys where secret_sha256 = $1', [sha256(secret)])
  await keys().revoke({ projectId: 'shop', permissions: ['*'] }, id)
  const next = await room().secretFor(ann)
  expect(next.fresh).toBe(true)
  expect(next.secret).not.toBe(secret)
  const other = await room('another master').secretFor(ann)
  expect(await keys().authenticate(other.secret)).toMatchObject({ ownerId: 'acc_ann' })
  expect(other.secret).not.toBe(next.secret)
})
