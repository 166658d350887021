import { AppError } from '@signalbox/schema'
import { unseal } from '../../lib/secret-box.ts'
import { compile, type PreparedUse, planOf, prepareAll } from '../native-plan.ts'
import type { CaseSource, EvalCase, Plan, TaskRequest, Variant } from '../plan.ts'
import { isConversation } from './cases.ts'
import { openUse, type Secrets } from './create.ts'
import type { ExperimentDeps, ServerTasks } from './deps.ts'
import { planOfStored, type StoredExperiment, type StoredVariant } from './stored.ts'

/** What an experiment does, as the one runner takes it. */
export async function serverPlan(
  deps: ExperimentDeps,
  experiment: StoredExperiment,
  { cases, tasks }: { cases: CaseSource; tasks: ServerTasks },
): Promise<Plan> {
  const stored = planOfStored(experiment)
  const secrets = opened(experiment, deps.masterKey)
  const http = secrets?.http ?? stored.http
  const uses = secrets?.uses ?? stored.uses
  const prepared = await prepareAll(await Promise.all(uses.map((use) => openUse(deps, experiment.project_id, use))))
  const variants = stored.variants.map((variant): Variant => {
    const { id, inline, model, parameters, prompt } = variant
    if (experiment.source === 'function') return sentVariant(id)
    if (prompt) return promptVariant(variant, prompt, tasks)
    return compile(
      { id, parameters, ...(inline !== null && { prompt: inline }), ...(model !== null && { model }) },
      { file: http ? { task: { http } } : {}, folder: '', tasks },
    )
  })
  const { name, repeats, seed } = experiment
  const advisory = await judgesBelowTheirBar(deps, experiment.project_id, prepared)
  const weighed = prepared.map((one) => (advisory.has(one.metric) ? withoutWeight(one) : one))
  const plan = planOf(
    { name, repeats, seed, epoch: stored.epoch, judge: stored.judge ?? undefined },
    { prepared: weighed, cases, variants },
  )
  return { ...plan, advisory }
}

/** By metric, with the reason. One that was never held against people is none of them. */
async function judgesBelowTheirBar(
  deps: ExperimentDeps,
  projectId: string,
  prepared: readonly PreparedUse[],
): Promise<Map<string, string>> {
  const below = new Map<string, string>()
  for (const { metric, scorer } of prepared) {
    if (!scorer.info.costed) continue
    const { mayBlock, why } = await deps.judgeStanding(projectId, metric)
    if (!mayBlock) below.set(metric, why)
  }
  return below
}

/** Shown, and never a reason for a row to fail. */
const withoutWeight = ({ check, checkFor, ...use }: PreparedUse): PreparedUse => ({
  ...use,
  check: { ...check, weight: 0 },
  checkFor: checkFor && ((one) => ({ ...checkFor(one), weight: 0 })),
})

function opened({ id, sealed }: StoredExperiment, masterKey: string): Secrets | undefined {
  if (sealed === null) return undefined
  const bytes = unseal(Buffer.from(sealed, 'base64'), `${masterKey}|${id}`)
  if (!bytes)
    throw new AppError('conflict', 'The headers of this experiment were sealed with another master key.', { hint: 'Make it again.' })
  return JSON.parse(bytes.toString('utf8')) as Secrets
}

/** A prompt of the registry: the gateway renders it, as it does for apps. */
function promptVariant(
  { id, model, parameters }: StoredVariant,
  prompt: NonNullable<StoredVariant['prompt']>,
  tasks: ServerTasks,
): Variant {
  const ref = `${prompt.name}@${prompt.version}`
  const task = tasks.model(model ?? `prompt:${ref}`)
  return {
    id,
    task: { ...task, identity: { ...(task.identity as object), content: prompt.content } },
    identity: { id, prompt: ref, content: prompt.content, model, parameters },
    request: (one) => ({ ...(model !== null && { prompt: ref }), ...filled(one, prompt), ...parameters }),
  }
}

/** An object is the variables; a conversation comes behind the prompt; a text goes where the prompt has one place for it. */
function filled({ vars }: EvalCase, { name, variables }: NonNullable<StoredVariant['prompt']>): TaskRequest {
  const { input } = vars
  if (isConversation(input)) return { messages: input }
  if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { variables: input }
  const place = variables.includes('input') ? 'input' : variables.length === 1 ? variables[0] : undefined
  if (place !== undefined) return { variables: { [place]: input } }
  if (variables.length > 0)
    throw new Error(
      `The input is one text, and the prompt ${name} has the variables ${variables.join(', ')}. Make the input an object with these.`,
    )
  return { messages: [{ role: 'user', content: input }] }
}

/** Its rows come from elsewhere: it is never asked. */
const sentVariant = (id: string): Variant => ({
  id,
  identity: { id, function: true },
  task: {
    lane: 'sent',
    identity: { function: id },
    call: () => {
      throw new Error('The rows of a function are sent.')
    },
  },
  request: () => ({}),
})
