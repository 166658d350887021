import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Snapshot } from '@signalbox/schema'
import type { CoreLink } from '../http/core-link.ts'
import type { Log } from '../lib/log.ts'
import { seal, unseal } from '../lib/secret-box.ts'

export type FollowerOptions = { core: CoreLink; file: string; key: string; log: Log; onSnapshot(snapshot: Snapshot): void }

/** Longer than the core's heartbeat on this stream; silence beyond it means that the core is gone. */
const IDLE_MS = 15_000
/** Failures in a row: about half a minute, which no first start takes. */
const WARN_AFTER = 35

/** Keeps the edge's snapshot: the last one from disk at once, then every new one as the core pushes it. */
export function followSnapshots(options: FollowerOptions): { stop(): void } {
  const { core, log, onSnapshot } = options
  const stopping = new AbortController()
  const stored = readStored(options)
  if (stored) onSnapshot(stored)

  async function follow(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      try {
        await core.lines('/internal/snapshot', {
          idleMs: IDLE_MS,
          signal: stopping.signal,
          onLine(line) {
            failures = 0
            const message: unknown = JSON.parse(line)
            if ((message as { heartbeat?: boolean }).heartbeat) return
            const snapshot = Snapshot.parse(message)
            onSnapshot(snapshot)
            store(options, snapshot)
          },
        })
      } catch (error) {
        if (stopping.signal.aborted) return
        if (failures === WARN_AFTER) log.warn({ err: error }, 'the core does not answer; calls go on with the last snapshot')
      }
      await sleep(Math.min(1000, 50 * 2 ** failures++), undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  void follow()
  return { stop: () => stopping.abort() }
}

/** Provider keys are in it, so it is sealed. */
function store({ file, key, log }: FollowerOptions, snapshot: Snapshot): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.new`, seal(Buffer.from(JSON.stringify(snapshot)), key), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    log.error({ err: error }, 'the snapshot could not be kept on disk')
  }
}

function readStored({ file, key, log }: FollowerOptions): Snapshot | undefined {
  let sealed: Buffer
  try {
    sealed = readFileSync(file)
  } catch {
    return undefined
  }
  const plain = unseal(sealed, key)
  if (!plain) {
    log.warn('the stored snapshot was sealed with another master key; waiting for the core')
    return undefined
  }
  const parsed = Snapshot.safeParse(JSON.parse(plain.toString('utf8')))
  return parsed.success ? parsed.data : undefined
}
