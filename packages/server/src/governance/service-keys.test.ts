import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { createKeys } from './keys.ts'
import { createServiceKeys } from './service-keys.ts'

let sql: Sql
let changes = 0
const room = (masterKey = 'master') =>
  createServiceKeys({ sql, masterKey, title: 'Evaluation', purpose: 'evaluation', changed: () => (changes += 1) })
const keys = () => createKeys({ sql, now: () => new Date(), changed: () => {} })

beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
})
afterAll(() => sql[Symbol.asyncDispose]())

test('one key for each project, which may call and nothing else', async () => {
  const one = room()
  const all = await Promise.all([one.secretFor('shop'), one.secretFor('shop'), room().secretFor('shop')])
  const secret = all[0]?.secret ?? ''
  expect(new Set(all.map((each) => each.secret))).toEqual(new Set([secret]))
  expect(await room().secretFor('shop')).toEqual({ secret, fresh: false })
  expect(await keys().authenticate(secret)).toMatchObject({ projectId: 'shop', permissions: ['gateway:call'] })
  expect((await room().secretFor('other')).secret).not.toBe(secret)
  expect(changes).toBeGreaterThan(0)
  expect(JSON.stringify(await sql.query('select * from keys'))).not.toContain(secret.slice('sk-sb-'.length, -4))
})

test('a revoked key is over, and the next call makes another', async () => {
  const { secret } = await room().secretFor('shop')
  await sql.query(`update keys set revoked_at = now() where project_id = 'shop'`)
  const next = await room().secretFor('shop')
  expect(next).toMatchObject({ fresh: true })
  expect(next.secret).not.toBe(secret)
})
