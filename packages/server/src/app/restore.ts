import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@signalbox/schema'
import { type Environment, paths } from '../environment.ts'
import { VERSION } from '../lib/version.ts'
import { eventMigrations, migrateEvents } from '../store/events/migrate.ts'
import type { Stores } from '../store/ports.ts'
import { migrate, readMigrations } from '../store/sql/migrate.ts'
import { emptyEvents, eventsTables, insertEventsPage } from './backup/events-dump.ts'
import { Manifest } from './backup/manifest.ts'
import { readPageName, unpackLines } from './backup/pages.ts'
import { continueSequences, emptySql, insertSqlPage, sqlTables } from './backup/sql-dump.ts'
import { DATA_VERSION, writeDataVersion } from './data-version.ts'

export type ImportOptions = { stores: Stores; environment: Environment; source: AsyncIterable<Uint8Array> }
/** Rows by table, and what was in the file beside them. */
export type ImportResult = {
  manifest: Manifest
  sql: Record<string, number>
  events: Record<string, number>
  journalFiles: number
  blobs: number
}

/**
 * Fills empty stores and an empty data folder from a backup, on whatever backends they are. Refuses stores that hold something,
 * a file that is no backup or was cut off, and one that a newer program made.
 */
export async function importBackup({ stores, environment, source }: ImportOptions): Promise<ImportResult> {
  await refuseFull(stores)
  let result: ImportResult | undefined
  const filled = new Set<string>()
  for await (const { name, body } of entriesOf(source)) {
    if (!result) {
      result = { manifest: await readManifest(name, body), sql: {}, events: {}, journalFiles: 0, blobs: 0 }
      await createTables(stores, result.manifest)
      await stores.sql.transaction((session) => emptySql(session, result?.manifest.sql ?? []))
    } else await take(name, body, { stores, environment, result, filled })
  }
  if (!result) throw notABackup()
  refuseIncomplete(result)
  await stores.sql.transaction((session) => continueSequences(session, result.manifest.sql))
  await migrate(stores.sql)
  await migrateEvents(stores.events)
  writeDataVersion(environment.data, VERSION)
  return result
}

/** Reads a backup to its end without storing anything: what it holds, and whether all of it is there. */
export async function inspectBackup(source: AsyncIterable<Uint8Array>): Promise<ImportResult> {
  let result: ImportResult | undefined
  for await (const { name, body } of entriesOf(source)) {
    if (!result) result = { manifest: await readManifest(name, body), sql: {}, events: {}, journalFiles: 0, blobs: 0 }
    else await count(name, body, result)
  }
  if (!result) throw notABackup()
  refuseIncomplete(result)
  return result
}

type Body = AsyncIterable<Buffer>
type Taking = { stores: Stores; environment: Environment; result: ImportResult; filled: Set<string> }

async function take(name: string, body: Body, { stores, environment, result, filled }: Taking): Promise<void> {
  const page = readPageName(name)
  if (!page) return await takeFile(name, body, { stores, environment, result })
  const lines = await unpackLines(await buffer(body))
  if (page.kind === 'sql') {
    const table = result.manifest.sql.find((one) => one.table === page.table)
    if (!table) throw notABackup()
    await stores.sql.transaction((session) => insertSqlPage(session, table, lines))
  } else {
    const table = result.manifest.events.find((one) => one.table === page.table)
    if (!table) throw notABackup()
    // Views have filled it from the other tables; what was saved is the truth, also for what the other tables no longer have.
    if (table.derived && !filled.has(table.table)) await emptyEvents(stores.events, table.table)
    filled.add(table.table)
    await insertEventsPage(stores.events, table, { lines, token: `restore-${result.manifest.createdAt}-${name}` })
  }
  result[page.kind][page.table] = (result[page.kind][page.table] ?? 0) + lines.length
}

async function count(name: string, body: Body, result: ImportResult): Promise<void> {
  const page = readPageName(name)
  if (page) result[page.kind][page.table] = (result[page.kind][page.table] ?? 0) + (await unpackLines(await buffer(body))).length
  else {
    if (name.startsWith('edge/journal/')) result.journalFiles++
    if (name.startsWith('blobs/')) result.blobs++
    for await (const _ of body);
  }
}

async function takeFile(name: string, body: Body, { stores, environment, result }: Omit<Taking, 'filled'>): Promise<void> {
  if (name.startsWith('blobs/')) {
    result.blobs++
    return await stores.blobs.put(name.slice('blobs/'.length), await buffer(body))
  }
  const target = fileOf(name, environment)
  await mkdir(dirname(target), { recursive: true, mode: 0o700 })
  await pipeline(body, createWriteStream(target, { mode: 0o600 }))
  if (name.startsWith('edge/journal/')) result.journalFiles++
}

