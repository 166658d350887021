import { readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '../../lib/ids.ts'
import type { Position } from './frame.ts'

/**
 * How far the journal has arrived. `sending` is the batch that was cut and may or may not have arrived: after a
 * restart exactly this batch is sent again, so that its id still names the same records.
 */
export type Cursor = { edgeId: string; acked: Position; sending: Position | null }

export function readCursor(folder: string): Cursor {
  try {
    return JSON.parse(readFileSync(join(folder, 'cursor.json'), 'utf8')) as Cursor
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { edgeId: newId('edge'), acked: { segment: 0, offset: 0 }, sending: null }
  }
}

/** Atomic and durable: written beside, synced, renamed. Not in step with the event loop, which has answers to carry meanwhile. */
export async function writeCursor(folder: string, cursor: Cursor): Promise<void> {
  const path = join(folder, 'cursor.json')
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(JSON.stringify(cursor))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}
