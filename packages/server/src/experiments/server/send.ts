import { AppError, type Caller, type Output, type Parsed, type SentExperimentRow } from '@signalbox/schema'
import { newId } from '../../lib/ids.ts'
import type { SqlSession } from '../../store/ports.ts'
import type { Score } from '../plan.ts'
import type { TaskFrame } from '../run/frames.ts'
import { itemOf } from '../run/journal.ts'
import { verdictOf } from '../verdict.ts'
import type { ExperimentDeps } from './deps.ts'
import { numbersOf, reportNow } from './report.ts'
import { recordOf, UPSERT_ROWS } from './sql-rows.ts'
import { COLUMNS, getExperiment, NO_PROGRESS, planOfStored, type StoredExperiment, type StoredPlan, variantNamed } from './stored.ts'

/** Rows of a function. What has evaluators is scored by the runner; what has none is over as it comes. */
export async function sendRows(
  { sql }: ExperimentDeps,
  caller: Caller,
  { id, rows, finish }: Parsed<'experiments.send'>,
): Promise<Output<'experiments.send'>> {
  return sql.transaction(async (session) => {
    await session.query('select 1 from experiments where project_id = $1 and id = $2 for update', [caller.projectId, id])
    const experiment = await getExperiment(session, caller.projectId, id)
    if (experiment.source !== 'function')
      throw new AppError('conflict', 'The rows of this experiment are made by the server.', {
        hint: 'Make one with task: { function: true } to send rows of your own.',
      })
    if (experiment.sent || experiment.state !== 'running')
      throw new AppError('conflict', `This experiment is over (${experiment.state}).`, { hint: 'Make another one.' })
    const plan = planOfStored(experiment)
    await keepRows(session, experiment, { rows, plan, scored: plan.uses.length === 0 })
    await session.query('update experiments set work = work or $2, asked = asked + 1, sent = sent or $3, plan = $4 where id = $1', [
      id,
      finish || (plan.uses.length > 0 && rows.length > 0),
      finish,
      JSON.stringify(withMetrics(plan, rows)),
    ])
    await countSent(session, experiment)
    return { taken: rows.length, state: experiment.state }
  })
}

/** What was scored elsewhere is a metric too; that name alone says which version. */
function withMetrics(plan: StoredPlan, rows: readonly SentExperimentRow[]): StoredPlan {
  const known = new Set(plan.metrics.map(({ metric }) => metric))
  const fresh = new Set(rows.flatMap(({ scores }) => scores.map(({ key, metric = key }) => metric)).filter((metric) => !known.has(metric)))
  return { ...plan, metrics: [...plan.metrics, ...[...fresh].map((metric) => ({ metric, version: 'sent', higherIsBetter: true }))] }
}

async function countSent(session: SqlSession, { id, progress }: StoredExperiment): Promise<void> {
  const [row] = await session.query<{ done: number; failed: number }>(
    'select count(*) filter (where done) as done, count(*) filter (where not ok) as failed from experiment_rows where experiment_id = $1',
    [id],
  )
  await session.query('update experiments set progress = $2 where id = $1', [
    id,
    JSON.stringify({ ...(JSON.parse(progress) as object), done: Number(row?.done ?? 0), failed: Number(row?.failed ?? 0) }),
  ])
}

