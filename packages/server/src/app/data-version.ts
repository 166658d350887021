import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '@signalbox/schema/errors'
import { paths } from '../environment.ts'

/** The shape of the data folder and of the tables. It goes up by one with every release that adds a migration. */
export const DATA_VERSION = 1

export type DataVersion = { dataVersion: number; program: string; writtenAt: string }

/** What the data folder was last written by; undefined for a new folder. */
export function readDataVersion(data: string): DataVersion | undefined {
  let text: string
  try {
    text = readFileSync(paths(data).version, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const version = parse(text)
  if (version) return version
  throw new AppError('conflict', `${paths(data).version} is not readable, so it is not known which program wrote this data folder.`, {
    hint: `If it was this one, write {"dataVersion": ${DATA_VERSION}} into it and start again.`,
  })
}

/** Refuses a folder that a newer program wrote. Says whether an older one did, so that a backup comes before the migrations. */
export function assertDataVersion(data: string): 'new' | 'same' | 'older' {
  const found = readDataVersion(data)
  if (!found) return 'new'
  if (found.dataVersion === DATA_VERSION) return 'same'
  if (found.dataVersion < DATA_VERSION) return 'older'
  throw new AppError(
    'conflict',
    `The data folder ${data} was written by Signalbox ${found.program} (data version ${found.dataVersion}); this program knows version ${DATA_VERSION}.`,
    { hint: 'Start the newer program again, or restore the backup that it made before its upgrade, into an empty folder.' },
  )
}

/** Writes that this program's migrations are in place. Call it when they have run. */
export function writeDataVersion(data: string, program: string): void {
  const { version } = paths(data)
  mkdirSync(dirname(version), { recursive: true, mode: 0o700 })
  const now: DataVersion = { dataVersion: DATA_VERSION, program, writtenAt: new Date().toISOString() }
  writeFileSync(`${version}.new`, `${JSON.stringify(now)}\n`, { mode: 0o600 })
  renameSync(`${version}.new`, version)
}

function parse(text: string): DataVersion | undefined {
  try {
    const version = JSON.parse(text) as Partial<DataVersion>
    if (!Number.isInteger(version.dataVersion)) return undefined
    return { dataVersion: version.dataVersion ?? 0, program: version.program ?? 'of unknown version', writtenAt: version.writtenAt ?? '' }
  } catch {
    return undefined
  }
}
