import type { JournalPosition, SqlSession } from '../store/ports.ts'

/** Up to where an edge's journal is in the ledger; null where nothing of it ever came. */
export async function arrivedOf(sql: SqlSession, edgeId: string): Promise<JournalPosition | null> {
  const [last] = await sql.query<{ batch_id: string }>(
    'select batch_id from applied_batches where edge_id = $1 order by applied_at desc limit 1',
    [edgeId],
  )
  return last ? positionOf(edgeId, last.batch_id) : null
}

/** A batch is called `EDGE-SEGMENT-FROM-TO`. */
function positionOf(edgeId: string, batchId: string): JournalPosition | null {
  const [segment, , offset] = batchId
    .slice(edgeId.length + 1)
    .split('-')
    .map(Number)
  return segment === undefined || offset === undefined || Number.isNaN(segment + offset) ? null : { segment, offset }
}
