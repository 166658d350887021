import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { AppError } from '@signalbox/schema'
import type { Pack } from 'tar-stream'
import { type Environment, paths } from '../environment.ts'
import { VERSION } from '../lib/version.ts'
import type { Stores } from '../store/ports.ts'
import { type Frozen, type FrozenFile, freeze } from './backup/freeze.ts'
import type { Manifest } from './backup/manifest.ts'
import { packLines, pageName } from './backup/pages.ts'
import { DATA_VERSION } from './data-version.ts'

export type ExportOptions = {
  stores: Stores
  environment: Environment
  /** Puts the key that opens stored secrets into the backup. */
  withMasterKey?: boolean
  /** Runs `work` while no batch is applied to the stores. Left out where nothing else uses them. */
  quiesce?: <T>(work: () => Promise<T>) => Promise<T>
}

let running = false

/**
 * Everything that the program knows as one tar file: rows, events, the edge's journal, blobs of the data folder; consistent while
 * calls go on. The same file fills any backend. Throws `conflict` while another one is made, and leaves nothing behind when the reader stops.
 */
export async function* exportBackup(options: ExportOptions): AsyncGenerator<Uint8Array> {
  if (running) throw new AppError('conflict', 'A backup is being made already.', { hint: 'Wait until it is done.' })
  running = true
  try {
    yield* backup(options)
  } finally {
    running = false
  }
}

async function* backup({
  stores,
  environment,
  withMasterKey = false,
  quiesce = (work) => work(),
}: ExportOptions): AsyncGenerator<Uint8Array> {
  const { pack: newPack } = await import('tar-stream')
  await removeLeftovers(environment.data)
  const masterKey = withMasterKey ? await readMasterKey(environment) : undefined
  const folder = await mkdtemp(join(environment.data, SPOOL))
  const state = await quiesce(() => freeze(stores, environment, folder)).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  const pack = newPack()
  const filling = fill(pack, { state, environment, masterKey, manifest: manifestOf(state, { stores, environment, masterKey }) }).catch(
    (error: unknown) => void pack.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  try {
    for await (const chunk of pack as AsyncIterable<Uint8Array>) yield chunk
  } finally {
    pack.destroy()
    await filling
    await state.release()
  }
}

type Filling = { state: Frozen; environment: Environment; masterKey: Buffer | undefined; manifest: Manifest }

async function fill(pack: Pack, { state, environment, masterKey, manifest }: Filling): Promise<void> {
  await add(pack, 'manifest.json', Buffer.from(JSON.stringify(manifest, null, 2)))
  if (masterKey) await add(pack, 'master.key', masterKey)
  for (const file of [...state.sqlPages, ...state.journal]) await addFile(pack, file)
  for (const table of state.events.tables) {
    let page = 0
    for await (const lines of state.events.pages(table)) await add(pack, pageName('events', table.table, ++page), await packLines(lines))
  }
  if (manifest.blobs === 'included') for (const file of await blobsOf(environment)) await add(pack, file.name, await readFile(file.path))
  pack.finalize()
}

/** Resolves when the reader has taken the entry, so that a slow reader does not fill the memory; also when the reader is gone. */
function add(pack: Pack, name: string, body: Buffer): Promise<void> {
  return new Promise((done, fail) => {
    if (pack.destroyed) return fail(new Error('The reader of the backup stopped.'))
    const stop = () => fail(new Error('The reader of the backup stopped.'))
    pack.once('close', stop)
    pack.entry({ name, mode: 0o600 }, body, (error) => {
      pack.off('close', stop)
      if (error) fail(error)
      else done()
    })
  })
}

async function addFile(pack: Pack, { name, path, bytes }: FrozenFile): Promise<void> {
  if (bytes === 0) return await add(pack, name, Buffer.alloc(0))
  await pipeline(createReadStream(path, { end: bytes - 1 }), pack.entry({ name, mode: 0o600, size: bytes }))
}

function manifestOf(
  state: Frozen,
  { stores, environment, masterKey }: Pick<Filling, 'environment' | 'masterKey'> & { stores: Stores },
): Manifest {
  return {
    format: 1,
    program: VERSION,
    dataVersion: DATA_VERSION,
    createdAt: new Date().toISOString(),
    engines: { sql: stores.sql.engine, events: stores.events.engine, blobs: stores.blobs.engine },
    migrations: state.migrations,
    sql: state.sql,
    events: state.events.tables,
    journal: { files: state.journal.length, bytes: state.journal.reduce((all, { bytes }) => all + bytes, 0) },
    blobs: environment.blobsUrl ? 'elsewhere' : 'included',
    masterKey: masterKey !== undefined,
  }
}

async function readMasterKey({ data, masterKey }: Environment): Promise<Buffer> {
  if (masterKey) return Buffer.from(masterKey)
  return await readFile(paths(data).masterKey).catch((cause: unknown) => {
    throw new AppError('not-found', `There is no master key in ${paths(data).masterKey}.`, { cause, hint: 'Leave --with-master-key out.' })
  })
}

/** Folders of the store end in `~`, keys do not; what starts with a dot is not finished. */
async function blobsOf({ data }: Environment): Promise<{ name: string; path: string }[]> {
  const folder = paths(data).blobs
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !relative(folder, path).startsWith('.'))
    .map((path) => ({ path, name: `blobs/${relative(folder, path).replaceAll(`~${sep}`, '/')}` }))
}

const SPOOL = 'backup-'
/** What a process left that was killed while it made a backup. */
async function removeLeftovers(data: string): Promise<void> {
  for (const name of await readdir(data)) {
    if (/^backup-\w{6}$/.test(name)) await rm(join(data, name), { recursive: true, force: true })
  }
}
