import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '@signalbox/schema'
import type { Blobs } from '../ports.ts'
import { checkKey } from './check-key.ts'

/** Keeps files in a folder, which is made if missing. `put` replaces as a whole or not at all, and is on disk when it returns. */
export async function openFolder(path: string): Promise<Blobs> {
  const root = resolve(path)
  const unfinished = join(root, '.unfinished')
  // One process per data folder, so what lies here is from one that was killed.
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { recursive: true })
  return {
    engine: 'folder',
    async put(key, body) {
      const file = placeOf(root, key)
      const draft = join(unfinished, randomUUID())
      try {
        await write(draft, body)
        const firstNew = await mkdir(dirname(file), { recursive: true })
        await rename(draft, file)
        await syncUp(dirname(file), firstNew ? dirname(firstNew) : dirname(file))
      } catch (error) {
        await rm(draft, { force: true })
        throw fullOr(error)
      }
    },
    get: (key) => readFile(placeOf(root, key)).catch(missing),
    delete: (key) => rm(placeOf(root, key), { force: true }),
    async [Symbol.asyncDispose]() {},
  }
}

/** Folders end in `~`, which no key may hold, so `a` and `a/b` can both be there, as on S3. */
function placeOf(root: string, key: string): string {
  const parts = checkKey(key).split('/')
  return join(root, ...parts.map((part, at) => (at < parts.length - 1 ? `${part}~` : part)))
}

async function write(path: string, body: Uint8Array): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(body)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A new name is on disk when its folder is, and a new folder when the one above it is. */
async function syncUp(from: string, to: string): Promise<void> {
  for (let folder = from; ; folder = dirname(folder)) {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
    if (folder === to || folder === dirname(folder)) return
  }
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

function fullOr(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOSPC' || code === 'EDQUOT' ? new AppError('disk-full', 'The file could not be stored: the disk is full.') : error
}
