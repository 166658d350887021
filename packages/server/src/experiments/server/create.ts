import { createHash } from 'node:crypto'
import { AppError, allows, type Caller, canonicalJson, type NewExperiment } from '@signalbox/schema'
import { EvaluatorUse, type HttpTask } from '@signalbox/schema/experiment'
import { getDataset, readContent, standsIn, versionOf } from '../../datasets/rows.ts'
import { EVALUATOR_IDS } from '../../evaluators/registry.ts'
import { newId } from '../../lib/ids.ts'
import { seal } from '../../lib/secret-box.ts'
import type { SqlSession } from '../../store/ports.ts'
import { matrixOf, metricsOf, prepareAll } from '../native-plan.ts'
import type { ExperimentDeps } from './deps.ts'
import { resolvePrompt } from './prompt-use.ts'
import {
  getExperiment,
  NO_PROGRESS,
  planOfStored,
  type StoredMetric,
  type StoredPlan,
  type StoredUse,
  type StoredVariant,
  variantNamed,
} from './stored.ts'

/** More rows than this are better asked in several experiments. */
const MOST_ROWS = 500_000
const PAGE = 500

export type PromptTest = { prompt: string; version: number; against: number | null }

/** Makes an experiment of what was asked for, checks all of it before anything is paid, and lets it be begun. Answers its id. */
export async function createExperiment(
  deps: ExperimentDeps,
  caller: Caller,
  wanted: NewExperiment,
  { test }: { test?: PromptTest } = {},
): Promise<string> {
  const { sql, now = () => new Date() } = deps
  const { projectId } = caller
  const isFunction = wanted.task !== undefined && 'function' in wanted.task
  if (!isFunction && !allows(caller.permissions, 'gateway:call'))
    throw new AppError('permission-denied', 'An experiment calls models, which takes `gateway:call`.', {
      hint: 'Use a key or an account that may call, or send the rows of a function of yours.',
    })
  const variants = await variantsOf(sql, projectId, wanted)
  const { uses, metrics } = await evaluatorsOf(deps, projectId, wanted)
  if (uses.length === 0 && !isFunction)
    throw new AppError('invalid-request', 'No evaluator is named.', { hint: 'GET /api/v1/evaluators lists them.' })
  if (wanted.gate?.vs !== undefined && wanted.gate.vs !== 'baseline' && !variants.some(({ id }) => id === wanted.gate?.vs))
    throw new AppError('invalid-request', `gate.vs names ${JSON.stringify(wanted.gate.vs)}, which is no variant.`, {
      hint: `Write one of ${variants.map(({ id }) => id).join(', ')}, or "baseline".`,
    })
  const http = wanted.task !== undefined && 'http' in wanted.task ? wanted.task.http : null
  const plan: StoredPlan = {
    variants,
    uses: uses.map(hideUse),
    metrics,
    http: http && hideHeaders(http),
    judge: wanted.judge ?? null,
    limits: wanted.limits,
    gate: wanted.gate ?? null,
    cache: wanted.cache,
    epoch: wanted.epoch,
  }
  const secrets: Secrets = { http, uses }
  const id = newId('exp')
  const sealed = hasSecrets(secrets) ? seal(Buffer.from(JSON.stringify(secrets)), `${deps.masterKey}|${id}`).toString('base64') : null
  const definition: NewExperiment = {
    ...wanted,
    ...(http && { task: { http: hideHeaders(http) } }),
    evaluators: wanted.evaluators.map((use) => (typeof use === 'string' ? use : hideUse(use))),
  }
  await sql.transaction(async (session) => {
    const { dataset, version, items } = await itemsOf(session, projectId, wanted.dataset)
    if (items.length * variants.length * wanted.repeats > MOST_ROWS)
      throw new AppError('invalid-request', `${items.length * variants.length * wanted.repeats} rows are more than ${MOST_ROWS}.`, {
        hint: 'Take fewer items, variants or repeats.',
      })
    const hash = createHash('sha256')
      .update(canonicalJson(items.map(({ item_id, hash: of }) => [item_id, of])))
      .digest('hex')
    const baseline = await baselineFor(session, projectId, wanted)
    if (wanted.gate?.vs === 'baseline' && !baseline)
      throw new AppError('invalid-request', `Nothing is pinned for ${JSON.stringify(wanted.name)}.`, {
        hint: 'Pin a finished experiment with POST /api/v1/experiments/{id}/pin, or leave gate.vs out.',
      })
    const total = items.length * variants.length * wanted.repeats
    await session.query(
      `insert into experiments (id, project_id, name, description, source, state, run, definition, sealed, plan, dataset, dataset_version,
         dataset_hash, items, repeats, seed, progress, baseline_id, baseline_variant, work, asked, sent, created_at, created_by)
       values ($1, $2, $3, $4, $5, $6, $1, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, 0, false, $20, $21)`,
      [
        id,
        projectId,
        wanted.name,
        wanted.description,
        isFunction ? 'function' : 'server',
        isFunction ? 'running' : 'queued',
        JSON.stringify(definition),
        sealed,
        JSON.stringify(plan),
        dataset,
        version,
        hash,
        items.length,
        wanted.repeats,
        wanted.seed,
        JSON.stringify({ ...NO_PROGRESS, total }),
        baseline?.experimentId ?? null,
        baseline?.variant ?? null,
        !isFunction,
        now(),
        caller.userId ?? caller.keyId ?? '',
      ],
    )
    for (let at = 0; at < items.length; at += PAGE)
      await session.query(
        `insert into experiment_items (experiment_id, place, item_id, content, split, tags, cluster)
         select $1, r.place, r.id, r.content, r.split, r.tags, r.cluster from jsonb_to_recordset($2::text::jsonb)
           as r (place integer, id text, content text, split text, tags jsonb, cluster text)`,
        [id, JSON.stringify(items.slice(at, at + PAGE).map((item, index) => toCase(item, at + index)))],
      )
    await usePrompts(session, { id, projectId, variants })
    if (test)
      await session.query(
        'insert into prompt_tests (experiment_id, project_id, prompt, version, against, created_at) values ($1, $2, $3, $4, $5, $6)',
        [id, projectId, test.prompt, test.version, test.against, now()],
      )
  })
  return id
}

