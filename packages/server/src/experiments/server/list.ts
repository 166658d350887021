import { AppError, type Output, type Parsed } from '@signalbox/schema'
import type { Sql } from '../../store/ports.ts'
import { COLUMNS, iso, planOfStored, reportOf, type StoredExperiment, toSummary } from './stored.ts'

type Session = Pick<Sql, 'query'>

export async function listExperiments(
  session: Session,
  projectId: string,
  { search, name, dataset, prompt, state, limit, cursor }: Parsed<'experiments.list'>,
): Promise<Output<'experiments.list'>> {
  const [at, id] = cursor === undefined ? [null, null] : placeOf(cursor)
  const rows = await session.query<StoredExperiment>(
    `select ${COLUMNS} from experiments x where x.project_id = $1
       and ($2::text is null or strpos(lower(x.name collate "default"), lower($2)) > 0 or strpos(lower(x.description), lower($2)) > 0)
       and ($3::text is null or x.name = $3) and ($4::text is null or x.dataset = $4) and ($5::text is null or x.state = $5)
       and ($6::text is null or exists (select 1 from experiment_prompts p where p.experiment_id = x.id and p.prompt = $6))
       and ($7::timestamptz is null or (x.created_at, x.id) < ($7, $8)) order by x.created_at desc, x.id desc limit $9`,
    [projectId, search ?? null, name ?? null, dataset ?? null, state ?? null, prompt ?? null, at, id, limit + 1],
  )
  const last = rows.length > limit ? rows[limit - 1] : undefined
  return {
    experiments: rows.slice(0, limit).map(toSummary),
    ...(last && { nextCursor: Buffer.from(JSON.stringify([iso(last.created_at), last.id])).toString('base64url') }),
  }
}

function placeOf(cursor: string): [string, string] {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(place) && typeof place[0] === 'string' && !Number.isNaN(Date.parse(place[0])) && typeof place[1] === 'string')
      return [place[0], place[1].replaceAll('\0', '')]
  } catch {}
  throw new AppError('invalid-request', 'The cursor is not one that this list gave out.', { hint: 'Start again without `cursor`.' })
}

/** A metric over finished experiments, as their reports have it: one point for each variant. */
export async function trendOf(
  session: Session,
  projectId: string,
  { dataset, prompt, name, metric, limit }: Parsed<'experiments.trend'>,
): Promise<Output<'experiments.trend'>> {
  const rows = await session.query<StoredExperiment>(
    `select ${COLUMNS} from experiments x where x.project_id = $1 and x.state = 'done' and x.report is not null
       and ($2::text is null or x.dataset = $2) and ($3::text is null or x.name = $3)
       and ($4::text is null or exists (select 1 from experiment_prompts p where p.experiment_id = x.id and p.prompt = $4))
     order by x.finished_at desc limit $5`,
    [projectId, dataset ?? null, name ?? null, prompt ?? null, limit],
  )
  const points = rows.reverse().flatMap((one): Output<'experiments.trend'>['points'] => {
    const report = reportOf(one)
    const plan = planOfStored(one)
    if (!report || !one.finished_at) return []
    const at = iso(one.finished_at)
    return report.metrics.flatMap(({ metric: of, variant, mean, ci, scored }) => {
      if (mean === null || (metric !== undefined && of !== metric)) return []
      const made = plan.variants.find(({ id }) => id === variant)
      return {
        experimentId: one.id,
        name: one.name,
        at,
        variant,
        metric: of,
        metricVersion: plan.metrics.find((known) => known.metric === of)?.version ?? '',
        mean,
        low: ci?.low ?? null,
        high: ci?.high ?? null,
        n: scored,
        costUsd: report.calls.find((call) => call.variant === variant)?.costUsd ?? null,
        prompt: made?.prompt ? { name: made.prompt.name, version: made.prompt.version } : null,
        model: made?.model ?? null,
      }
    })
  })
  return { points }
}
