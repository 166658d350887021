import { AppError, type Output, type Parsed, type PromptDrift, PromptDriftKind } from '@signalbox/schema'
import { newId } from '../../lib/ids.ts'
import type { Sql } from '../../store/ports.ts'
import { readTime, writeTime } from '../cursors.ts'

type Details = Pick<PromptDrift, 'app' | 'route' | 'text' | 'nearest' | 'prompt' | 'version' | 'current' | 'variable'>
/** Something that was seen. `key`: what makes it the same thing when it is seen again. Times in milliseconds. */
export type Seen = {
  kind: PromptDriftKind
  key: string
  count: number
  firstAt: number
  lastAt: number
  traceId: string
  spanId: string
} & Partial<Details>

/** Of each kind in each project; those that were not seen for longest are forgotten. */
const MOST = 500
const KEPT_DAYS = 30
const NOTHING: Details = { app: '', route: null, text: null, nearest: null, prompt: null, version: null, current: null, variable: null }

/** Says that these were seen, again or for the first time. */
export async function noteDrift(sql: Sql, projectId: string, all: readonly Seen[]): Promise<void> {
  for (const { kind, key, count, firstAt, lastAt, traceId, spanId, ...details } of all) {
    await sql.query(
      `insert into prompt_drift (id, project_id, kind, key, prompt, details, count, first_seen, last_seen, trace_id, span_id)
       values ($1, $2, $3, $4, $5, $6::text::jsonb, $7, $8, $9, $10, $11)
       on conflict (project_id, kind, key) do update set prompt = excluded.prompt, details = excluded.details, count = prompt_drift.count + excluded.count,
         last_seen = greatest(prompt_drift.last_seen, excluded.last_seen), trace_id = excluded.trace_id, span_id = excluded.span_id`,
      [
        newId('drift'),
        projectId,
        kind,
        key,
        details.prompt ?? details.nearest?.prompt ?? null,
        JSON.stringify({ ...NOTHING, ...details }),
        count,
        new Date(firstAt),
        new Date(lastAt),
        traceId,
        spanId,
      ],
    )
  }
  if (all.length > 0)
    await sql.query(
      `delete from prompt_drift where project_id = $1 and (last_seen < now() - interval '${KEPT_DAYS} days' or id in (
         select id from (select id, row_number() over (partition by kind order by last_seen desc, id) as place from prompt_drift where project_id = $1) as placed
         where place > ${MOST}))`,
      [projectId],
    )
}

type Row = {
  id: string
  kind: PromptDriftKind
  details: Details
  count: number
  first_seen: Date
  last_seen: Date
  trace_id: string
  span_id: string
  dismissed_at: Date | null
}

export async function listDrift(sql: Sql, projectId: string, wanted: Parsed<'prompts.drift'>): Promise<Output<'prompts.drift'>> {
  const { kind = null, prompt = null, dismissed, from = null, to = null, limit, cursor } = wanted
  const [at, after] = cursor === undefined ? [null, null] : readTime(cursor)
  const filter = `project_id = $1 and (dismissed_at is not null) = $2 and ($3::text is null or prompt = $3)
    and ($4::timestamptz is null or last_seen >= $4) and ($5::timestamptz is null or last_seen < $5)`
  const given = [projectId, dismissed === 'true', prompt, from, to]
  const rows = await sql.query<Row>(
    `select id, kind, details, count, first_seen, last_seen, trace_id, span_id, dismissed_at from prompt_drift where ${filter}
       and ($6::text is null or kind = $6) and ($7::timestamptz is null or (date_trunc('milliseconds', last_seen), id) < ($7, $8))
     order by date_trunc('milliseconds', last_seen) desc, id desc limit $9`,
    [...given, kind, at, after, limit + 1],
  )
  const counted = await sql.query<{ kind: PromptDriftKind; count: number }>(
    `select kind, count(*) as count from prompt_drift where ${filter} group by kind`,
    given,
  )
  const counts = Object.fromEntries(PromptDriftKind.options.map((one) => [one, counted.find((row) => row.kind === one)?.count ?? 0]))
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    drifts: rows.slice(0, limit).map(toDrift),
    counts: counts as Record<PromptDriftKind, number>,
    ...(last && { nextCursor: writeTime(last.last_seen, last.id) }),
  }
}

const toDrift = ({
  details,
  first_seen: first,
  last_seen: last,
  trace_id: traceId,
  span_id: spanId,
  dismissed_at: gone,
  ...row
}: Row): PromptDrift => ({
  ...row,
  ...details,
  firstSeen: first.toISOString(),
  lastSeen: last.toISOString(),
  traceId,
  spanId,
  dismissedAt: gone?.toISOString() ?? null,
})

export async function dismissDrift(sql: Sql, projectId: string, { id, dismissed }: Parsed<'prompts.dismissDrift'>): Promise<void> {
  const changed = await sql.query(
    'update prompt_drift set dismissed_at = case when $3::boolean then now() end where project_id = $1 and id = $2 returning id',
    [projectId, id, dismissed],
  )
  if (changed.length === 0) throw new AppError('not-found', `There is no drift ${JSON.stringify(id)} in this project.`)
}
