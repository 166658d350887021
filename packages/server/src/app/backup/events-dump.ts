import { randomBytes } from 'node:crypto'
import type { Events } from '../../store/ports.ts'
import type { EventsTable } from './manifest.ts'
import { eventsName } from './quote.ts'

/** Made by the migrations themselves. */
const MIGRATIONS = 'event_migrations'
const CLONE = 'backup_'
const PAGE_BYTES = 16 << 20
const PAGE_ROWS = 10_000

export type FrozenEvents = { tables: EventsTable[]; pages(table: EventsTable): AsyncGenerator<string[]>; release(): Promise<void> }

/**
 * Holds the state of all tables: a clone shares the files of the original, so this takes neither time nor space, and
 * writing goes on beside it. `release` drops the clones.
 */
export async function freezeEvents(events: Events): Promise<FrozenEvents> {
  await dropLeftovers(events)
  const tables = await eventsTables(events)
  const prefix = `${CLONE}${Math.floor(Date.now() / 1000)}_${randomBytes(4).toString('hex')}_`
  const cloneOf = ({ table }: { table: string }) => `${prefix}${table}`
  for (const table of tables) {
    await events.command(`CREATE TABLE ${eventsName(cloneOf(table))} CLONE AS ${eventsName(table.table)}`)
    // Pages are found by the part that they are in, so the parts must stay.
    await events.command(`SYSTEM STOP MERGES ${eventsName(cloneOf(table))}`)
  }
  const parts = new Map<string, Part[]>()
  for (const table of tables) parts.set(table.table, await partsOf(events, cloneOf(table)))
  return {
    tables: tables.map((table) => ({ ...table, rows: sum((parts.get(table.table) ?? []).map(({ rows }) => rows)) })),
    pages: (table) => pagesOf(events, { clone: cloneOf(table), table, parts: parts.get(table.table) ?? [] }),
    release: async () => {
      for (const table of tables) await events.command(`DROP TABLE IF EXISTS ${eventsName(cloneOf(table))} SYNC`)
    },
  }
}

/** The tables with rows of their own, each after the table from which a view fills it. */
export async function eventsTables(events: Events): Promise<Omit<EventsTable, 'rows'>[]> {
  const found = await events.query<{ name: string; engine: string; query: string }>(
    `SELECT name, engine, create_table_query AS query FROM system.tables WHERE database = currentDatabase() ORDER BY name`,
  )
  const columns = await events.query<{ table: string; name: string; type: string }>(
    `SELECT table, name, type FROM system.columns WHERE database = currentDatabase() AND default_kind NOT IN ('MATERIALIZED', 'ALIAS') ORDER BY table, position`,
  )
  const sources = new Map(
    found.flatMap(({ engine, query }) => {
      const [, target, source] = VIEW.exec(query) ?? []
      return engine === 'MaterializedView' && target && source ? [[target, source] as const] : []
    }),
  )
  const depthOf = (table: string): number => {
    const source = sources.get(table)
    return source === undefined ? 0 : 1 + depthOf(source)
  }
  return found
    .filter(({ name, engine }) => engine.endsWith('MergeTree') && name !== MIGRATIONS && !name.startsWith(CLONE))
    .map(({ name }) => ({
      table: name,
      derived: sources.has(name),
      columns: columns
        .filter(({ table }) => table === name)
        // The state of an aggregate is bytes, which JSON has no words for.
        .map((column) => ({ name: column.name, type: column.type, base64: column.type.startsWith('AggregateFunction') })),
    }))
    .sort((a, b) => depthOf(a.table) - depthOf(b.table))
}

/** `TO default.target (columns) AS … FROM default.source`, as the engine writes it. */
const VIEW = / TO (?:`?\w+`?\.)?`?(\w+)`?[\s(].* FROM (?:`?\w+`?\.)?`?(\w+)`?/s

export async function newestEventsMigration(events: Events): Promise<number> {
  const [row] = await events.query<{ version: number }>(`SELECT max(version) AS version FROM ${MIGRATIONS}`)
  return row?.version ?? 0
}

type Part = { name: string; rows: number; bytes: number }
const partsOf = (events: Events, table: string) =>
  events.query<Part>(
    `SELECT name, rows, data_uncompressed_bytes AS bytes FROM system.parts
     WHERE database = currentDatabase() AND table = {table:String} AND active ORDER BY name`,
    { table },
  )

type Pages = { clone: string; table: Omit<EventsTable, 'rows'>; parts: readonly Part[] }
/** The engine writes the JSON, so that 64-bit integers keep all their digits. A page lies in one part, and so in one partition. */
async function* pagesOf(events: Events, { clone, table, parts }: Pages): AsyncGenerator<string[]> {
  const columns = table.columns.map(({ name, base64 }) =>
    base64 ? `base64Encode(CAST(t.${eventsName(name)} AS String)) AS ${eventsName(name)}` : `t.${eventsName(name)} AS ${eventsName(name)}`,
  )
  const text = `SELECT formatRow('JSONEachRow', *) AS line FROM (
    SELECT ${columns.join(', ')} FROM ${eventsName(clone)} AS t
    WHERE _part = {part:String} AND _part_offset >= {from:UInt64} AND _part_offset < {to:UInt64})`
  for (const part of parts) {
    const step = Math.min(PAGE_ROWS, Math.max(1, Math.floor((PAGE_BYTES * part.rows) / Math.max(1, part.bytes))))
    for (let from = 0; from < part.rows; from += step) {
      const rows = await events.query<{ line: string }>(text, { part: part.name, from, to: from + step })
      yield rows.map(({ line }) => line.trimEnd())
    }
  }
}

const STAGING = 'restore_page'

/** Adds a page of rows to a table. The token makes a page that is sent twice count once. */
export async function insertEventsPage(
  events: Events,
  table: EventsTable,
  { lines, token }: { lines: readonly string[]; token: string },
): Promise<void> {
  if (!table.columns.some(({ base64 }) => base64)) return await events.insert(table.table, lines, token)
  const staged = table.columns.map(({ name, type, base64 }) => `${eventsName(name)} ${base64 ? 'String' : type}`)
  const back = table.columns.map(({ name, type, base64 }) =>
    base64 ? `CAST(base64Decode(${eventsName(name)}) AS ${type})` : eventsName(name),
  )
  await events.command(`CREATE OR REPLACE TABLE ${STAGING} (${staged.join(', ')}) ENGINE = MergeTree ORDER BY tuple()`)
  await events.insert(STAGING, lines, token)
  const names = table.columns.map(({ name }) => eventsName(name)).join(', ')
  // Without a token of its own, a block that equals an earlier one would count as sent again.
  await events.command(
    `INSERT INTO ${eventsName(table.table)} (${names}) SETTINGS insert_deduplication_token = '${token}' SELECT ${back.join(', ')} FROM ${STAGING}`,
  )
  await events.command(`DROP TABLE ${STAGING} SYNC`)
}

export const emptyEvents = (events: Events, table: string): Promise<void> => events.command(`TRUNCATE TABLE ${eventsName(table)} SYNC`)

/** Clones that a process left when it was killed: all of them in the embedded engine, old ones where others may be at work. */
async function dropLeftovers(events: Events): Promise<void> {
  const dayAgo = Math.floor(Date.now() / 1000) - 86_400
  const clones = await events.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, {prefix:String})`,
    { prefix: CLONE },
  )
  const embedded = events.engine.startsWith('chdb')
  for (const { name } of clones) {
    if (embedded || Number(name.split('_')[1]) < dayAgo) await events.command(`DROP TABLE IF EXISTS ${eventsName(name)} SYNC`)
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
