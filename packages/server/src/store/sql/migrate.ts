import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@signalbox/schema'
import { sha256 } from '../../lib/ids.ts'
import type { Sql, SqlSession } from '../ports.ts'

/** `checksum` is the SHA-256 of the file, with line ends as \n. */
export type Migration = { version: number; name: string; text: string; checksum: string }

/**
 * Brings the database to the state of this program: `NNNN_name.sql` in the order of their numbers, each in a transaction.
 * Safe to run twice and from several processes at once. Refuses a database that a newer program wrote, or a migration
 * that was changed after it ran, before it touches anything. Returns the names that it applied.
 */
export async function migrate(sql: Sql, folder?: string): Promise<string[]> {
  const migrations = await readMigrations(folder)
  await locked(sql, async (session) => {
    await session.exec(TABLE)
    refuseUnknown(await applied(session), migrations)
  })
  const names: string[] = []
  for (const migration of migrations) if (await locked(sql, (session) => apply(session, migration))) names.push(migration.name)
  return names
}

/** Reads and checks the numbered files of a folder; without one, those that ship with the program. */
export async function readMigrations(folder?: string): Promise<Migration[]> {
  const from = folder ?? (await shipped())
  const files = (await readdir(from)).filter((file) => file.endsWith('.sql')).sort()
  const migrations = await Promise.all(files.map((file) => read(from, file)))
  const twice = migrations.find((migration, at) => migrations[at - 1]?.version === migration.version)
  if (twice) throw new AppError('internal', `Two migrations have the number ${twice.version}; one of them is ${twice.name}.`)
  return migrations
}

const TABLE = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version integer PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)`
/** Any number that nobody else takes: "sgbx" in ASCII. */
const LOCK = 0x73676278

/** Runs `work` in a transaction, one at a time for all processes on this database. */
const locked = <T>(sql: Sql, work: (session: SqlSession) => Promise<T>): Promise<T> =>
  sql.transaction(async (session) => {
    await session.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    return await work(session)
  })

type Applied = { version: number; name: string; checksum: string }
const applied = (session: SqlSession) => session.query<Applied>('SELECT version, name, checksum FROM schema_migrations ORDER BY version')

function refuseUnknown(rows: Applied[], migrations: Migration[]): void {
  for (const row of rows) {
    const known = migrations.find((migration) => migration.version === row.version)
    if (!known)
      throw new AppError('conflict', `The database was written by a newer Signalbox: it has the migration ${row.name}, unknown here.`, {
        hint: 'Start the newer version, or restore the backup that was made before the upgrade.',
      })
    refuseChanged(row, known)
  }
}

function refuseChanged(row: Applied, known: Migration): void {
  if (row.checksum === known.checksum) return
  throw new AppError('conflict', `The migration ${known.name} was changed after this database ran it as ${row.name}.`, {
    hint: 'Put the file back as it was and write the change as a new migration.',
  })
}

async function apply(session: SqlSession, migration: Migration): Promise<boolean> {
  const done = (await applied(session)).find((row) => row.version === migration.version)
  if (done) {
    refuseChanged(done, migration)
    return false
  }
  try {
    await session.exec(migration.text)
  } catch (error) {
    throw new AppError('internal', `The migration ${migration.name} failed: ${error instanceof Error ? error.message : error}`, {
      hint: 'Nothing of it was kept. Please report it with this message.',
      cause: error,
    })
  }
  const { version, name, checksum } = migration
  await session.query('INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3)', [version, name, checksum])
  return true
}

async function read(folder: string, file: string): Promise<Migration> {
  const number = /^(\d{4})_[a-z0-9_]+\.sql$/.exec(file)?.[1]
  if (!number) throw new AppError('internal', `The migration ${file} is not named like 0001_name.sql.`)
  const text = (await readFile(join(folder, file), 'utf8')).replaceAll('\r\n', '\n')
  return { version: Number(number), name: file.slice(0, -4), text, checksum: sha256(text) }
}

/** From source they are beside this folder, in the bundle beside the file. */
async function shipped(): Promise<string> {
  const places = ['../migrations/', './migrations/'].map((place) => fileURLToPath(new URL(place, import.meta.url)))
  for (const place of places) if ((await readdir(place).catch(() => [])).some((file) => file.endsWith('.sql'))) return place
  throw new AppError('internal', `The migrations are missing; they were looked for in ${places.join(' and ')}.`, {
    hint: 'Install Signalbox again, or build it with npm run build.',
  })
}
