import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { PGlite, type PGliteOptions, type Transaction } from '@electric-sql/pglite'
import { AppError } from '@signalbox/schema'
import type { Sql, SqlSession } from '../ports.ts'
import { createPglite } from './create-pglite.ts'
import { DurableFolder } from './durable-folder.ts'
import { emptyDatabase } from './empty-database.ts'
import { keepTidy } from './keep-tidy.ts'
import { throwPanics } from './panic.ts'
import { reopening } from './reopening.ts'
import { parsers, serializers } from './value-types.ts'

const unzip = promisify(gunzip)

export type EmbeddedSql = Sql & { checkpoint(): Promise<void> }

/**
 * Opens Postgres in this process: durable in a folder, which is created where it is missing, or in memory for tests.
 * A commit in a folder returns after `fdatasync`. One process per folder. Start Node with `--liftoff-only` to keep it small.
 */
export async function openPglite(folder: string | 'memory'): Promise<EmbeddedSql> {
  const open = folder === 'memory' ? openMemory : () => openFolder(resolve(folder))
  const engine = reopening(await open(), open)
  const session: SqlSession = {
    query: <T>(text: string, params?: readonly unknown[]) => engine.use((db) => sessionOf(db).query<T>(text, params)),
    exec: (text) => engine.use((db) => sessionOf(db).exec(text)),
  }
  const stop = folder === 'memory' ? () => {} : keepTidy(session)
  return {
    engine: 'pglite',
    ...session,
    transaction: (work) => engine.use((db) => db.transaction((transaction) => work(sessionOf(transaction)))),
    checkpoint: () => session.exec('CHECKPOINT'),
    [Symbol.asyncDispose]: async () => {
      stop()
      await engine.close()
    },
  }
}

const VALUES: PGliteOptions = { parsers, serializers }
const DURABLE: PGliteOptions = {
  ...VALUES,
  // -F switches fsync off.
  startParams: PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
  postgresqlconf: ['shared_buffers=16MB', 'wal_sync_method=fsync', 'max_wal_size=64MB', 'min_wal_size=32MB'],
}

const sessionOf = (db: Pick<PGlite | Transaction, 'query' | 'exec'>): SqlSession => ({
  query: async <T>(text: string, params: readonly unknown[] = []) => (await db.query<T>(text, [...params])).rows,
  exec: async (text) => {
    await db.exec(text)
  },
})

async function openMemory(): Promise<PGlite> {
  const made = emptyDatabase()
  // Unzipped here: the engine would do it in JavaScript.
  const files = made === undefined ? undefined : await unzip(await readFile(made))
  return PGlite.create('memory://', { ...VALUES, ...(files && { loadDataDir: new Blob([files], { type: 'application/x-tar' }) }) })
}

async function openFolder(folder: string): Promise<PGlite> {
  const isNew = !existsSync(join(folder, 'PG_VERSION'))
  if (isNew) await createPglite(folder)
  let complaint: string | undefined
  const listen = (text: string) => {
    if (/(FATAL|PANIC):/.test(text)) complaint = text
    return false
  }
  try {
    const db = await PGlite.create({ ...DURABLE, onStderr: listen, onStdout: listen, fs: new DurableFolder(folder) })
    throwPanics(db, () => complaint)
    if (isNew) await db.exec('CHECKPOINT')
    return db
  } catch (error) {
    throw doesNotOpen(folder, error, complaint)
  }
}

/** Emscripten's number for a full disk: its file errors have no words. */
const ENOSPC = 51

function doesNotOpen(folder: string, error: unknown, complaint: string | undefined): AppError {
  const isFull = (error as { errno?: unknown } | null)?.errno === ENOSPC || complaint?.includes('No space left on device')
  if (isFull) return new AppError('disk-full', `The database in ${folder} does not open: the disk is full.`, { cause: error })
  const why = complaint ?? (error instanceof Error ? error.message : JSON.stringify(error))
  return new AppError('unavailable', `The database in ${folder} does not open: ${why}`, {
    hint: 'If another version of Signalbox wrote it, start that version; else restore a backup.',
    cause: error,
  })
}
