import {
  AppError,
  type BaselineRow,
  type ExperimentDetail,
  type ExperimentProgress,
  type ExperimentReport,
  type ExperimentSource,
  type ExperimentState,
  type ExperimentSummary,
  type NewExperiment,
} from '@signalbox/schema'
import type { EvalFile, EvalLimits, EvaluatorUse, Gate, HttpTask, PromptContent } from '@signalbox/schema/experiment'
import type { SqlSession } from '../../store/ports.ts'

/** A variant as it was made ready: a label of a prompt has become a version. */
export type StoredVariant = {
  id: string
  model: string | null
  parameters: Record<string, unknown>
  inline: Exclude<PromptContent, { file: string }> | null
  /** `content`: hash of what it says with its fragments, so that an answer is only used again for the same text. */
  prompt: { name: string; version: number; content: string; variables: string[] } | null
}
/** An evaluator by its id; or one that is kept under a name, in a version. */
export type StoredUse = EvaluatorUse & { stored?: { name: string; version: number } }
/** Of a metric: which version of its evaluator, and whether more is better. */
export type StoredMetric = { metric: string; version: string; higherIsBetter: boolean }

/** What an experiment was made into. Of a run that was imported there is no more than its variants and metrics. */
export type StoredPlan = {
  variants: StoredVariant[]
  uses: StoredUse[]
  metrics: StoredMetric[]
  http: HttpTask | null
  judge: EvalFile['judge'] | null
  limits: EvalLimits | null
  gate: Gate | null
  cache: NewExperiment['cache']
  epoch: string
  /** Of what was imported: the rest has a definition that holds them. */
  metadata?: NewExperiment['metadata']
}

export type StoredExperiment = {
  id: string
  project_id: string
  name: string
  description: string
  source: ExperimentSource
  state: ExperimentState
  why: string | null
  run: string
  definition: string | null
  sealed: string | null
  plan: string
  dataset: string
  dataset_version: number | null
  dataset_hash: string
  items: number
  repeats: number
  seed: number
  progress: string
  report: string | null
  gate: string | null
  baseline_id: string | null
  baseline_variant: string | null
  work: boolean
  asked: number
  sent: boolean
  retry: boolean
  created_at: Date
  started_at: Date | null
  finished_at: Date | null
  by: string | null
  pinned: { name: string; variant: string }[]
  prompts: { name: string; version: number }[]
}

/** The name of who did something, for people. */
export const nameOf = (column: string): string =>
  `coalesce((select email from accounts where accounts.id = ${column}), (select name from keys where keys.id = ${column}))`

export const COLUMNS = `x.id, x.project_id, x.name, x.description, x.source, x.state, x.why, x.run, x.definition, x.sealed, x.plan, x.dataset,
  x.dataset_version, x.dataset_hash, x.items, x.repeats, x.seed, x.progress, x.report, x.gate, x.baseline_id, x.baseline_variant, x.work,
  x.asked, x.sent, x.retry, x.created_at, x.started_at, x.finished_at, ${nameOf('x.created_by')} as by,
  (select coalesce(json_agg(json_build_object('name', b.name, 'variant', b.variant) order by b.name), '[]')
    from experiment_baselines b where b.experiment_id = x.id) as pinned,
  (select coalesce(json_agg(json_build_object('name', p.prompt, 'version', p.version) order by p.prompt, p.version), '[]')
    from experiment_prompts p where p.experiment_id = x.id) as prompts`

export async function findExperiment(session: SqlSession, projectId: string, id: string): Promise<StoredExperiment | undefined> {
  const [found] = await session.query<StoredExperiment>(`select ${COLUMNS} from experiments x where x.project_id = $1 and x.id = $2`, [
    projectId,
    id,
  ])
  return found
}

export async function getExperiment(session: SqlSession, projectId: string, id: string): Promise<StoredExperiment> {
  const found = await findExperiment(session, projectId, id)
  if (!found) throw new AppError('not-found', `There is no experiment ${id}.`, { hint: 'List them with GET /api/v1/experiments.' })
  return found
}

/** What is in the database was checked on its way in. */
export const planOfStored = ({ plan }: Pick<StoredExperiment, 'plan'>): StoredPlan => JSON.parse(plan) as StoredPlan
export const reportOf = ({ report }: Pick<StoredExperiment, 'report'>): ExperimentReport | null =>
  report === null ? null : (JSON.parse(report) as ExperimentReport)
export const iso = (at: Date): string => new Date(at).toISOString()

export const NO_PROGRESS: ExperimentProgress = {
  total: 0,
  done: 0,
  failed: 0,
  cached: 0,
  taskCostUsd: 0,
  judgeCostUsd: 0,
  etaSeconds: null,
}

export function toSummary(one: StoredExperiment): ExperimentSummary {
  const progress = { ...NO_PROGRESS, ...(JSON.parse(one.progress) as Partial<ExperimentProgress>) }
  return {
    id: one.id,
    name: one.name,
    source: one.source,
    state: one.state,
    why: one.why,
    dataset: { name: one.dataset, version: one.dataset_version, rows: one.items },
    prompts: one.prompts,
    variants: planOfStored(one).variants.map(({ id }) => id),
    repeats: one.repeats,
    progress: one.state === 'running' ? progress : { ...progress, etaSeconds: null },
    metrics: reportOf(one)?.metrics ?? [],
    gate: one.gate as ExperimentSummary['gate'],
    pinned: one.pinned,
    createdAt: iso(one.created_at),
    createdBy: one.by,
    startedAt: one.started_at && iso(one.started_at),
    finishedAt: one.finished_at && iso(one.finished_at),
  }
}

export function toDetail(one: StoredExperiment): ExperimentDetail {
  const definition = one.definition === null ? null : (JSON.parse(one.definition) as NewExperiment)
  return {
    ...toSummary(one),
    definition,
    metadata: definition?.metadata ?? planOfStored(one).metadata ?? {},
    baseline:
      one.baseline_id === null
        ? null
        : { experimentId: one.baseline_id, ...(one.baseline_variant !== null && { variant: one.baseline_variant }) },
    report: reportOf(one),
  }
}

export type StoredBaseline = { name: string; experiment_id: string; variant: string; pinned_at: Date; by: string | null; why: string }
export const toBaseline = ({ name, experiment_id, variant, pinned_at, by, why }: StoredBaseline): BaselineRow => ({
  name,
  experimentId: experiment_id,
  variant,
  pinnedAt: iso(pinned_at),
  pinnedBy: by,
  why,
})

/** The variant that is meant; the only one where none is named. */
export function variantNamed({ variants }: StoredPlan, wanted: string | undefined, more: { not?: string } = {}): number {
  const ids = variants.map(({ id }) => id)
  const left = ids.filter((id) => id !== more.not)
  const name = wanted ?? (left.length === 1 ? left[0] : undefined)
  const found = name === undefined ? -1 : ids.indexOf(name)
  if (found !== -1) return found
  throw new AppError(
    wanted === undefined ? 'invalid-request' : 'not-found',
    wanted === undefined ? 'There are several variants.' : `There is no variant ${JSON.stringify(wanted)}.`,
    { hint: `Name one of: ${ids.join(', ')}.` },
  )
}
