import { mkdir, open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { Log } from '../lib/log.ts'
import { sealing } from '../lib/secret-box.ts'
import { linesOf } from './snapshot-parts.ts'
import type { SnapshotState } from './snapshot-state.ts'

/** Changes that come together are written together. */
const DELAY_MS = 100
/** How much is made ready before calls get their turn. */
const SLICE_CHARACTERS = 64_000

/** Keeps what the edge knows on disk for its next start. Keys of providers are in it, so it is sealed; no call waits for it. */
export function createSnapshotFile({ file, key, log }: { file: string; key: string; log: Log }) {
  let wanted: SnapshotState | undefined
  let writing = false

  async function write(state: SnapshotState): Promise<void> {
    const { update, final } = sealing(key)
    const sealed: Buffer[] = []
    const { version } = state
    // The list is of this moment; what is in it does not change.
    const parts = state.parts()
    const set = (function* () {
      for (const [name, value] of parts) yield [name, JSON.stringify(value)] as const
    })()
    let slice = ''
    for (const line of linesOf({ version, full: true, set })) {
      slice += `${line}\n`
      if (slice.length < SLICE_CHARACTERS) continue
      sealed.push(update(Buffer.from(slice)))
      slice = ''
      await turn()
    }
    sealed.push(update(Buffer.from(slice)))
    const { head, tail } = final()
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const handle = await open(`${file}.new`, 'w', 0o600)
    try {
      await handle.writev([head, ...sealed, tail])
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(`${file}.new`, file)
  }

  async function run(): Promise<void> {
    writing = true
    try {
      while (wanted) {
        await sleep(DELAY_MS, undefined, { ref: false })
        const state = wanted
        wanted = undefined
        await write(state)
      }
    } catch (error) {
      log.error({ err: error }, 'the snapshot could not be kept on disk')
    } finally {
      writing = false
    }
  }

  return {
    /** Writes it soon. */
    store(state: SnapshotState): void {
      wanted = state
      if (!writing) void run()
    },
  }
}
