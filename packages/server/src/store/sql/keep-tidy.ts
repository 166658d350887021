import type { SqlSession } from '../ports.ts'

const EVERY_MS = 60_000
const WAL_BYTES = 32 * 1024 * 1024

/**
 * Does what the background processes of a Postgres server do and PGlite has nobody for: a checkpoint when the log has
 * grown by 32 MB, a vacuum where a fifth of a table is dead. Returns what stops it.
 */
export function keepTidy(sql: SqlSession): () => void {
  // A failure here is met again, and reported, by the next statement of somebody who waits for it.
  const timer = setInterval(() => void tidy(sql).catch(() => {}), EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}

/** One round; says what it did. */
export async function tidy(sql: SqlSession): Promise<{ checkpoint: boolean; vacuumed: string[] }> {
  const [log] = await sql.query<{ bytes: number }>(
    'SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::bigint AS bytes FROM pg_control_checkpoint()',
  )
  const checkpoint = (log?.bytes ?? 0) > WAL_BYTES
  if (checkpoint) await sql.exec('CHECKPOINT')
  const dirty = await sql.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables WHERE n_dead_tup > 1000 AND n_dead_tup * 5 > n_live_tup`,
  )
  for (const { name } of dirty) await sql.exec(`VACUUM (ANALYZE) ${name}`)
  return { checkpoint, vacuumed: dirty.map(({ name }) => name) }
}
