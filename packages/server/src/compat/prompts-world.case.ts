import type { Caller } from '@signalbox/schema'
import { Hono } from 'hono'
import { afterAll, beforeAll } from 'vitest'
import { mountForeign } from '../http/foreign.ts'
import type { ForeignApi } from '../lib/foreign.ts'
import { createLog } from '../lib/log.ts'
import { createWrite, type Write } from '../prompts/writing.ts'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'

/** Another tool's routes for prompts over a database of their own. `all` may do everything, the others what they are called. */
export function promptsWorld(make: (rooms: { sql: Sql; writePrompts: Write }) => Pick<ForeignApi, 'prefix' | 'routes' | 'shape'>) {
  let sql: Sql
  let app: Hono
  const callers: Record<string, Caller> = {
    all: { projectId: 'shop', permissions: ['*'], keyId: 'key_all' },
    other: { projectId: 'other', permissions: ['*'] },
    reader: { projectId: 'shop', permissions: ['prompts:read'] },
    writer: { projectId: 'shop', permissions: ['prompts:read', 'prompts:write'] },
    pipeline: { projectId: 'shop', permissions: ['prompts:read', 'prompt:promote:production'] },
    caller: { projectId: 'shop', permissions: ['gateway:call'] },
  }
  beforeAll(async () => {
    sql = await openPglite('memory')
    await migrate(sql)
    for (const id of ['shop', 'other']) await sql.query('insert into projects (id, name, created_at) values ($1, $1, now())', [id])
    const rooms = {
      log: createLog('core', 'silent'),
      callerOfKey: async (secret: string) => callers[secret.slice('sk-sb-'.length)],
      accountOfSession: async () => undefined,
      csrfTokenOf: () => '',
      roleIn: async () => undefined,
    }
    app = new Hono().route('/', mountForeign(make({ sql, writePrompts: createWrite({ sql, changed: () => {} }) }), rooms))
  })
  afterAll(() => sql[Symbol.asyncDispose]())

  /** The status, the body and the headers of an answer. */
  return async function ask(method: string, path: string, body?: unknown, key = 'all') {
    const response = await app.request(path, {
      method,
      headers: { 'x-api-key': `sk-sb-${key}` },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    // Whatever it is, the test that asks looks at it.
    // biome-ignore lint/suspicious/noExplicitAny: an answer in another tool's words
    return { status: response.status, body: (text ? JSON.parse(text) : undefined) as any, headers: response.headers }
  }
}
