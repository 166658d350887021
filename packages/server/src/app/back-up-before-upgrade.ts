import { createWriteStream } from 'node:fs'
import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Environment } from '../environment.ts'
import type { Log } from '../lib/log.ts'
import { VERSION } from '../lib/version.ts'
import type { Stores } from '../store/ports.ts'
import { exportBackup } from './backup.ts'
import { assertDataVersion, readDataVersion } from './data-version.ts'

type Options = { stores: Stores; environment: Environment; log: Log }

/**
 * Where an older program wrote the data folder, makes a backup in its folder `backups` before the migrations run, and returns the
 * file. Refuses a folder of a newer program. Does nothing for a new folder or one of the same version.
 */
export async function backUpBeforeUpgrade({ stores, environment, log }: Options): Promise<string | undefined> {
  if (assertDataVersion(environment.data) !== 'older') return undefined
  const folder = join(environment.data, 'backups')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const from = readDataVersion(environment.data)?.program ?? 'unknown'
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}-before-${VERSION}.tar`)
  log.info({ file, from, to: VERSION }, 'this program is newer than the data folder: a backup comes first')
  // The old key stays in the old place, so the backup needs none.
  await pipeline(Readable.from(exportBackup({ stores, environment })), createWriteStream(`${file}.part`, { mode: 0o600, flush: true }))
  await rename(`${file}.part`, file)
  return file
}
