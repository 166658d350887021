import { createHash } from 'node:crypto'
import type { SpanWithPayload } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import type { RefusedRow } from '../insert-rows.ts'
import { insertSpans } from '../insert-spans.ts'
import { loggedChanges, repeatChanges, writeChanges } from './version-store.ts'
import { type Change, changesTo, keyOf, nextReceivedAt, type Version } from './versions.ts'

/** A span as it is to be from here on, and what counts of it so far. */
export type NewVersion = { row: SpanWithPayload; version: Version; counted: readonly Version[] }
type Place = Pick<Version, 'projectId' | 'traceId' | 'spanId' | 'startedAt'>

/**
 * Puts new versions in the place of those that count so far: first what that changes in the sums, as one block, then the rows,
 * then the old rows that no merge of the engine would find, because their start was another one.
 *
 * Exactly once, wherever a try stops: a block of changes that was logged is sent again as it was, and whatever is still
 * different after that is a change of its own. `token` names the try, the same each time, and all spans are of one project.
 */
export async function writeVersions(
  events: Events,
  { versions, token, now }: { versions: readonly NewVersion[]; token: string; now: number },
): Promise<RefusedRow[]> {
  const [first] = versions
  if (!first) return []
  const changes: Change[] = []
  for (const one of versions) {
    const { row, version, counted } = one
    row.span.receivedAt = nextReceivedAt(version, counted)
    row.span.versioned = 1
    version.receivedAt = row.span.receivedAt
    changes.push(...changesTo(version, counted))
  }
  const refused = await writeChanges(events, changes, { token, loggedAt: now })
  const rows = versions.map(({ row }) => row)
  refused.push(...(await insertSpans(events, { rows, token: `${token}:${hashOf(rows)}` })))
  await forgetMoved(events, changes, rows)
  return refused
}

/** Finishes what a try under this token began, and tells under which token the next one goes. */
export async function finishLogged(
  events: Events,
  { projectId, traceIds, token }: { projectId: string; traceIds: readonly string[]; token: string },
): Promise<{ token: string; before: Place[] }> {
  const logged = await loggedChanges(events, { projectId, traceIds, token })
  for (const [name, rows] of logged) await repeatChanges(events, name, rows)
  return { token: `${token}${logged.size}`, before: [...logged.values()].flat() }
}

/** Rows of a span at another start than the one that it has now. */
export async function forgetMoved(events: Events, before: readonly Place[], rows: readonly SpanWithPayload[]): Promise<void> {
  const starts = new Map(rows.map(({ span }) => [keyOf(span), span.startedAt]))
  const moved = before.filter((place) => starts.has(keyOf(place)) && starts.get(keyOf(place)) !== place.startedAt)
  for (const [projectId, places] of Map.groupBy(moved, (place) => place.projectId)) {
    const params = {
      projectId,
      traceIds: [...new Set(places.map(({ traceId }) => traceId))],
      rows: [...new Set(places.map(({ traceId, spanId, startedAt }) => `${traceId} ${spanId} ${startedAt}`))],
      from: places.reduce((first, { startedAt }) => Math.min(first, startedAt), Number.POSITIVE_INFINITY),
      to: places.reduce((last, { startedAt }) => Math.max(last, startedAt), Number.NEGATIVE_INFINITY),
    }
    for (const table of ['spans', 'payloads'])
      await events.command(
        `DELETE FROM ${table} WHERE projectId = {projectId:String} AND traceId IN {traceIds:Array(String)}
         AND startedAt >= fromUnixTimestamp64Micro({from:Int64}) AND startedAt <= fromUnixTimestamp64Micro({to:Int64})
         AND concat(traceId, ' ', spanId, ' ', toString(toUnixTimestamp64Micro(startedAt))) IN {rows:Array(String)}`,
        params,
      )
  }
}

const hashOf = (rows: readonly SpanWithPayload[]): string =>
  createHash('sha256')
    .update(JSON.stringify(rows.map(({ span, payload }) => [span, payload])))
    .digest('base64url')
    .slice(0, 22)
