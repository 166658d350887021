import { createReadStream } from 'node:fs'
import { access, readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { AppError } from '@signalbox/schema/errors'
import { closeStores, openStores } from '../app/open-stores.ts'
import { type ImportResult, importBackup, refuseUsedFolder } from '../app/restore.ts'
import { type Environment, paths, readEnvironment } from '../environment.ts'
import { lockFolder } from './folder-lock.ts'
import { printJson } from './print.ts'

/** `signalbox restore FILE`: into an empty data folder, on the backends that the environment names. */
export async function restore(file: string, options: { data?: string; json?: boolean }): Promise<number> {
  const environment = readEnvironment({ ...process.env, ...(options.data && { SIGNALBOX_DATA: options.data }) })
  const source = resolve(file)
  await access(source).catch((cause: unknown) => {
    throw new AppError('invalid-request', `${source} cannot be read.`, { cause, hint: 'Name the file that "signalbox backup" wrote.' })
  })
  await lockFolder(environment.data, { what: 'up', say: (line) => console.error(line) })
  await refuseUsedFolder(environment.data)
  try {
    const result = await fill(environment, source)
    if (options.json) printJson({ data: environment.data, ...result })
    else report(result, environment)
  } catch (error) {
    await emptyFolder(environment.data)
    throw error
  }
  return 0
}

async function fill(environment: Environment, source: string): Promise<ImportResult> {
  const stores = await openStores(environment)
  try {
    return await importBackup({ stores, environment, source: createReadStream(source) })
  } finally {
    await closeStores(stores)
  }
}

/** The folder was empty when we began: half a restore is worth less than none. Servers keep what they got, and are named by the next try. */
async function emptyFolder(data: string): Promise<void> {
  const keep = paths(data).lock
  for (const name of await readdir(data)) if (join(data, name) !== keep) await rm(join(data, name), { recursive: true, force: true })
}

function report({ manifest, events, journalFiles, blobs }: ImportResult, { data, masterKey }: Environment): void {
  console.log(`Restored into ${data}: the backup of ${manifest.createdAt}, made by Signalbox ${manifest.program}.`)
  console.log(
    `${(events.spans ?? 0).toLocaleString('en')} spans, ${manifest.sql.length + manifest.events.length} tables, ${blobs} blobs, ${journalFiles} files of the edge's journal.`,
  )
  if (manifest.blobs === 'elsewhere') console.log('Blobs were in a bucket: point BLOBS_URL at it.')
  if (!manifest.masterKey && !masterKey) {
    console.log(
      `The backup holds no master key. Put the old one into ${paths(data).masterKey} (mode 600), or set SIGNALBOX_MASTER_KEY, before you start.`,
    )
    console.log('Without it the start makes a new key, and "signalbox doctor" names what the old one had sealed.')
  }
}
