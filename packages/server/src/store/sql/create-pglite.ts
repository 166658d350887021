import { spawn } from 'node:child_process'
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AppError } from '@signalbox/schema'
import { emptyDatabase, unpack } from './empty-database.ts'

const INITDB = fileURLToPath(new URL('./initdb.mjs', import.meta.url))

/**
 * Makes a new database in `folder`, on disk when it returns. Another name until it is whole, so that a start
 * which is killed half-way leaves nothing that looks like a database.
 */
export async function createPglite(folder: string): Promise<void> {
  const parent = dirname(folder)
  await mkdir(parent, { recursive: true })
  await makeWay(folder)
  await removeLeftovers(parent, `${basename(folder)}.new-`)
  const fresh = `${folder}.new-${process.pid}`
  const made = emptyDatabase()
  await (made === undefined ? initialise(fresh) : unpack(made, fresh).catch((error: unknown) => throwNotCreated(folder, error)))
  await syncTree(fresh)
  await rename(fresh, folder)
  await syncOne(parent)
}

/** An empty folder may be in the place, but nothing of anybody's. */
async function makeWay(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return
    throw new AppError('conflict', `The folder ${folder} holds files, but no database.`, {
      hint: 'Move it away, or restore the backup that it came from, and start again.',
      cause: error,
    })
  })
}

function throwNotCreated(folder: string, error: unknown): never {
  const isFull = (error as NodeJS.ErrnoException | null)?.code === 'ENOSPC'
  if (isFull) throw new AppError('disk-full', `The database in ${folder} could not be created: the disk is full.`, { cause: error })
  throw new AppError('unavailable', `The database in ${folder} could not be created: ${error instanceof Error ? error.message : error}`, {
    hint: 'It needs about 50 MB of disk and to be allowed to write there.',
    cause: error,
  })
}

function initialise(folder: string): Promise<void> {
  const pglite = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const child = spawn(process.execPath, [INITDB, pglite, folder], {
    env: {},
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) return resolve()
      const why = Buffer.concat(said).toString().trim().slice(-2000) || `it ended with ${signal ?? code}`
      reject(
        new AppError('unavailable', `The database in ${folder} could not be created: ${why}`, {
          hint: 'It needs about 50 MB of disk and, for some seconds, 1.2 GB of memory. Make room and start again.',
        }),
      )
    })
  })
}

async function removeLeftovers(parent: string, prefix: string): Promise<void> {
  const names = (await readdir(parent)).filter((name) => name.startsWith(prefix))
  await Promise.all(names.map((name) => rm(join(parent, name), { recursive: true, force: true })))
}

async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) await syncOne(join(entry.parentPath, entry.name))
  await syncOne(folder)
}

async function syncOne(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
