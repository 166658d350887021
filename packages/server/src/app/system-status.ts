import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { CanaryBeat } from '../gateway/routing/canary-stops.ts'
import type { EdgeUse } from '../governance/budgets-usage.ts'
import type { HandlersOf } from '../lib/handlers.ts'
import { VERSION } from '../lib/version.ts'
import type { Stores } from '../store/ports.ts'
import { wordIndexLag } from '../tracing/queries/word-index.ts'
import type { BreakersBeat } from './target-states.ts'

export type EdgeBeat = {
  edgeId: string
  pendingBytes: number
  full: boolean
  simulatorUrl: string | null
  configVersion?: number
  /** What is under way and in the last minute, of budgets. */
  budgets?: EdgeUse[]
  canaries?: CanaryBeat[]
  at: number
} & Partial<BreakersBeat>
export type SystemRooms = { stores: Stores; data: string; beats(): EdgeBeat[]; configVersion(): number; spanCount(): Promise<number> }

const STARTED = Date.now()
const LOST_AFTER_MS = 60_000

/** `GET /api/v1/system`: engines, disk, journal. A part that cannot be asked says so; the rest is told all the same. */
export function systemHandlers({ stores, data, beats, configVersion, spanCount }: SystemRooms): HandlersOf<'system'> {
  return {
    'system.status': async (_input, { caller }) => {
      const [disk, used, sql, events, spans, search, letters] = await Promise.all([
        statfs(data),
        folderBytes(data),
        probe(() => stores.sql.query('select 1')),
        probe(() => stores.events.query('select 1')),
        spanCount().catch(() => 0),
        wordIndexLag(stores.events).catch(() => ({ waitingSpans: 0, waitingSeconds: 0 })),
        stores.sql.query<{ n: number }>('select count(*)::int as n from dead_letters where project_id = $1', [caller.projectId]),
      ])
      return {
        version: VERSION,
        uptimeSeconds: (Date.now() - STARTED) / 1000,
        dataFolder: data,
        disk: { freeBytes: disk.bavail * disk.bsize, totalBytes: disk.blocks * disk.bsize, usedByData: used },
        engines: {
          sql: engine(stores.sql.engine, sql),
          events: engine(stores.events.engine, events),
          keyValue: engine(stores.keyValue.engine, null),
          blobs: engine(stores.blobs.engine, null),
        },
        config: { version: configVersion() },
        journal: {
          edges: beats()
            .filter((beat) => Date.now() - beat.at < LOST_AFTER_MS)
            .map((beat) => ({
              id: beat.edgeId,
              pendingBytes: beat.pendingBytes,
              full: beat.full,
              configVersion: beat.configVersion ?? null,
              lastSeen: new Date(beat.at).toISOString(),
            })),
        },
        spans,
        search,
        deadLetters: letters[0]?.n ?? 0,
        memory: { rssBytes: process.memoryUsage.rss() },
      }
    },
  }
}

/** `PGlite 0.5.16 (…)` → name and version. */
function engine(text: string, problem: string | null) {
  const [name = text, ...rest] = text.split(' ')
  return { name, version: rest.join(' '), ok: problem === null, message: problem }
}

const probe = (ask: () => Promise<unknown>): Promise<string | null> =>
  ask().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    // A file may go while we look: parts are merged all the time.
    if (entry.isDirectory()) bytes += await folderBytes(path)
    else if (entry.isFile())
      bytes += await stat(path).then(
        (found) => found.size,
        () => 0,
      )
  }
  return bytes
}
