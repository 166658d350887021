import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { asSnapshot, emptySnapshot, mergeSnapshots, type PromptSnapshot, type PromptStore } from './snapshot.ts'

/**
 * Keeps what an app reads in a file, for the next start of the app without a server. Without a path: `~/.cache/signalbox/NAME.json`. Each
 * write goes beside the file and is moved in its place, so that nobody ever reads half of one; what other processes wrote stays.
 */
export function fileStore(path?: string, { name = 'prompts' }: { name?: string } = {}): PromptStore {
  const file = path ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'signalbox', `${name}.json`)
  const read = async (): Promise<PromptSnapshot | undefined> => {
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    return text === undefined ? undefined : parsed(text, file)
  }
  return {
    read,
    async write(snapshot) {
      // A file that is damaged is replaced, not kept.
      const before = (await read().catch(() => undefined)) ?? emptySnapshot()
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      const beside = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
      try {
        const handle = await open(beside, 'wx', 0o600)
        try {
          await handle.writeFile(`${JSON.stringify(mergeSnapshots(before, snapshot))}\n`)
          await handle.sync()
        } finally {
          await handle.close()
        }
        await rename(beside, file)
      } catch (error) {
        await rm(beside, { force: true })
        throw error
      }
    },
  }
}

/** The lock file that an app brings along (`signalbox prompts pull --out prompts.lock.json`). Throws where there is none. */
export function readLock(path: string | URL): PromptSnapshot {
  return parsed(readFileSync(path, 'utf8'), String(path))
}

function parsed(text: string, file: string): PromptSnapshot {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Said by what follows.
  }
  return asSnapshot(value, file)
}
