import type { Caller } from '@signalbox/schema'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Context } from '../lib/handlers.ts'
import { memoryKeyValue } from '../store/key-value/memory.ts'
import type { Sql } from '../store/ports.ts'
import { migrate } from '../store/sql/migrate.ts'
import { openPglite } from '../store/sql/pglite.ts'
import { createAccess } from './access.ts'

/** For tests: the room on a real database that is empty before each test, with a clock to turn. */
export function freshAccess() {
  let sql: Sql
  let access: ReturnType<typeof createAccess>
  let changes = 0
  let time = 0

  const open = () => {
    time = Date.parse('2026-11-20T12:00:00Z')
    changes = 0
    const now = () => new Date(time)
    const keyValue = memoryKeyValue({ now: () => time })
    const changed = () => {
      changes += 1
    }
    return createAccess({ sql, keyValue, version: '1.2.3', publicUrl: 'http://localhost:7500', changed, now })
  }

  beforeAll(async () => {
    sql = await openPglite('memory')
    await migrate(sql)
  })
  afterAll(() => sql?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    await sql.exec('TRUNCATE keys, sessions, login_links, invitations, teams, accounts, projects CASCADE')
    access = open()
    await access.ensureBootstrap({ bootstrap: null, admin: null })
  })

  return {
    sql: () => sql,
    access: () => access,
    handlers: () => access.handlers,
    changes: () => changes,
    now: () => new Date(time),
    pass: (seconds: number) => {
      time += seconds * 1000
    },
  }
}

/** A request as the HTTP layer describes it; `cookies` are what it was told to set. */
export function contextOf(caller: Partial<Caller> = {}, rest: Partial<Pick<Context, 'ip' | 'userAgent' | 'sessionToken'>> = {}) {
  const cookies: (string | null)[] = []
  const context: Context = {
    caller: { projectId: 'default', permissions: ['*'], ...caller },
    ip: '192.0.2.1',
    userAgent: 'test',
    sessionToken: undefined,
    setSession: (token) => cookies.push(token),
    ...rest,
  }
  return Object.assign(context, { cookies })
}
