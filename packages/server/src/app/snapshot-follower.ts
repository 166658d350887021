import { readFileSync } from 'node:fs'
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import type { CoreLink } from '../http/core-link.ts'
import type { Log } from '../lib/log.ts'
import { unseal } from '../lib/secret-box.ts'
import { createSnapshotFile } from './snapshot-file.ts'
import type { Message } from './snapshot-parts.ts'
import { SnapshotState } from './snapshot-state.ts'

export type FollowerOptions = {
  core: Pick<CoreLink, 'lines'>
  file: string
  key: string
  log: Log
  /** Called with each version that is in effect, and how long its pieces took. The state goes on changing. */
  onSnapshot(state: SnapshotState, tookMs: number): void
}

/** Longer than the core's heartbeat on this stream; silence beyond it means that the core is gone. */
const IDLE_MS = 15_000
/** Failures in a row: about half a minute, which no first start takes. */
const WARN_AFTER = 35
/** How long calls may wait while messages are read. */
const SLICE_MS = 2

/** Keeps the edge's snapshot: the last one from disk at once, then what changes as the core pushes it. */
export function followSnapshots(options: FollowerOptions): { stop(): void } {
  const { core, log, onSnapshot } = options
  const stopping = new AbortController()
  const state = readStored(options) ?? new SnapshotState()
  const file = createSnapshotFile(options)
  if (state.version > 0) onSnapshot(state, 0)

  /** Reads what came in slices, so that a large snapshot holds up no call. */
  function reader(failed: (error: unknown) => void) {
    const waiting: string[] = []
    let reading = false
    let began = 0
    const read = async () => {
      for (let until = performance.now() + SLICE_MS, at = 0; ; ) {
        const line = waiting[at++]
        if (line === undefined) break
        const message = JSON.parse(line) as Message | { heartbeat: true }
        if ('begin' in message) began = performance.now()
        if (!('heartbeat' in message) && state.take(message)) {
          onSnapshot(state, performance.now() - began)
          file.store(state)
        }
        if (performance.now() < until) continue
        waiting.splice(0, at)
        at = 0
        await turn()
        until = performance.now() + SLICE_MS
      }
      waiting.length = 0
    }
    return (line: string) => {
      waiting.push(line)
      if (reading) return
      reading = true
      // The lines of one piece of the stream are collected first.
      void turn()
        .then(read)
        .catch(failed)
        .finally(() => {
          reading = false
        })
    }
  }

  async function follow(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      const broken = new AbortController()
      let problem: unknown
      const take = reader((error) => {
        problem = error
        broken.abort()
      })
      try {
        await core.lines('/internal/snapshot', {
          idleMs: IDLE_MS,
          signal: AbortSignal.any([stopping.signal, broken.signal]),
          onLine(line) {
            if (problem === undefined) failures = 0
            take(line)
          },
        })
      } catch (error) {
        if (stopping.signal.aborted) return
        if (problem !== undefined) log.error({ err: problem }, 'what the core sent is not understood; calls go on with the last snapshot')
        else if (failures === WARN_AFTER) log.warn({ err: error }, 'the core does not answer; calls go on with the last snapshot')
      }
      await sleep(Math.min(1000, 50 * 2 ** failures++), undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  void follow()
  return { stop: () => stopping.abort() }
}

function readStored({ file, key, log }: FollowerOptions): SnapshotState | undefined {
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
  const state = new SnapshotState()
  try {
    for (const line of plain.toString('utf8').split('\n')) if (line) state.take(JSON.parse(line) as Message)
    return state
  } catch {
    log.warn('the stored snapshot is of another version of the program; waiting for the core')
    return undefined
  }
}
