import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { AppError } from '@signalbox/schema'

/**
 * The embedded engine does not report that it could not write a file (a full disk, a quota, a bad sector): `INSERT` returns,
 * and the part cannot be read (seen with 26.7.2, each time one `write` of a part is made to fail). So what it wrote is held
 * against what it believes to have written. An inserted part that is not whole is dropped, which also forgets its token, and
 * the insert fails as the store's fault, so that it comes again. A merged one is dropped in favour of the parts it was made
 * of, which stay on the disk for eight minutes (`old_parts_lifetime`), by loading the table anew.
 */
export type WholeParts = {
  /** Runs an insert and throws `unavailable` when what it wrote, or what was written beside it, is not whole. */
  insert(run: () => Promise<void>): Promise<void>
  /** Looks at every part not seen before, merged ones too. */
  sweep(): Promise<void>
}

type Part = { table: string; name: string; path: string; bytes: number; inserted: boolean }

/** Files that the engine does not count as bytes of the part. */
const UNCOUNTED = new Set([
  'checksums.txt',
  'columns.txt',
  'columns_substreams.txt',
  'default_compression_codec.txt',
  'metadata_version.txt',
])

export async function wholeParts(client: ClickHouseClient, warn: (what: string) => void): Promise<WholeParts> {
  /** What the engine loaded as it started it has checked itself. */
  let seen = new Set((await activeParts(client)).map(idOf))
  /** Goes up with every part that is not whole, and with every look that failed. */
  let doubts = 0
  /** There may be a part older than the insert at hand that is not whole. */
  let unsure = false
  let running = 0
  let idle = Promise.withResolvers<void>()
  let reloading: Promise<void> | undefined

  /** Drops what was inserted since and is not whole. Returns tables with a merged part that is not. */
  async function check(since: number): Promise<Set<string>> {
    const everything = since === 0 || unsure
    const tables = new Set<string>()
    try {
      const parts = await activeParts(client, everything ? 0 : since)
      for (const part of parts) {
        if (seen.has(idOf(part))) continue
        if (isWhole(part)) seen.add(idOf(part))
        else {
          doubts++
          if (part.inserted) await drop(part)
          else tables.add(part.table)
        }
      }
      if (everything) seen = new Set(parts.map(idOf).filter((id) => seen.has(id)))
      unsure = tables.size > 0
    } catch (cause) {
      unsure = true
      doubts++
      throw new AppError('unavailable', 'The events store could not be asked what it wrote.', { cause })
    }
    return tables
  }

  async function drop({ table, name }: Part): Promise<void> {
    await client.command({ query: `ALTER TABLE ${table} DROP PART '${name}'` })
    warn(`The part ${name} of ${table} was not written whole. It is dropped, and its rows come again.`)
  }

  async function insert(run: () => Promise<void>): Promise<void> {
    while (reloading) await reloading
    const before = doubts
    const since = Date.now()
    running++
    try {
      await run()
      const tables = await check(since)
      // Not awaited: it waits for the inserts that run.
      if (tables.size > 0) sweep().catch(() => {})
    } finally {
      if (--running === 0) idle.resolve()
    }
    // Whose part it was is not known, so all that ran meanwhile come again: their tokens keep them from being in twice.
    if (doubts !== before) throw new AppError('unavailable', 'The events store did not write the rows whole. Is its disk full?')
  }

  async function sweep(): Promise<void> {
    if (reloading) return reloading
    const tables = await check(0)
    if (tables.size === 0) return
    const done = Promise.withResolvers<void>()
    reloading = done.promise
    try {
      idle = Promise.withResolvers()
      if (running > 0) await idle.promise
      // An insert that ended just now may have left a part that a reload would throw away together with its token.
      for (const table of await check(0)) await reload(table)
    } finally {
      reloading = undefined
      done.resolve()
    }
  }

  async function reload(table: string): Promise<void> {
    await client.command({ query: `DETACH TABLE ${table} SYNC` })
    await client.command({ query: `ATTACH TABLE ${table}` })
    warn(`A merged part of ${table} was not written whole. The parts it was made of are back.`)
  }

  return { insert, sweep }
}

const idOf = ({ table, name }: Part): string => `${table}/${name}`

/** Parts in use, all or those written since a moment in milliseconds. */
async function activeParts(client: ClickHouseClient, since = 0): Promise<Part[]> {
  const query = `
    SELECT table, name, path, bytes_on_disk AS bytes,
      min_block_number = max_block_number AND data_version = min_block_number AND level <= 1 AS inserted
    FROM system.parts
    WHERE active AND database = currentDatabase() AND modification_time >= toDateTime(${Math.floor(since / 1000)})`
  const result = await client.query({ query, format: 'JSONEachRow' })
  return result.json<Part>()
}

function isWhole({ path, bytes }: Part): boolean {
  try {
    let counted = 0
    for (const file of readdirSync(path)) {
      const { size } = statSync(join(path, file))
      if (!UNCOUNTED.has(file)) counted += size
      else if (size === 0) return false
    }
    return counted === bytes
  } catch (error) {
    // Merged into another part and gone meanwhile, or not readable at all.
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}
