import { api, FeedbackSettings } from '@signalbox/schema'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Context } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { createFeedbackOrigins, withOrigins } from './feedback-origins.ts'

let sql: Sql
let changes = 0
let room: ReturnType<typeof createFeedbackOrigins>
beforeAll(async () => {
  sql = await openPglite('memory')
  await migrate(sql)
  await sql.query(`insert into projects (id, name, created_at) values ('shop', 'Shop', now()), ('other', 'Other', now())`)
  room = createFeedbackOrigins({
    sql,
    declared: (id) => (id === 'shop' ? FeedbackSettings.parse({ origins: ['https://file.example'], perMinute: 5 }) : undefined),
    server: new Set(['https://ours.example']),
    changed: async () => void changes++,
  })
})
afterAll(() => sql[Symbol.asyncDispose]())
const by = (projectId: string) => ({ caller: { projectId, permissions: ['*'], userId: 'ada' } }) as unknown as Context
const set = (projectId: string, origins: string[]) => room.handlers['origins.set']({ origins }, by(projectId))

test('what a project says takes the place of what it said before, and edges are told', async () => {
  await set('shop', ['https://b.example', 'https://a.example', 'https://a.example'])
  await set('other', ['https://c.example'])
  expect(await set('shop', ['https://b.example', 'https://d.example'])).toEqual({ origins: ['https://b.example', 'https://d.example'] })
  expect(changes).toBe(3)
  expect(await room.handlers['origins.get']({}, by('shop'))).toEqual({
    origins: ['https://b.example', 'https://d.example'],
    declared: ['https://file.example'],
    server: ['https://ours.example'],
  })
  expect(await room.ofAll()).toEqual({ shop: ['https://b.example', 'https://d.example'], other: ['https://c.example'] })
})

test('the other settings of the file stay', () => {
  const file = FeedbackSettings.parse({ origins: ['https://file.example'], perMinute: 5 })
  expect(withOrigins(file, ['https://a.example', 'https://file.example'])).toEqual({
    ...file,
    origins: ['https://file.example', 'https://a.example'],
  })
  expect(withOrigins(file)).toBe(file)
  expect(withOrigins(undefined)).toBeUndefined()
  expect(withOrigins(undefined, ['https://a.example'])).toMatchObject({ origins: ['https://a.example'], perMinute: 600 })
})

test.each(['https://a.example/path', 'a.example', 'javascript:alert(1)', 'null', '*'])('%s is no origin', (origin) => {
  expect(api['origins.set'].input.safeParse({ origins: [origin] }).success).toBe(false)
})