/** What of a plan nobody is shown, and the database only has sealed. */
export type Secrets = { http: HttpTask | null; uses: StoredUse[] }
const HIDDEN = '•••'
const masked = (headers: Record<string, string>) => Object.fromEntries(Object.keys(headers).map((name) => [name, HIDDEN]))
const hideHeaders = (task: HttpTask): HttpTask => ({ ...task, headers: masked(task.headers) })
const headersOf = ({ params }: StoredUse): Record<string, string> | undefined =>
  typeof params.headers === 'object' && params.headers !== null ? (params.headers as Record<string, string>) : undefined
const hideUse = <U extends StoredUse>(use: U): U => {
  const headers = headersOf(use)
  return headers ? { ...use, params: { ...use.params, headers: masked(headers) } } : use
}
const hasSecrets = ({ http, uses }: Secrets): boolean =>
  Object.keys(http?.headers ?? {}).length > 0 || uses.some((use) => Object.keys(headersOf(use) ?? {}).length > 0)

async function variantsOf(session: SqlSession, projectId: string, wanted: NewExperiment): Promise<StoredVariant[]> {
  const asked = wanted.task !== undefined || (wanted.prompts !== undefined && wanted.models === undefined)
  const made = matrixOf({ ...wanted, task: asked || undefined })
  const isModel = wanted.task === undefined
  return Promise.all(
    made.map(async ({ id, prompt, model, parameters }): Promise<StoredVariant> => {
      if (!isModel && (model !== undefined || prompt !== undefined))
        throw new AppError('invalid-request', `Variant "${id}" names a prompt or a model, and task names something else to ask.`, {
          hint: 'Leave one of them out.',
        })
      const stored = typeof prompt === 'object' && !Array.isArray(prompt) ? await resolvePrompt(session, projectId, prompt) : null
      if (isModel && model === undefined && stored?.route === null)
        throw new AppError('invalid-request', `Variant "${id}" names no model, and its prompt does not either.`, {
          hint: 'Write model: an alias or PROVIDER/MODEL.',
        })
      if (isModel && model === undefined && !stored)
        throw new AppError('invalid-request', `Variant "${id}" names no model.`, { hint: 'Write model: an alias or PROVIDER/MODEL.' })
      return {
        id,
        model: model ?? null,
        parameters,
        inline: typeof prompt === 'string' || Array.isArray(prompt) ? prompt : null,
        prompt: stored && { name: stored.name, version: stored.version, content: stored.content, variables: stored.variables },
      }
    }),
  )
}

