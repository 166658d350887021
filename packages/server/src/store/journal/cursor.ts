import { closeSync, fdatasyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
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

/** Atomic and durable: written beside, synced, renamed. */
export function writeCursor(folder: string, cursor: Cursor): void {
  const path = join(folder, 'cursor.json')
  const fd = openSync(`${path}.new`, 'w', 0o600)
  writeSync(fd, JSON.stringify(cursor))
  fdatasyncSync(fd)
  closeSync(fd)
  renameSync(`${path}.new`, path)
}
