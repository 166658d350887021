import type { ExperimentReport } from '@signalbox/schema'
import { Gate } from '@signalbox/schema/experiment'
import type { Sql } from '../../store/ports.ts'
import type { Baseline } from '../baseline.ts'
import type { CaseSource, Plan, Variant } from '../plan.ts'
import { buildReport } from '../report/build.ts'
import { rowScores } from '../report/pairs.ts'
import type { Table } from '../report/table.ts'
import { plainCases } from './cases.ts'
import { tableOf } from './sql-rows.ts'
import { findExperiment, planOfStored, type StoredExperiment, type StoredPlan, variantNamed } from './stored.ts'

export const numbersOf = ({ items }: StoredExperiment, { variants }: StoredPlan) => ({ cases: items, variants: variants.length })

/** How many repeats the rows have: the gate may have asked for more than the definition. */
export async function repeatsOf(sql: Pick<Sql, 'query'>, experiment: StoredExperiment): Promise<number> {
  const { cases, variants } = numbersOf(experiment, planOfStored(experiment))
  const [row] = await sql.query<{ last: number | null }>('select max(item) as last from experiment_rows where experiment_id = $1', [
    experiment.id,
  ])
  if (row?.last === null || row?.last === undefined || cases * variants === 0) return experiment.repeats
  return Math.max(experiment.repeats, Math.floor(row.last / (cases * variants)) + 1)
}

/** As far as reports need a plan: nobody can be asked by it. */
export function plainPlan(experiment: StoredExperiment, cases: CaseSource): Plan {
  const stored = planOfStored(experiment)
  const metrics = new Map(stored.metrics.map((one) => [one.metric, one]))
  const nobody = { lane: '', identity: null, call: () => Promise.reject(new Error('A report asks nobody.')) }
  return {
    name: experiment.name,
    cases,
    variants: stored.variants.map(({ id }): Variant => ({ id, task: nobody, identity: null, request: () => ({}) })),
    repeats: experiment.repeats,
    seed: experiment.seed,
    epoch: stored.epoch,
    checks: () => [],
    verdict: () => ({ pass: null, score: null }),
    identity: null,
    higherIsBetter: (metric) => metrics.get(metric)?.higherIsBetter ?? true,
    versionOf: (metric) => metrics.get(metric)?.version ?? '',
    close: async () => {},
  }
}

export type Loaded = { experiment: StoredExperiment; plan: Plan; table: Table; repeats: number }

/** An experiment with all its scores. */
export async function loadTable(sql: Sql, experiment: StoredExperiment): Promise<Loaded> {
  const repeats = await repeatsOf(sql, experiment)
  const cases = await plainCases(sql, { id: experiment.id, hash: experiment.dataset_hash })
  const table = await tableOf(sql, experiment.id, { numbers: numbersOf(experiment, planOfStored(experiment)), repeats })
  return { experiment, plan: plainPlan(experiment, cases), table, repeats }
}

/** The scores of what an experiment is held against, in the shape of a pinned file. */
export async function baselineOfExperiment(
  sql: Sql,
  { project_id, baseline_id, baseline_variant }: StoredExperiment,
): Promise<Baseline | undefined> {
  if (baseline_id === null) return undefined
  const found = await findExperiment(sql, project_id, baseline_id)
  return found && baselineAt(await loadTable(sql, found), baseline_variant ?? undefined)
}

export function baselineAt({ experiment, plan, table }: Loaded, wanted: string | undefined): Baseline {
  const stored = planOfStored(experiment)
  const variant = variantNamed(stored, wanted)
  const metrics = [...table.metrics.keys()].map((metric) => [
    metric,
    {
      version: plan.versionOf(metric),
      rows: Object.fromEntries(
        [...rowScores(table, metric, variant)].map(([index, { mean, n, flaky }]) => [
          plan.cases.idAt(index),
          [mean, n, flaky ? 1 : 0] as [number, number, 0 | 1],
        ]),
      ),
    },
  ])
  return {
    format: 1,
    name: experiment.name,
    variant: stored.variants[variant]?.id ?? '',
    run: experiment.id,
    pinnedAt: experiment.created_at.toISOString(),
    metrics: Object.fromEntries(metrics) as Baseline['metrics'],
  }
}

/** What the rows of an experiment show now. */
export async function reportNow(sql: Sql, experiment: StoredExperiment, { version }: { version: string }): Promise<ExperimentReport> {
  const { plan, table, repeats } = await loadTable(sql, experiment)
  const gate = planOfStored(experiment).gate
  return buildReport({
    plan,
    table,
    run: {
      kind: 'run',
      format: 1,
      id: experiment.id,
      name: experiment.name,
      startedAt: (experiment.started_at ?? experiment.created_at).toISOString(),
      manifest: {},
    },
    repeats,
    gate: gate === null ? undefined : Gate.parse(gate),
    baseline: await baselineOfExperiment(sql, experiment),
    stopped: experiment.why ?? undefined,
    version,
    passRate: 1,
  })
}
