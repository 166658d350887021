import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { canonicalJson } from '@signalbox/schema/canonical-json'
import { AppError } from '@signalbox/schema/errors'
import type { EvalFile, EvaluatorUse, PromptContent } from '@signalbox/schema/experiment'
import { prepareScorer, type Scorer } from '../evaluators/registry.ts'
import { openDataset } from './data/cases.ts'
import type { CaseSource, Check, EvalCase, Plan, Task, TaskRequest, Variant } from './plan.ts'
import { ROW } from './report/table.ts'
import { fill, fillAll, hasFields } from './template.ts'
import { verdictOf } from './verdict.ts'

/** Who is asked for a model; made by the program, which knows the providers. */
export type TaskMaker = { model(name: string): Task; http(task: NonNullable<EvalFile['task']>['http']): Task }

/** `signalbox.eval.yaml` as what is to be done. Opens the dataset and loads the evaluators; asks nobody yet. */
export async function nativePlan(file: EvalFile, { folder, tasks }: { folder: string; tasks: TaskMaker }): Promise<Plan> {
  const prepared = await prepareAll(file.evaluators)
  return planOf(file, {
    prepared,
    cases: openDataset(file.dataset, folder),
    variants: matrixOf(file).map((variant) => compile(variant, { file, folder, tasks })),
  })
}

/** Evaluators, ready to be used; each name once. */
export async function prepareAll(evaluators: EvalFile['evaluators']): Promise<PreparedUse[]> {
  const uses = evaluators.map((use): EvaluatorUse => (typeof use === 'string' ? { id: use, params: {}, weight: 1 } : use))
  const names = new Set<string>()
  for (const { id, name = id } of uses) {
    if (names.has(name))
      throw new AppError('invalid-request', `Two evaluators are called "${name}".`, { hint: 'Give one of them another name.' })
    names.add(name)
  }
  return Promise.all(uses.map(prepare))
}

/** What a run does, wherever its cases come from and whoever is asked. */
export function planOf(
  { name, repeats, seed, epoch, judge }: Pick<EvalFile, 'name' | 'repeats' | 'seed' | 'epoch' | 'judge'>,
  { prepared, cases, variants }: { prepared: readonly PreparedUse[]; cases: CaseSource; variants: readonly Variant[] },
): Plan {
  const metrics = new Map(metricsOf(prepared).map((one) => [one.metric, one]))
  const fixed = prepared.every(({ checkFor }) => checkFor === undefined) ? prepared.map(({ check }) => check) : undefined
  return {
    name,
    cases,
    variants,
    repeats,
    seed,
    epoch,
    checks: (one) => fixed ?? prepared.map(({ check, checkFor }) => checkFor?.(one) ?? check),
    verdict: (_, scores) => verdictOf(scores),
    identity: { evaluators: prepared.map(({ identity }) => identity), judge: judge ?? null },
    higherIsBetter: (metric) => metrics.get(metric)?.higherIsBetter ?? true,
    versionOf: (metric) => (metrics.get(metric) ?? metrics.get(ROW))?.version ?? '',
    close: async () => {
      cases.close()
      await Promise.all(prepared.map(({ scorer }) => scorer.close()))
    },
  }
}

/** Each metric with the version of what works it out: two versions are not compared. `pass` is made of all of them. */
export const metricsOf = (prepared: readonly PreparedUse[]): { metric: string; version: string; higherIsBetter: boolean }[] => [
  ...prepared.map(({ metric, identity, scorer }) => ({
    metric,
    version: shortHash(identity),
    higherIsBetter: scorer.info.higherIsBetter,
  })),
  { metric: ROW, version: shortHash(prepared.map(({ identity }) => identity)), higherIsBetter: true },
]

const shortHash = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16)

export type PreparedUse = {
  metric: string
  scorer: Scorer
  check: Check
  checkFor: ((one: EvalCase) => Check) | undefined
  identity: unknown
}

async function prepare({ id, name = id, params, weight, threshold }: EvaluatorUse): Promise<PreparedUse> {
  const varies = hasFields(params)
  // What the fields become is known row by row; here it is whether the rest of the parameters is right.
  const scorer = varies ? await prepareScorer(id, params).catch(() => prepareScorer(id)) : await prepareScorer(id, params)
  const checkOf = (run: Check['run']): Check => ({
    metric: name,
    key: name,
    weight,
    costed: scorer.info.costed,
    higherIsBetter: scorer.info.higherIsBetter,
    run: threshold === undefined ? run : withThreshold(run, { threshold, higherIsBetter: scorer.info.higherIsBetter }),
  })
  const check = checkOf((row, env) => scorer.evaluate(row, env))
  const checkFor = (one: EvalCase): Check =>
    checkOf(async (row, env) => {
      const own = await prepareScorer(id, fillAll(params, one.vars))
      try {
        return await own.evaluate(row, env)
      } finally {
        await own.close()
      }
    })
  const version = varies ? { template: params, definition: scorer.info.id } : scorer.version
  return {
    metric: name,
    scorer,
    check,
    checkFor: varies ? checkFor : undefined,
    identity: { id, name, version, weight, threshold: threshold ?? null },
  }
}

