import { AppError } from '@signalbox/schema'
import type { Sql } from '../../store/ports.ts'

/** A run of another tool's client over a dataset. */
export type ForeignRun = {
  projectId: string
  id: string
  system: 'langfuse' | 'langsmith'
  dataset: string
  name: string
  details: Record<string, unknown>
  createdAt: string
  touchedAt: string
  endedAt: string | null
  experimentId: string | null
}
export type RunItem = { id: string; item: string; traceId: string; spanId: string; createdAt: string }

type Stored = {
  project_id: string
  id: string
  system: ForeignRun['system']
  dataset: string
  name: string
  details: Record<string, unknown>
  created_at: Date
  touched_at: Date
  ended_at: Date | null
  experiment_id: string | null
}
const COLUMNS = 'project_id, id, system, dataset, name, details, created_at, touched_at, ended_at, experiment_id'

const toRun = (row: Stored): ForeignRun => ({
  ...{ projectId: row.project_id, id: row.id, system: row.system, dataset: row.dataset, name: row.name, details: row.details },
  createdAt: new Date(row.created_at).toISOString(),
  touchedAt: new Date(row.touched_at).toISOString(),
  endedAt: row.ended_at && new Date(row.ended_at).toISOString(),
  experimentId: row.experiment_id,
})

/** The run of a name; it begins where there is none yet. */
export async function openRun(
  sql: Sql,
  run: Pick<ForeignRun, 'projectId' | 'id' | 'system' | 'dataset' | 'name' | 'details'>,
): Promise<ForeignRun> {
  const [row] = await sql.query<Stored>(
    `insert into foreign_runs (project_id, id, system, dataset, name, details, created_at, touched_at)
     values ($1, $2, $3, $4, $5, $6::jsonb, now(), now())
     on conflict (project_id, id) do update set touched_at = now(), details = foreign_runs.details || excluded.details
     returning ${COLUMNS}`,
    [run.projectId, run.id, run.system, run.dataset, run.name, JSON.stringify(run.details)],
  )
  return toRun(row as Stored)
}

export async function findRun(
  sql: Sql,
  projectId: string,
  wanted: { system: ForeignRun['system']; dataset: string; name: string },
): Promise<ForeignRun> {
  const [row] = await sql.query<Stored>(
    `select ${COLUMNS} from foreign_runs where project_id = $1 and system = $2 and dataset = $3 and name = $4`,
    [projectId, wanted.system, wanted.dataset, wanted.name],
  )
  if (!row) throw new AppError('not-found', `There is no run "${wanted.name}" of the dataset "${wanted.dataset}".`)
  return toRun(row)
}

export async function listRuns(
  sql: Sql,
  projectId: string,
  wanted: { system: ForeignRun['system']; dataset: string },
): Promise<ForeignRun[]> {
  const rows = await sql.query<Stored>(
    `select ${COLUMNS} from foreign_runs where project_id = $1 and system = $2 and dataset = $3 order by created_at desc, id limit 1000`,
    [projectId, wanted.system, wanted.dataset],
  )
  return rows.map(toRun)
}

/** Runs in which something happened lately, and that were not looked through since. */
export async function waitingRuns(sql: Sql, { patienceMs, paceMs }: { patienceMs: number; paceMs: number }): Promise<ForeignRun[]> {
  const rows = await sql.query<Stored>(
    `select ${COLUMNS} from foreign_runs
     where touched_at > now() - make_interval(secs => $1::float / 1000) and (looked_at is null or looked_at < now() - make_interval(secs => $2::float / 1000))
     order by touched_at limit 20`,
    [patienceMs, paceMs],
  )
  return rows.map(toRun)
}

/** False where nothing is different from what was found the last time. */
export async function noteLook(sql: Sql, { projectId, id }: ForeignRun, hash: string): Promise<boolean> {
  const [row] = await sql.query<{ before: string }>(
    `with known as (select looked_hash from foreign_runs where project_id = $1 and id = $2 for update)
     update foreign_runs set looked_at = now() from known where project_id = $1 and id = $2 returning known.looked_hash as before`,
    [projectId, id],
  )
  return row !== undefined && row.before !== hash
}

export async function noteSent(
  sql: Sql,
  { projectId, id }: ForeignRun,
  { hash, experimentId }: { hash: string; experimentId: string },
): Promise<void> {
  await sql.query('update foreign_runs set looked_hash = $3, experiment_id = $4 where project_id = $1 and id = $2', [
    projectId,
    id,
    hash,
    experimentId,
  ])
}

/** A run whose dataset is gone is over, and looked through no more. */
export async function forgetRun(sql: Sql, { projectId, id }: ForeignRun): Promise<void> {
  await sql.query(
    "update foreign_runs set ended_at = coalesce(ended_at, now()), looked_at = 'infinity' where project_id = $1 and id = $2",
    [projectId, id],
  )
}

export async function endRun(sql: Sql, projectId: string, id: string, at: string): Promise<void> {
  await sql.query('update foreign_runs set ended_at = $3, touched_at = now(), looked_at = null where project_id = $1 and id = $2', [
    projectId,
    id,
    at,
  ])
}

export async function addRunItem(sql: Sql, { projectId, id }: ForeignRun, item: Omit<RunItem, 'createdAt'>): Promise<RunItem> {
  const [row] = await sql.query<{ created_at: Date }>(
    `insert into foreign_run_items (project_id, run_id, id, item, trace_id, span_id, created_at) values ($1, $2, $3, $4, $5, $6, now())
     on conflict (project_id, run_id, id) do update set trace_id = excluded.trace_id, span_id = excluded.span_id returning created_at`,
    [projectId, id, item.id, item.item, item.traceId, item.spanId],
  )
  return { ...item, createdAt: new Date(row?.created_at ?? Date.now()).toISOString() }
}

export async function runItems(sql: Sql, { projectId, id }: ForeignRun): Promise<RunItem[]> {
  const rows = await sql.query<{ id: string; item: string; trace_id: string; span_id: string; created_at: Date }>(
    'select id, item, trace_id, span_id, created_at from foreign_run_items where project_id = $1 and run_id = $2 order by created_at, id limit 200000',
    [projectId, id],
  )
  return rows.map((row) => ({
    ...{ id: row.id, item: row.item, traceId: row.trace_id, spanId: row.span_id },
    createdAt: new Date(row.created_at).toISOString(),
  }))
}

export async function removeRun(sql: Sql, { projectId, id }: ForeignRun): Promise<void> {
  await sql.query('delete from foreign_runs where project_id = $1 and id = $2', [projectId, id])
}