/** Where a file of the backup goes. A name that leads elsewhere is not written. */
function fileOf(name: string, { data }: Environment): string {
  const where = paths(data)
  const inner = normalize(name)
  if (inner === 'master.key') return where.masterKey
  if (/^edge\/journal\/[\w.-]+$/.test(inner)) return join(where.journal, inner.slice('edge/journal/'.length))
  throw new AppError('invalid-request', `The backup holds "${name}", which this program does not know.`, {
    hint: 'Restore it with the program that made it.',
  })
}

async function* entriesOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ name: string; body: Body }> {
  const { extract } = await import('tar-stream')
  const unpack = extract()
  const reading = pipeline(Readable.from(source), unpack).catch((cause: unknown) => unpack.destroy(cause as Error))
  const entries = readable(unpack as AsyncIterable<Readable & { header: { name: string } }>)
  for await (const entry of entries) yield { name: entry.header.name, body: readable<Buffer>(entry) }
  await reading
}

/** The same, with an error that says what it means when the file breaks off. */
async function* readable<T>(stream: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = stream[Symbol.asyncIterator]()
  const damaged = (cause: unknown): never => {
    throw new AppError('invalid-request', `The backup cannot be read: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
      hint: 'The file is damaged, was cut off or is no backup. Use another one.',
    })
  }
  try {
    for (;;) {
      const { done, value } = await iterator.next().catch(damaged)
      if (done) return
      yield value
    }
  } finally {
    await iterator.return?.()
  }
}

async function readManifest(name: string, body: Body): Promise<Manifest> {
  if (name !== 'manifest.json') throw notABackup()
  const value: unknown = JSON.parse((await buffer(body)).toString('utf8'))
  const { dataVersion, program, format } = (value ?? {}) as Partial<Manifest>
  if ((dataVersion ?? 0) > DATA_VERSION || (format ?? 0) > 1) {
    throw new AppError(
      'conflict',
      `The backup was made by Signalbox ${program} (data version ${dataVersion}); this program knows version ${DATA_VERSION}.`,
      {
        hint: 'Restore it with that version or a newer one.',
      },
    )
  }
  const manifest = Manifest.safeParse(value)
  if (!manifest.success) throw notABackup()
  return manifest.data
}

/** Makes the tables as they were when the backup was made; the newer migrations run over the rows afterwards. */
async function createTables({ sql, events }: Stores, { migrations }: Manifest): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-restore-'))
  try {
    for (const { name, version, text } of await readMigrations())
      if (version <= migrations.sql) await writeFile(join(folder, `${name}.sql`), text)
    await migrate(sql, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  await migrateEvents(
    events,
    eventMigrations().filter(({ version }) => version <= migrations.events),
  )
}

async function refuseFull({ sql, events }: Stores): Promise<void> {
  for (const { table } of await sqlTables(sql)) {
    const rows = await sql.query(`SELECT 1 FROM "${table}" LIMIT 1`)
    if (rows.length > 0) throw full(`the table ${table} has rows`)
  }
  for (const { table } of await eventsTables(events)) {
    const rows = await events.query(`SELECT 1 AS one FROM \`${table}\` LIMIT 1`)
    if (rows.length > 0) throw full(`the table ${table} has rows`)
  }
}

/** Refuses a data folder that is in use. */
export async function refuseUsedFolder(data: string): Promise<void> {
  const names = await readdir(data).catch(() => [])
  const used = names.filter((name) => !/^(up|core|edge)?\.?lock(\.json)?$|lock\.json$/.test(name))
  if (used.length > 0) throw full(`${data} holds ${used.slice(0, 3).join(', ')}`)
}

const full = (what: string) =>
  new AppError('conflict', `A backup is restored into empty stores only, but ${what}.`, {
    hint: 'Choose a new folder with SIGNALBOX_DATA or --data (and an empty database, where DATABASE_URL or CLICKHOUSE_URL is set).',
  })

const notABackup = () =>
  new AppError('invalid-request', 'This is no backup of Signalbox.', { hint: 'Choose a file that "signalbox backup" wrote.' })

function refuseIncomplete({ manifest, ...found }: ImportResult): void {
  const missing = (['sql', 'events'] as const).flatMap((kind) =>
    manifest[kind]
      .filter(({ table, rows }) => (found[kind][table] ?? 0) !== rows)
      .map(({ table, rows }) => `${table}: ${found[kind][table] ?? 0} of ${rows} rows`),
  )
  if (found.journalFiles !== manifest.journal.files) missing.push(`journal: ${found.journalFiles} of ${manifest.journal.files} files`)
  if (missing.length === 0) return
  throw new AppError('invalid-request', `The backup is not complete (${missing.join('; ')}).`, {
    hint: 'Use another backup; start over with an empty folder.',
  })
}
