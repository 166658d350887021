import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@signalbox/schema'
import { z } from 'zod'

/** In the folder of the files, to be committed with them: what they were when they and the server last agreed. */
export const STATE_FILE = '.signalbox-sync.json'
const SyncState = z.object({
  version: z.literal(1),
  prompts: z.record(z.string(), z.object({ version: z.int(), hash: z.string() })),
})
export type SyncState = z.output<typeof SyncState>

export async function readSyncState(folder: string): Promise<SyncState> {
  const path = join(folder, STATE_FILE)
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return { version: 1, prompts: {} }
  try {
    return SyncState.parse(JSON.parse(text))
  } catch (cause) {
    throw new AppError(
      'invalid-request',
      `${path} is damaged${/^(<<<<<<<|>>>>>>>)/m.test(text) ? ': a merge of Git is not finished in it' : ''}.`,
      {
        cause,
        hint: 'Repair it, or delete it: then everything that differs is a conflict, for which --strategy decides.',
      },
    )
  }
}

export async function writeSyncState(folder: string, { prompts }: SyncState): Promise<void> {
  const sorted = Object.fromEntries(Object.entries(prompts).sort(([a], [b]) => (a < b ? -1 : 1)))
  const path = join(folder, STATE_FILE)
  const beside = `${path}.${randomBytes(4).toString('hex')}`
  await writeFile(beside, `${JSON.stringify({ version: 1, prompts: sorted }, null, 2)}\n`)
  await rename(beside, path)
}
