import { api, type Caller, type PlaygroundState } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../../lib/handlers.ts'
import type { Sql } from '../../store/ports.ts'
import { migrate } from '../../store/sql/migrate.ts'
import { openPglite } from '../../store/sql/pglite.ts'
import { playgroundHandlers } from './handlers.ts'
import { createStoredPlaygrounds, MOST_PLAYGROUNDS } from './stored.ts'

let sql: Sql
let handlers: ReturnType<typeof playgroundHandlers>
const as = (given: Partial<Caller>): Context => ({ caller: { projectId: 'shop', permissions: ['*'], ...given } }) as Context
const ann = as({ userId: 'acc_ann' })
const { input } = api['playgrounds.create']
const state = (text: string): PlaygroundState =>
  input.parse({ state: { columns: [{ content: { type: 'chat', messages: [{ role: 'user', content: text }] } }] } }).state

beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
  await sql.query(
    `insert into accounts (id, email, role, source, created_at) values ('acc_ann', 'ann@example.test', 'member', 'api', now())`,
  )
  handlers = playgroundHandlers({ sql })
})
afterAll(() => sql[Symbol.asyncDispose]())

test('is kept once, and opened by everybody of the project and nobody else', async () => {
  // No database takes a NUL in its texts, and people paste anything.
  const saved = await handlers['playgrounds.create']({ state: state('What is in \u0000 {{this}}?') }, ann)
  expect(api['playgrounds.create'].output.parse(saved)).toMatchObject({ savedBy: 'ann@example.test', state: { variables: {} } })
  const again = await handlers['playgrounds.create']({ state: state('What is in \u0000 {{this}}?') }, as({ keyId: 'key_1' }))
  expect(again).toMatchObject({ id: saved.id, createdAt: saved.createdAt, savedBy: 'ann@example.test' })
  expect(await handlers['playgrounds.get']({ id: saved.id }, as({ keyId: 'key_2' }))).toEqual(saved)
  await expect(handlers['playgrounds.get']({ id: saved.id }, as({ projectId: 'other' }))).rejects.toMatchObject({ code: 'not-found' })
})

test('what nobody opened for longest goes first', async () => {
  let at = Date.parse('2026-01-01T00:00:00Z')
  const now = () => {
    at += 1000
    return new Date(at)
  }
  const stored = createStoredPlaygrounds({ sql, now })
  const other = { projectId: 'other', owner: 'acc_ann' }
  const first = await stored.save(other, state('first'))
  const second = await stored.save(other, state('second'))
  await stored.open('other', first.id)
  await sql.query(
    `insert into playgrounds select 'other', 'pg_' || n, '{}', 'x', now(), now() from generate_series(1, ${MOST_PLAYGROUNDS - 2}) as n`,
  )
  await stored.save(other, state('third'))
  expect((await stored.open('other', first.id)).id).toBe(first.id)
  await expect(stored.open('other', second.id)).rejects.toMatchObject({ code: 'not-found' })
  await expect(stored.open('other', 'pg_1')).rejects.toMatchObject({ code: 'conflict' })
})

const column = { content: { type: 'text', text: 'Hello' } }
test.each([
  ['more than six columns', { columns: Array.from({ length: 7 }, () => column) }],
  ['no column', { columns: [] }],
  ['content that is none', { columns: [{ content: { type: 'chat', text: 'Hello' } }] }],
  ['something unknown', { columns: [{ ...column, colour: 'red' }] }],
])('%s is refused', (_, given) => {
  expect(input.safeParse({ state: { columns: [column] } }).success).toBe(true)
  expect(input.safeParse({ state: given }).success).toBe(false)
})