const withThreshold =
  (run: Check['run'], { threshold, higherIsBetter }: { threshold: number; higherIsBetter: boolean }): Check['run'] =>
  (row, env) => {
    const judged = (outcome: Awaited<ReturnType<Check['run']>>) =>
      outcome.status === 'scored' ? { ...outcome, pass: higherIsBetter ? outcome.score >= threshold : outcome.score <= threshold } : outcome
    const outcome = run(row, env)
    return outcome instanceof Promise ? outcome.then(judged) : judged(outcome)
  }

type Matrix<P> = {
  variants?: OneVariant<P>[] | undefined
  prompts?: Record<string, P> | undefined
  models?: string[] | undefined
  parameters?: Record<string, Record<string, unknown>> | undefined
  task?: unknown
}
type OneVariant<P> = { id: string; prompt?: P | undefined; model?: string | undefined; parameters: Record<string, unknown> }

/** Those that are named, or every prompt with every model and every set of parameters. */
export function matrixOf<P>({ variants, prompts, models, parameters, task }: Matrix<P>): OneVariant<P>[] {
  if (variants) {
    if (prompts || models || parameters)
      throw new AppError('invalid-request', 'variants stands beside prompts, models or parameters.', {
        hint: 'Write either the variants one by one, or what they are put together from.',
      })
    const twice = variants.find(({ id }, at) => variants.findIndex((other) => other.id === id) !== at)
    if (twice) throw new AppError('invalid-request', `Two variants are called "${twice.id}".`, { hint: 'Give one of them another id.' })
    return variants
  }
  if (!models && !task)
    throw new AppError('invalid-request', 'Nothing says what is asked.', {
      hint: 'Write variants, or models (and prompts), or task: { http: … }.',
    })
  const sets = Object.entries(parameters ?? { '': {} })
  return Object.entries<P | undefined>(prompts ?? { '': undefined }).flatMap(([prompt, content]) =>
    (models ?? [undefined]).flatMap((model) =>
      sets.map(([set, values]) => ({
        id: [prompt, model, set].filter(Boolean).join(' / ') || 'task',
        ...(content !== undefined && { prompt: content }),
        ...(model !== undefined && { model }),
        parameters: values,
      })),
    ),
  )
}

type Compiling = { file: Pick<EvalFile, 'task' | 'gateway'>; folder: string; tasks: TaskMaker }

export function compile({ id, prompt, model, parameters }: OneVariant<PromptContent>, { file, folder, tasks }: Compiling): Variant {
  if (file.task) {
    if (model !== undefined)
      throw new AppError('invalid-request', `Variant "${id}" names a model, and task names something else to ask.`, {
        hint: 'Leave one of them out.',
      })
    const { body } = file.task.http
    const request = (one: EvalCase): TaskRequest => ({
      body: body === undefined ? one.vars : fillAll(body, { ...parameters, ...one.vars }),
      vars: one.vars,
    })
    return {
      id,
      task: tasks.http(file.task.http),
      request,
      identity: { id, http: { ...file.task.http, headers: Object.keys(file.task.http.headers) }, parameters },
    }
  }
  if (model === undefined)
    throw new AppError('invalid-request', `Variant "${id}" names no model.`, { hint: 'Write model: PROVIDER/MODEL.' })
  const content = prompt === undefined ? undefined : contentOf(prompt, folder)
  return {
    id,
    task: tasks.model(model),
    request: (one) => ({ messages: messagesFor(content, one), ...parameters }),
    identity: { id, content: content ?? null, model, parameters, gateway: file.gateway?.baseUrl ?? null },
  }
}

function messagesFor(content: string | readonly object[] | undefined, one: EvalCase): unknown {
  if (typeof content === 'string') return [{ role: 'user', content: fill(content, one.vars) }]
  if (content !== undefined) return fillAll(content, one.vars)
  const { input } = one.vars
  if (typeof input === 'string') return [{ role: 'user', content: input }]
  if (Array.isArray(input)) return input
  throw new Error(`The row has no "input" that could be sent, and the variant has no prompt.`)
}

function contentOf(prompt: PromptContent, folder: string): string | readonly object[] {
  if (typeof prompt === 'string' || Array.isArray(prompt)) return prompt
  const { file } = prompt
  const text = readText(isAbsolute(file) ? file : join(folder, file))
  if (!file.endsWith('.json')) return text.replace(/\n$/, '')
  try {
    const messages: unknown = JSON.parse(text)
    if (Array.isArray(messages)) return messages as object[]
  } catch (cause) {
    throw new AppError('invalid-request', `${file} is not JSON: ${(cause as Error).message}`, { cause })
  }
  throw new AppError('invalid-request', `${file} is not a list of messages.`, { hint: 'Write [{ "role": "user", "content": "…" }].' })
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new AppError('invalid-request', `${file} cannot be read (${(cause as NodeJS.ErrnoException).code}).`, {
      hint: 'Paths are relative to the file that names them.',
      cause,
    })
  }
}
