import { readdirSync, readFileSync } from 'node:fs'
import { AppError } from '@signalbox/schema'
import type { Events } from '../ports.ts'

export type Migration = { version: number; name: string; statements: string[] }

/** The numbered files of `migrations/`, in order. One that has been released is never changed: a change is the next number. */
export function eventMigrations(): Migration[] {
  const folder = new URL('./migrations/', import.meta.url)
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      version: Number.parseInt(file, 10),
      name: file.replace(/^\d+_|\.sql$/g, ''),
      statements: statementsOf(readFileSync(new URL(file, folder), 'utf8')),
    }))
}

/**
 * Brings the store to the newest version. Safe twice and at the same time from several processes: every statement says
 * IF NOT EXISTS, and the note that one was applied carries its own token. Refuses a store that a newer program has written.
 */
export async function migrateEvents(events: Events, migrations: Migration[] = eventMigrations()): Promise<void> {
  await events.command(APPLIED)
  const rows = await events.query<{ version: number; name: string }>(`SELECT DISTINCT version, name FROM ${TABLE} ORDER BY version`)
  const newest = rows.at(-1)
  const known = migrations.at(-1)?.version ?? 0
  if (newest && newest.version > known)
    throw new AppError(
      'conflict',
      `The events store was written by a newer Signalbox: it is at version ${newest.version} (${newest.name}), this program knows ${known}.`,
      { hint: 'Start the newer program again, or restore a backup that was made before the upgrade.' },
    )
  const done = new Set(rows.map((row) => row.version))
  for (const { version, name, statements } of migrations) {
    if (done.has(version)) continue
    for (const statement of statements) await events.command(statement)
    await events.insert(TABLE, [JSON.stringify({ version, name, appliedAt: Date.now() * 1000 })], `migration-${version}`)
  }
}

const TABLE = 'event_migrations'
const APPLIED = `CREATE TABLE IF NOT EXISTS ${TABLE} (version UInt32, name String, appliedAt DateTime64(6))
ENGINE = MergeTree
ORDER BY version
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1`

/** A statement ends with a semicolon at the end of a line. */
function statementsOf(text: string): string[] {
  return text
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter(Boolean)
}

/** The statement that notes applied versions, for those who create the tables themselves. */
export const appliedTable = APPLIED
