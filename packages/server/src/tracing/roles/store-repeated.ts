import { SpanRow } from '@signalbox/schema'
import { sha256 } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { insertRows, type RefusedRow } from '../insert-rows.ts'
import { writeChanges } from '../merge/version-store.ts'
import { changesTo, versionOf } from '../merge/versions.ts'
import { wellFormedJson } from '../storable.ts'

export type SpanRef = { projectId: string; traceId: string; spanId: string }

const TIMES = new Set(['startedAt', 'receivedAt'])
/** Every column under its own name; times as the numbers that they went in as. */
const COLUMNS = Object.keys(SpanRow.shape)
  .map((name) => (TIMES.has(name) ? `toUnixTimestamp64Micro(s.${name}) AS ${name}` : `s.${name} AS ${name}`))
  .join(', ')

type Repeated = { refs: readonly SpanRef[]; token: string; now: number; asRepeated(span: SpanRow): void }

/** Stores spans once more, as ones that repeat others, and takes what they added to the sums out of them. */
export async function storeRepeated(events: Events, { refs, token, now, asRepeated }: Repeated): Promise<RefusedRow[]> {
  const refused: RefusedRow[] = []
  for (const [projectId, ofProject] of Map.groupBy(refs, (ref) => ref.projectId)) {
    const traceIds = [...new Set(ofProject.map(({ traceId }) => traceId))].sort()
    const spans = ofProject.map(({ traceId, spanId }) => `${traceId} ${spanId}`)
    const stored = await events.query<SpanRow>(
      `SELECT ${COLUMNS} FROM spans AS s
       WHERE s.projectId = {projectId:String} AND s.traceId IN {traceIds:Array(String)} AND concat(s.traceId, ' ', s.spanId) IN {spans:Array(String)}
       ORDER BY s.receivedAt DESC LIMIT 1 BY s.traceId, s.spanId`,
      { projectId, traceIds, spans },
    )
    const rows: SpanRow[] = []
    for (const before of stored) {
      if (before.usageRole === 'aggregate') continue
      const after = { ...before, versioned: 1, receivedAt: before.receivedAt + 1 }
      asRepeated(after)
      const root = before.parentId === ''
      const changes = changesTo(versionOf(after, { root }), [versionOf(before, { root })])
      // It names what is corrected, not the batch: whichever one a correction comes with, it is made once.
      const name = `roles:${projectId}:${before.traceId}:${before.spanId}:${before.receivedAt}`
      refused.push(...(await writeChanges(events, changes, { token: name, loggedAt: now })))
      rows.push(after)
    }
    const lines = rows.map((row) => wellFormedJson(JSON.stringify(row)))
    refused.push(...(await insertRows(events, { table: 'spans', lines, token: `${token}:roles:${sha256(lines.join()).slice(0, 22)}` })))
  }
  return refused
}
