import type { SnapshotProject } from '@signalbox/schema'
import type { Sql } from '../../store/ports.ts'

type Given = NonNullable<SnapshotProject['cache']>
export type Purges = {
  /** What edges have to know of each project; absent where nothing was ever given up. */
  all(): Promise<Record<string, Given>>
  /** When kept answers were given up last, by alias; '' is the project. */
  times(projectId: string): Promise<Map<string, string>>
  /** Of one alias, or of the project. */
  purge(projectId: string, model?: string): Promise<void>
  reject(projectId: string, rejection: { spanId: string; keptSpan: string }): Promise<void>
  /** Which of these calls were given an answer that was called wrong. */
  rejected(projectId: string, spanIds: readonly string[]): Promise<ReadonlySet<string>>
}

/** Older ones are of answers whose time is long over. */
const MOST_REJECTIONS = 1000

/** Which kept answers must not be given any more. `changed` is called after a change, and pushes it to every edge. */
export function createPurges({ sql, changed, now = () => new Date() }: { sql: Sql; changed(): unknown; now?: () => Date }): Purges {
  return {
    async all() {
      const [purges, rejections] = await Promise.all([
        sql.query<{ project_id: string; model: string; purges: number }>('select project_id, model, purges from cache_purges'),
        sql.query<{ project_id: string; kept_span: string }>(
          `select project_id, kept_span from (
             select project_id, kept_span, row_number() over (partition by project_id order by rejected_at desc) as place from cache_rejections
           ) as newest where place <= $1`,
          [MOST_REJECTIONS],
        ),
      ])
      const found: Record<string, Given> = {}
      const of = (projectId: string): Given => {
        found[projectId] ??= { purged: 0, purgedModels: {}, rejected: [] }
        return found[projectId]
      }
      for (const row of purges) {
        if (row.model === '') of(row.project_id).purged = row.purges
        else of(row.project_id).purgedModels[row.model] = row.purges
      }
      for (const row of rejections) of(row.project_id).rejected.push(row.kept_span)
      return found
    },
    async times(projectId) {
      const rows = await sql.query<{ model: string; purged_at: Date | string }>(
        'select model, purged_at from cache_purges where project_id = $1',
        [projectId],
      )
      return new Map(rows.map(({ model, purged_at }) => [model, new Date(purged_at).toISOString()]))
    },
    async purge(projectId, model = '') {
      await sql.query(
        `insert into cache_purges (project_id, model, purges, purged_at) values ($1, $2, 1, $3)
         on conflict (project_id, model) do update set purges = cache_purges.purges + 1, purged_at = excluded.purged_at`,
        [projectId, model, now()],
      )
      await changed()
    },
    async reject(projectId, { spanId, keptSpan }) {
      await sql.query(
        `insert into cache_rejections (project_id, span_id, kept_span, rejected_at) values ($1, $2, $3, $4)
         on conflict (project_id, span_id) do nothing`,
        [projectId, spanId, keptSpan, now()],
      )
      await changed()
    },
    async rejected(projectId, spanIds) {
      if (spanIds.length === 0) return new Set()
      const rows = await sql.query<{ span_id: string }>(
        'select span_id from cache_rejections where project_id = $1 and span_id = any($2)',
        [projectId, spanIds],
      )
      return new Set(rows.map(({ span_id }) => span_id))
    },
  }
}
