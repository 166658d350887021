import type { Deletion, DeletionStatus } from '@signalbox/schema'
import type { SqlSession } from '../../store/ports.ts'
import type { Known } from './known-deletions.ts'

export type DeletionRow = {
  id: string
  project_id: string
  subject: 'trace' | 'user' | 'session' | 'key' | 'time'
  value: string
  from_us: number | null
  to_us: number | null
  requested_us: number
  requested_by: string
  status: DeletionStatus
  part: number
  spans: number
  traces: number
  late: number
  removed: Deletion['removed']
  problem: string | null
  hidden_at: Date | null
  removed_at: Date | null
  erased_at: Date | null
}

/** How long an edge may hold back what it was sent: as long, what was deleted stays known. */
export const KNOWN_DAYS = 7

export const readDeletions = (sql: SqlSession, where: string, params: readonly unknown[] = []): Promise<DeletionRow[]> =>
  sql.query<DeletionRow>(`select * from deletions where ${where}`, params)

export function knownOf(row: DeletionRow): Known {
  const { id, project_id: projectId, value } = row
  const common = { id, projectId, requestedUs: Number(row.requested_us) }
  return row.subject === 'time'
    ? { ...common, subject: 'time', fromUs: Number(row.from_us), toUs: Number(row.to_us) }
    : { ...common, subject: row.subject, value }
}

export const toDeletion = (row: DeletionRow): Deletion => ({
  id: row.id,
  subject: row.subject,
  value: row.value,
  from: timeOf(row.from_us),
  to: timeOf(row.to_us),
  requestedAt: new Date(Number(row.requested_us) / 1000).toISOString(),
  requestedBy: row.requested_by,
  status: row.status,
  hiddenAt: row.hidden_at?.toISOString() ?? null,
  removedAt: row.removed_at?.toISOString() ?? null,
  erasedAt: row.erased_at?.toISOString() ?? null,
  traces: Number(row.traces),
  spans: Number(row.spans),
  late: Number(row.late),
  removed: row.removed,
  kept: KEPT,
  problem: row.problem,
})

const timeOf = (us: number | null): string | null => (us === null ? null : new Date(Number(us) / 1000).toISOString())

/** Said in every receipt, so that nobody believes that it reached further. */
const KEPT = [
  'Counts, tokens and costs of past minutes no longer hold these spans; the percentiles of those minutes still do. They name nobody.',
  'The ledger, by which is accounted for what keys have spent, keeps its sums per day; it names the end user of a call.',
  'Backups that were made before, and answers that a gateway cache keeps, are not touched: answers leave it with their time to live, or with a purge.',
]

/** Adds up what was removed from each place. */
export function addRemoved(before: Deletion['removed'], more: Deletion['removed']): Deletion['removed'] {
  const places = new Map(before.map((one) => [one.where, { ...one }]))
  for (const one of more) {
    const known = places.get(one.where)
    if (!known) places.set(one.where, { ...one })
    else {
      known.rows += one.rows
      known.bytes = one.bytes === null ? known.bytes : (known.bytes ?? 0) + one.bytes
    }
  }
  return [...places.values()]
}