async function evaluatorsOf(
  deps: ExperimentDeps,
  projectId: string,
  { evaluators }: NewExperiment,
): Promise<{ uses: StoredUse[]; metrics: StoredMetric[] }> {
  const uses = await Promise.all(
    evaluators.map(async (given): Promise<StoredUse> => {
      const use = typeof given === 'string' ? EvaluatorUse.parse({ id: given }) : given
      if (EVALUATOR_IDS.includes(use.id)) return use
      const found = await deps.storedEvaluator(projectId, use.id)
      if (found) return { ...use, name: use.name ?? use.id, stored: { name: use.id, version: found.version } }
      throw new AppError('invalid-request', `There is no evaluator ${JSON.stringify(use.id)}, built in or kept in this project.`, {
        hint: 'GET /api/v1/evaluators and GET /api/v1/stored-evaluators list them.',
      })
    }),
  )
  const prepared = await prepareAll(await Promise.all(uses.map((use) => openUse(deps, projectId, use))))
  await Promise.all(prepared.map(({ scorer }) => scorer.close()))
  return { uses, metrics: metricsOf(prepared) }
}

/** What runs in place of a name. */
export async function openUse(deps: ExperimentDeps, projectId: string, { stored, ...use }: StoredUse): Promise<EvaluatorUse> {
  if (!stored) return use
  const found = await deps.storedEvaluator(projectId, stored.name, stored.version)
  if (!found) throw new AppError('not-found', `The evaluator ${JSON.stringify(stored.name)} is no longer there.`)
  return { ...use, id: found.evaluator, name: use.name ?? stored.name, params: { ...found.params, ...use.params } }
}

type Item = { item_id: string; hash: string; content: string; split: string | null; tags: string[] }

async function itemsOf(session: SqlSession, projectId: string, { name, split, tags, ids, first, ...wanted }: NewExperiment['dataset']) {
  const dataset = await getDataset(session, projectId, name)
  const version = versionOf(dataset, wanted.version)
  const items = await session.query<Item>(
    `select i.item_id, i.hash, i.content, i.split, i.tags from dataset_items i where i.dataset_id = $1 and ${standsIn('$2')}
       and ($3::text is null or i.split = $3) and ($3::text = 'holdout' or i.split is distinct from 'holdout')
       and ($4::text is null or i.tags @> $4::text::jsonb) and ($5::text is null or i.item_id in (select jsonb_array_elements_text($5::text::jsonb)))
     order by i.position limit $6`,
    [dataset.id, version, split ?? null, tags ? JSON.stringify(tags) : null, ids ? JSON.stringify(ids) : null, first ?? MOST_ROWS + 1],
  )
  if (items.length === 0)
    throw new AppError('invalid-request', `Version ${version} of the dataset ${JSON.stringify(name)} has no such items.`, {
      hint: 'Add items, or take another split or other tags. The holdout is only taken with split: "holdout".',
    })
  return { dataset: dataset.name, version, items }
}

function toCase({ item_id, content, split, tags }: Item, place: number) {
  const { input, expected, context, metadata } = readContent(content)
  const cluster = metadata.cluster
  return {
    place,
    id: item_id,
    content: JSON.stringify({ input, expected, context, metadata }),
    split,
    tags,
    cluster: cluster === undefined || cluster === null ? null : String(cluster),
  }
}

/** What is named, else what is pinned for the name. A variant of another experiment must be there, and have rows. */
async function baselineFor(
  session: SqlSession,
  projectId: string,
  { name, baseline, gate }: NewExperiment,
): Promise<{ experimentId: string; variant: string } | undefined> {
  if (baseline) {
    const other = await getExperiment(session, projectId, baseline.experimentId)
    const plan = planOfStored(other)
    return { experimentId: other.id, variant: plan.variants[variantNamed(plan, baseline.variant)]?.id ?? '' }
  }
  if (gate?.vs !== undefined && gate.vs !== 'baseline') return undefined
  const [pinned] = await session.query<{ experiment_id: string; variant: string }>(
    'select experiment_id, variant from experiment_baselines where project_id = $1 and name = $2',
    [projectId, name],
  )
  return pinned && { experimentId: pinned.experiment_id, variant: pinned.variant }
}

/** So that the experiments of a prompt are found. */
async function usePrompts(
  session: SqlSession,
  { id, projectId, variants }: { id: string; projectId: string; variants: readonly StoredVariant[] },
): Promise<void> {
  const used = new Map(variants.flatMap(({ prompt }) => (prompt ? [[`${prompt.name}@${prompt.version}`, prompt] as const] : [])))
  for (const { name, version } of used.values())
    await session.query('insert into experiment_prompts (experiment_id, project_id, prompt, version) values ($1, $2, $3, $4)', [
      id,
      projectId,
      name,
      version,
    ])
}