async function keepRows(
  session: SqlSession,
  experiment: StoredExperiment,
  { rows, plan, scored }: { rows: readonly SentExperimentRow[]; plan: StoredPlan; scored: boolean },
): Promise<void> {
  if (rows.length === 0) return
  const places = new Map(
    (
      await session.query<{ place: number; item_id: string }>(
        'select place, item_id from experiment_items where experiment_id = $1 and item_id = any($2::text[])',
        [experiment.id, [...new Set(rows.map(({ itemId }) => itemId))]],
      )
    ).map(({ place, item_id }) => [item_id, place]),
  )
  const records = rows.map((row) => {
    const place = places.get(row.itemId)
    if (place === undefined)
      throw new AppError('invalid-request', `This experiment has no item ${JSON.stringify(row.itemId)}.`, {
        hint: `Its items are those of the dataset ${JSON.stringify(experiment.dataset)}${experiment.dataset_version === null ? '' : `, version ${experiment.dataset_version}`}.`,
      })
    if (row.repeat >= experiment.repeats)
      throw new AppError('invalid-request', `This experiment has ${experiment.repeats} repeats; ${row.repeat} is beyond them.`, {
        hint: 'Repeats are counted from 0.',
      })
    const variant = variantNamed(plan, row.variant)
    const item = itemOf(numbersOf(experiment, plan), { case: place, variant, repeat: row.repeat })
    return { item, ...frameOf(row, { item, variant: plan.variants[variant]?.id ?? '' }), place }
  })
  // Twice in one request: the later one counts.
  const each = [...new Map(records.map((record) => [record.item, record])).values()]
  await session.query(UPSERT_ROWS, [
    experiment.id,
    experiment.project_id,
    JSON.stringify(
      each.map(({ item, task, scores, pass, place }) => {
        const over = scored || !task.ok
        const verdict = !task.ok ? { pass: null, score: null } : verdictOf(scores)
        return recordOf(item, task, { scores, ...(over && { ...verdict, ...(pass !== undefined && { pass }) }) }, place)
      }),
    ),
  ])
}

function frameOf(row: SentExperimentRow, at: { item: number; variant: string }) {
  const ok = row.error === undefined
  const task: TaskFrame = {
    kind: 'task',
    item: at.item,
    case: row.itemId,
    variant: at.variant,
    repeat: row.repeat,
    ok,
    ...(ok ? { output: row.output ?? null } : { error: { kind: 'final', message: row.error ?? '' } }),
    ...(row.latencyMs !== undefined && { ms: row.latencyMs }),
    ...(row.costUsd !== undefined && { costUsd: row.costUsd }),
    ...(row.inputTokens !== undefined && { tokens: [row.inputTokens, row.outputTokens ?? 0] }),
    ...(row.cached && { cached: true as const }),
    ...(row.traceId !== undefined && { traceId: row.traceId }),
  }
  const scores = row.scores.map(({ key, metric = key, ...score }) => ({ key, metric, ...score }) as Score)
  return { task, scores, pass: row.pass }
}

