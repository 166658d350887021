import type { SpanPatch, SpanWithPayload } from '@signalbox/schema'
import type { RefusedRow } from '../insert-rows.ts'
import { type MergeRooms, mergeSpans } from './merge-spans.ts'
import { keepPatches } from './patch-store.ts'
import { keyOf } from './versions.ts'
import { finishLogged, forgetMoved, writeVersions } from './write-versions.ts'

/**
 * Takes in messages about spans: keeps them, and stores each span that they speak of as all its messages together make it.
 * `token` names the part of the batch that they came with, the same however often it comes.
 */
export async function applyPatches(
  rooms: MergeRooms,
  { patches, token, now }: { patches: readonly SpanPatch[]; token: string; now: number },
): Promise<{ rows: SpanWithPayload[]; refused: RefusedRow[] }> {
  const rows: SpanWithPayload[] = []
  const refused = await keepPatches(rooms.events, patches, `${token}:patches`)
  const byProject = Map.groupBy(patches, ({ projectId }) => projectId)
  for (const projectId of [...byProject.keys()].sort()) {
    const spans = [...new Map((byProject.get(projectId) ?? []).map((patch) => [keyOf(patch), patch])).values()]
    const merged = await storeMerged(rooms, { projectId, spans, token: `${token}:patches`, now })
    rows.push(...merged.rows)
    refused.push(...merged.refused)
  }
  return { rows, refused }
}

type Storing = Parameters<typeof mergeSpans>[1] & { now: number }

/** Merges spans and puts what comes of it in the place of what was there. */
export async function storeMerged(
  rooms: MergeRooms,
  { now, ...merging }: Storing,
): Promise<{ rows: SpanWithPayload[]; refused: RefusedRow[] }> {
  const { projectId, spans, token } = merging
  const traceIds = [...new Set(spans.map(({ traceId }) => traceId))]
  // What was logged is what counts, whether or not the sums have it yet: the two need not wait for each other.
  const [{ token: next, before }, versions] = await Promise.all([
    finishLogged(rooms.events, { projectId, traceIds, token: `${token}:${projectId}:` }),
    mergeSpans(rooms, merging),
  ])
  const rows = versions.map(({ row }) => row)
  const refused = await writeVersions(rooms.events, { versions, token: next, now })
  await forgetMoved(rooms.events, before, rows)
  return { rows, refused }
}
