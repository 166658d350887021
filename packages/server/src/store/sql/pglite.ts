import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { PGlite, type PGliteOptions, type Results } from '@electric-sql/pglite'
import { AppError } from '@signalbox/schema'
import type { Sql, SqlSession } from '../ports.ts'
import { createPglite } from './create-pglite.ts'
import { DurableFolder } from './durable-folder.ts'
import { keepTidy } from './keep-tidy.ts'
import { parsers, serializers } from './value-types.ts'

export type EmbeddedSql = Sql & { checkpoint(): Promise<void> }

/**
 * Opens Postgres in this process: durable in a folder, which is created where it is missing, or in memory for tests.
 * A commit in a folder returns after `fdatasync`. One process per folder. Start Node with `--liftoff-only` to keep it small.
 */
export async function openPglite(folder: string | 'memory'): Promise<EmbeddedSql> {
  const db = folder === 'memory' ? await PGlite.create('memory://', VALUES) : await openFolder(resolve(folder))
  const stop = folder === 'memory' ? () => {} : keepTidy(session(db))
  return {
    engine: 'pglite',
    ...session(db),
    transaction: (work) => db.transaction((transaction) => work(session(transaction))),
    checkpoint: () => session(db).exec('CHECKPOINT'),
    [Symbol.asyncDispose]: async () => {
      stop()
      if (!db.closed) await db.close()
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

async function openFolder(folder: string): Promise<PGlite> {
  const isNew = !existsSync(join(folder, 'PG_VERSION'))
  if (isNew) await createPglite(folder)
  try {
    const db = await PGlite.create({ ...DURABLE, fs: new DurableFolder(folder) })
    if (isNew) await db.exec('CHECKPOINT')
    return db
  } catch (error) {
    throw new AppError('unavailable', `The database in ${folder} does not open: ${error instanceof Error ? error.message : error}`, {
      hint: 'If another version of Signalbox wrote it, start that version; else restore a backup.',
      cause: error,
    })
  }
}

type Queryable = {
  query<T>(text: string, params?: unknown[]): Promise<Results<T>>
  exec(text: string): Promise<unknown>
}

const session = (db: Queryable): SqlSession => ({
  query: async <T>(text: string, params: readonly unknown[] = []) => (await db.query<T>(text, [...params])).rows,
  exec: async (text) => {
    await db.exec(text)
  },
})
