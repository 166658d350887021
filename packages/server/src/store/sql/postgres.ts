import { AppError } from '@signalbox/schema'
import postgres from 'postgres'
import type { Sql, SqlSession } from '../ports.ts'
import { failExplained } from './failure.ts'
import { VALUE_TYPES } from './value-types.ts'

const OLDEST = 15

/** Opens a Postgres server, 15 or newer: `postgres://user:password@host/database`. Import this file only when it is asked for. */
export async function openPostgres(url: string): Promise<Sql> {
  const pool = connect(url)
  try {
    await checkVersion(pool)
  } catch (error) {
    await pool.end({ timeout: 1 })
    throw error
  }
  return {
    engine: 'postgres',
    ...session(pool),
    transaction: async <T>(work: (sql: SqlSession) => Promise<T>) => {
      // Boxed, because the driver awaits every element of an array that the work returns.
      const done = await pool.begin(async (transaction) => ({ value: await work(session(transaction)) })).catch(failExplained)
      return done.value
    },
    [Symbol.asyncDispose]: () => pool.end({ timeout: 5 }),
  }
}

function connect(url: string): postgres.Sql {
  try {
    return postgres(url, {
      max: 10,
      connect_timeout: 10,
      idle_timeout: 60,
      onnotice: () => {},
      transform: { undefined: null },
      types: VALUE_TYPES as unknown as Record<string, postgres.PostgresType>,
      connection: { application_name: 'signalbox', TimeZone: 'UTC' },
    }) as unknown as postgres.Sql
  } catch (error) {
    throw new AppError('invalid-request', 'DATABASE_URL is not a Postgres address.', {
      hint: 'Write it as postgres://user:password@host:5432/database.',
      cause: error,
    })
  }
}

async function checkVersion(pool: postgres.Sql): Promise<void> {
  const [row] = await session(pool)
    .query<{ number: string }>(`SELECT current_setting('server_version_num') AS number`)
    .catch((error: Error) => {
      throw new AppError('unavailable', `Postgres does not let us in: ${error.message || String(error)}`, {
        hint: 'Check DATABASE_URL, and that the server accepts connections from here.',
        cause: error,
      })
    })
  const major = Math.floor(Number(row?.number) / 10_000)
  if (major >= OLDEST) return
  throw new AppError('unavailable', `The database is Postgres ${major}, and Signalbox needs ${OLDEST} or newer.`, {
    hint: 'Upgrade the server, or unset DATABASE_URL to use the embedded one.',
  })
}

const session = (pool: postgres.Sql | postgres.TransactionSql): SqlSession => ({
  query: async <T>(text: string, params: readonly unknown[] = []) => [
    ...((await pool.unsafe(text, params as postgres.ParameterOrJSON<never>[]).catch(failExplained)) as unknown as T[]),
  ],
  exec: async (text) => {
    await pool.unsafe(text).simple().catch(failExplained)
  },
})
