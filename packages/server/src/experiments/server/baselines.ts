import { AppError, type BaselineRow, type Caller, type Output, type Parsed } from '@signalbox/schema'
import type { Sql } from '../../store/ports.ts'
import { getExperiment, nameOf, planOfStored, type StoredBaseline, toBaseline, variantNamed } from './stored.ts'

const COLUMNS = `name, experiment_id, variant, pinned_at, ${nameOf('pinned_by')} as by, why`

/** What later experiments of a name are held against: a named act of somebody, with a reason. */
export async function pin(sql: Sql, caller: Caller, { id, variant, name, why }: Parsed<'experiments.pin'>, at: Date): Promise<BaselineRow> {
  const experiment = await getExperiment(sql, caller.projectId, id)
  if (experiment.state !== 'done')
    throw new AppError('conflict', `Only a finished experiment can be pinned; this one is ${experiment.state}.`, {
      hint: 'Let it go on with POST /api/v1/experiments/{id}/resume.',
    })
  const plan = planOfStored(experiment)
  const [row] = await sql.query<StoredBaseline>(
    `insert into experiment_baselines (project_id, name, experiment_id, variant, pinned_at, pinned_by, why) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (project_id, name) do update set experiment_id = excluded.experiment_id, variant = excluded.variant,
       pinned_at = excluded.pinned_at, pinned_by = excluded.pinned_by, why = excluded.why
     returning ${COLUMNS}`,
    [
      caller.projectId,
      name ?? experiment.name,
      id,
      plan.variants[variantNamed(plan, variant)]?.id ?? '',
      at,
      caller.userId ?? caller.keyId ?? '',
      why,
    ],
  )
  return toBaseline(row as StoredBaseline)
}

export async function listBaselines(sql: Sql, projectId: string, name: string | undefined): Promise<Output<'experiments.baselines'>> {
  const rows = await sql.query<StoredBaseline>(
    `select ${COLUMNS} from experiment_baselines where project_id = $1 and ($2::text is null or name = $2) order by name`,
    [projectId, name ?? null],
  )
  return { baselines: rows.map(toBaseline) }
}

export async function unpin(sql: Sql, projectId: string, name: string): Promise<void> {
  const rows = await sql.query('delete from experiment_baselines where project_id = $1 and name = $2 returning name', [projectId, name])
  if (rows.length === 0)
    throw new AppError('not-found', `Nothing is pinned for ${JSON.stringify(name)}.`, {
      hint: 'GET /api/v1/experiment-baselines lists what is.',
    })
}
