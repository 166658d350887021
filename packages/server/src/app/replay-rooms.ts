import type { SnapshotProject } from '@signalbox/schema'
import { findSpan } from '../compat/find-span.ts'
import { replayIngest } from '../http/replay-ingest.ts'
import type { Sql } from '../store/ports.ts'
import { type ApplyRooms, applyBatch } from '../tracing/apply-batch.ts'
import type { ReplayRooms } from '../tracing/inspector/replay.ts'
import type { TraceQueries } from '../tracing/queries/trace-queries.ts'

type Rooms = {
  sql: Sql
  queries: TraceQueries
  apply: ApplyRooms
  quiesce<T>(work: () => Promise<T>): Promise<T>
  maxBodyBytes(): number
  /** As edges know it. */
  projectOf(id: string): Promise<SnapshotProject>
}

/** How the core sends a refused payload again without an edge: the handler of the edge, and the way that its batches go in. */
export const replayRooms = ({ sql, queries, apply, quiesce, maxBodyBytes, projectOf }: Rooms): ReplayRooms => ({
  sql,
  async offer(request, { caller, keyId }) {
    const { projectId, permissions } = caller
    return await replayIngest(request, {
      caller: { projectId, permissions, keyId, project: await projectOf(projectId) },
      maxBodyBytes: maxBodyBytes(),
      traceOf: async (id, spanId) => (await findSpan(queries, id, spanId))?.traceId,
    })
  },
  async take({ id, frames }) {
    const traceIds = new Set<string>()
    const rooms: ApplyRooms = {
      ...apply,
      onApplied(rows) {
        for (const { traceId } of rows) traceIds.add(traceId)
        apply.onApplied(rows)
      },
    }
    const { refused } = await quiesce(() => applyBatch({ id, edgeId: 'replay', frames }, rooms))
    return { refused, traceIds: [...traceIds] }
  },
})