/** A run that was made elsewhere. In pieces: the first makes it, the last says what it shows. */
export async function importRun(
  deps: ExperimentDeps,
  caller: Caller,
  wanted: Parsed<'experiments.import'>,
): Promise<Output<'experiments.import'>> {
  const { sql, now = () => new Date() } = deps
  const { projectId } = caller
  const id = await sql.transaction(async (session) => {
    const plan: StoredPlan = {
      variants: wanted.variants.map((variant) => ({ id: variant, model: null, parameters: {}, inline: null, prompt: null })),
      uses: [],
      metrics: wanted.metrics,
      http: null,
      judge: null,
      limits: null,
      gate: wanted.gate ?? null,
      cache: 'off',
      epoch: '',
      metadata: wanted.metadata,
    }
    const total = wanted.dataset.rows * wanted.variants.length * wanted.repeats
    await session.query(
      `insert into experiments (id, project_id, name, description, source, state, run, plan, dataset, dataset_version, dataset_hash, items,
         repeats, seed, progress, work, asked, sent, created_at, created_by, started_at)
       values ($1, $2, $3, $4, 'import', 'running', $5, $6, $7, null, $8, $9, $10, $11, $12, false, 0, false, $13, $14, $15)
       on conflict (project_id, run) where source = 'import' do nothing`,
      [
        newId('exp'),
        projectId,
        wanted.name,
        wanted.description,
        wanted.run,
        JSON.stringify(plan),
        wanted.dataset.name,
        wanted.dataset.hash,
        wanted.dataset.rows,
        wanted.repeats,
        wanted.seed,
        JSON.stringify({ ...NO_PROGRESS, total, judgeCostUsd: wanted.judgeCostUsd }),
        now(),
        caller.userId ?? caller.keyId ?? '',
        new Date(wanted.startedAt),
      ],
    )
    const [experiment] = await session.query<StoredExperiment>(
      `select ${COLUMNS} from experiments x where x.project_id = $1 and x.run = $2 and x.source = 'import' for update of x`,
      [projectId, wanted.run],
    )
    if (!experiment) throw new AppError('conflict', 'This run was just removed.', { hint: 'Send it again.' })
    const same = planOfStored(experiment)
    if (same.variants.map(({ id: one }) => one).join('\n') !== wanted.variants.join('\n') || experiment.items !== wanted.dataset.rows)
      throw new AppError('conflict', `There is another run ${wanted.run}, with other variants or items.`, {
        hint: 'A run is known by its id, and never changes.',
      })
    // A gate may have asked for more repeats since.
    if (wanted.repeats > experiment.repeats)
      await session.query('update experiments set repeats = $2 where id = $1', [experiment.id, wanted.repeats])
    const grown = { ...experiment, repeats: Math.max(experiment.repeats, wanted.repeats) }
    for (const { index } of wanted.items)
      if (index >= experiment.items)
        throw new AppError('invalid-request', `The run has ${experiment.items} items; ${index} is beyond them.`, {
          hint: 'Items are counted from 0.',
        })
    if (wanted.items.length > 0)
      await session.query(
        `insert into experiment_items (experiment_id, place, item_id, content, split, tags, cluster)
         select $1, r.place, r.id, r.content, null, r.tags, r.cluster from jsonb_to_recordset($2::text::jsonb)
           as r (place integer, id text, content text, tags jsonb, cluster text) on conflict do nothing`,
        [
          experiment.id,
          JSON.stringify(
            wanted.items.map(({ id: item, index, input, expected, tags, cluster }) => ({
              place: index,
              id: item,
              content: JSON.stringify({ input, expected }),
              tags,
              cluster: cluster ?? null,
            })),
          ),
        ],
      )
    await keepRows(session, grown, { rows: wanted.rows, plan: same, scored: true })
    await countSent(session, {
      ...grown,
      progress: JSON.stringify({ ...(JSON.parse(experiment.progress) as object), judgeCostUsd: wanted.judgeCostUsd }),
    })
    return experiment.id
  })
  if (wanted.finish) await finishNow(deps, projectId, id)
  const { state } = await getExperiment(sql, projectId, id)
  return { id, taken: wanted.rows.length, state, url: `${deps.publicUrl}/p/${projectId}/experiments/${id}` }
}

/** Says what the rows of an experiment show, where nobody else will. */
export async function finishNow({ sql, version, now = () => new Date() }: ExperimentDeps, projectId: string, id: string): Promise<void> {
  const experiment = await getExperiment(sql, projectId, id)
  const report = await reportNow(sql, experiment, { version })
  const { judgeCostUsd } = JSON.parse(experiment.progress) as { judgeCostUsd: number }
  const costUsd = report.costUsd === null ? null : report.costUsd - report.judgeCostUsd + judgeCostUsd
  await sql.query(
    `update experiments set state = 'done', report = $2, gate = $3, progress = $4, finished_at = coalesce(finished_at, $5) where id = $1`,
    [
      id,
      JSON.stringify({ ...report, costUsd, judgeCostUsd }),
      report.gate.outcome,
      JSON.stringify({
        ...NO_PROGRESS,
        total: report.rows.total,
        done: report.rows.reached,
        failed: report.calls.reduce((sum, { failed }) => sum + failed, 0),
        cached: report.rows.cached,
        taskCostUsd: costUsd === null ? null : costUsd - judgeCostUsd,
        judgeCostUsd,
      }),
      now(),
    ],
  )
}
