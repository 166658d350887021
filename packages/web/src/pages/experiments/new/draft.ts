import { type ExperimentDetail, NewExperiment } from '@signalbox/schema'
import type { Input } from '@signalbox/sdk'
import { type Problems, problemsOf } from '../../../ui/save-form.tsx'
import { matrixOf } from './matrix.ts'

export type DraftEvaluator = { key: number; id: string; name: string; params: string; shownOnly: boolean }
export type DraftRule = { key: number; metric: string; rule: 'noninferior' | 'better' | 'min'; amount: string }
/** What is typed, as it is typed. */
export type Draft = {
  name: string
  dataset: string
  version: string
  split: string
  tag: string
  first: string
  task: 'prompt' | 'model' | 'http' | 'json'
  prompt: string
  versions: number[]
  models: string[]
  parameters: { key: number; name: string; values: string }[]
  url: string
  output: string
  /** Variants in the words of the API, for what the other ways cannot say. */
  json: string
  repeats: string
  evaluators: DraftEvaluator[]
  judge: string
  vs: string
  rules: DraftRule[]
  budget: string
}

export const EMPTY: Draft = {
  name: '',
  dataset: '',
  version: '',
  split: '',
  tag: '',
  first: '',
  task: 'prompt',
  prompt: '',
  versions: [],
  models: [],
  parameters: [],
  url: '',
  output: '',
  json: '',
  repeats: '1',
  evaluators: [],
  judge: '',
  vs: '',
  rules: [],
  budget: '',
}

type Sent = Input<'experiments.create'>
type Variant = NonNullable<Sent['variants']>[number]

/** What is asked: one variant for each combination. Nothing where what is typed is no JSON. */
export function variantsOf(draft: Draft): Variant[] {
  const { task, prompt } = draft
  if (task === 'http') return [{ id: 'endpoint' }]
  if (task === 'json') return (readJson(draft.json) as Variant[] | undefined) ?? []
  const parameters = draft.parameters.flatMap(({ name, values }) => {
    const read = readJson(values === '' ? '{}' : values)
    return isObject(read) ? [{ name: name.trim() || values, values: read }] : []
  })
  const models = draft.models.map((model) => model.trim()).filter(Boolean)
  const versions = task === 'prompt' ? draft.versions : []
  if (task === 'prompt' ? versions.length === 0 : models.length === 0) return []
  return matrixOf({ versions, models, parameters }).map(({ id, version, model, parameters: values }) => ({
    id,
    ...(version !== undefined && { prompt: { name: prompt, version } }),
    ...(model !== undefined && { model }),
    ...(values !== undefined && { parameters: values as Record<string, string> }),
  }))
}

/** The draft in the words of the API, or what is wrong with it by the field it stands in. */
export function readDraft(draft: Draft): { sent: Sent; problems?: never } | { problems: Problems; sent?: never } {
  const problems: Record<string, string> = {}
  const variants = variantsOf(draft)
  if (draft.dataset.trim() === '') problems.dataset = 'Choose the dataset whose items are asked'
  if (draft.task === 'prompt' && draft.prompt === '') problems.prompt = 'Choose a prompt'
  else if (draft.task === 'prompt' && draft.versions.length === 0)
    problems.versions = 'Choose at least one version; two or more are compared'
  if (draft.task === 'model' && variants.length === 0) problems.models = 'Name at least one model'
  if (draft.task === 'json' && variants.length === 0) problems.json = 'A list of variants as JSON: [{ "id": "a", "model": "…" }]'
  for (const { key, values } of draft.parameters) {
    if (!isObject(readJson(values === '' ? '{}' : values))) problems[`parameters.${key}`] = 'Write an object in JSON: { "temperature": 0 }'
  }
  for (const { key, params } of draft.evaluators) {
    if (!isObject(readJson(params === '' ? '{}' : params))) problems[`evaluators.${key}`] = 'Write the parameters as an object in JSON'
  }
  if (draft.evaluators.length === 0) problems.evaluators = 'Choose at least one evaluator: without, there is nothing to compare'
  for (const { key, amount, rule } of draft.rules) {
    if (rule === 'min' ? numberOf(amount) === undefined : amount !== '' && numberOf(amount) === undefined)
      problems[`rules.${key}`] = 'Write a number'
  }
  if (draft.budget !== '' && !((numberOf(draft.budget) ?? 0) > 0)) problems.budget = 'An amount in USD above 0, or empty'
  if (Object.keys(problems).length > 0) return { problems }
  const sent = {
    name: draft.name.trim() || usualName(draft),
    dataset: {
      name: draft.dataset.trim(),
      ...(draft.version !== '' && { version: Number(draft.version) }),
      ...(draft.split !== '' && { split: draft.split }),
      ...(draft.tag.trim() !== '' && { tags: [draft.tag.trim()] }),
      ...(draft.first !== '' && { first: Number(draft.first) }),
    },
    ...(draft.task === 'http' && {
      task: { http: { url: draft.url.trim(), ...(draft.output.trim() !== '' && { output: draft.output.trim() }) } },
    }),
    variants,
    repeats: Number(draft.repeats),
    evaluators: draft.evaluators.map(({ id, name, params, shownOnly }) => ({
      id,
      ...(name.trim() !== '' && { name: name.trim() }),
      params: readJson(params === '' ? '{}' : params) as Record<string, unknown>,
      ...(shownOnly && { weight: 0 }),
    })),
    ...(draft.judge.trim() !== '' && { judge: { model: draft.judge.trim() } }),
    ...(draft.budget !== '' && { limits: { costUsd: Number(draft.budget) } }),
    ...gateOf(draft),
  }
  const { error } = NewExperiment.safeParse(sent)
  return error ? { problems: fieldsOf(problemsOf(error)) } : { sent: sent as Sent }
}

/** Without a variant to hold it against, rules are about the pinned baseline. */
function gateOf({ vs, rules }: Draft) {
  if (vs === '' && rules.length === 0) return {}
  return {
    gate: {
      ...(vs !== '' && { vs }),
      rules: rules.map(({ metric, rule, amount }) => ({
        metric,
        rule,
        ...(rule === 'min' && { value: Number(amount) }),
        ...(rule === 'noninferior' && amount !== '' && { margin: Number(amount) }),
      })),
    },
  }
}

/** What the API says is told at the field where it was typed. */
const fieldsOf = (problems: Problems): Problems =>
  Object.fromEntries(
    Object.entries(problems).map(([path, message]) => {
      const [first = '', second] = path.split('.')
      const field =
        first === 'dataset'
          ? (second ?? first)
          : first === 'task'
            ? 'url'
            : first === 'limits'
              ? 'budget'
              : first === 'variants'
                ? 'json'
                : first
      return [field === 'tags' ? 'tag' : field, `${message}${field === 'json' ? ` (${path})` : ''}`]
    }),
  )

/** Where nobody gives it a name. */
export const usualName = ({ task, prompt, dataset }: Draft): string =>
  (task === 'prompt' && prompt !== '' ? prompt : dataset || 'experiment')
    .replace(/[^\w ./@:+-]/g, ' ')
    .trim()
    .slice(0, 100) || 'experiment'

type Definition = NonNullable<ExperimentDetail['definition']>
/** An experiment that was made, to be made once more with something else about it. */
export function draftOf(definition: Definition): Draft {
  const { dataset, task, variants, evaluators, gate } = definition
  const stored = (variants ?? []).map(({ prompt }) => (prompt && typeof prompt === 'object' && 'name' in prompt ? prompt : undefined))
  const names = new Set(stored.map((prompt) => prompt?.name))
  const isPlain =
    variants !== undefined &&
    names.size === 1 &&
    !names.has(undefined) &&
    variants.every(({ model, parameters }) => model === undefined && Object.keys(parameters).length === 0)
  const http = task && 'http' in task ? task.http : undefined
  const json = variants ?? Object.entries(definition.prompts ?? {}).map(([id, prompt]) => ({ id, prompt }))
  return {
    ...EMPTY,
    name: definition.name,
    dataset: dataset.name,
    split: dataset.split ?? '',
    tag: dataset.tags?.[0] ?? '',
    first: dataset.first === undefined ? '' : String(dataset.first),
    task: http ? 'http' : isPlain ? 'prompt' : 'json',
    prompt: isPlain ? (stored[0]?.name ?? '') : '',
    versions: isPlain ? stored.flatMap((prompt) => prompt?.version ?? []) : [],
    url: http?.url ?? '',
    output: http?.output ?? '',
    json: isPlain || http ? '' : JSON.stringify(json, null, 2),
    repeats: String(definition.repeats),
    evaluators: evaluators.map((one, key) => {
      const use = typeof one === 'string' ? { id: one, params: {}, weight: 1, name: undefined } : one
      const params = Object.keys(use.params).length === 0 ? '' : JSON.stringify(use.params, null, 2)
      return { key, id: use.id, name: use.name ?? '', params, shownOnly: use.weight === 0 }
    }),
    judge: definition.judge?.model ?? '',
    vs: gate?.vs ?? '',
    rules: (gate?.rules ?? []).map(({ metric, rule, margin, value }, key) => ({
      key,
      metric,
      rule,
      amount: String((rule === 'min' ? value : margin) ?? ''),
    })),
    budget: definition.limits.costUsd === undefined ? '' : String(definition.limits.costUsd),
  }
}

export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const numberOf = (text: string): number | undefined => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined)
/** The next key of a list whose rows come and go. */
export const nextKey = (rows: readonly { key: number }[]): number => Math.max(-1, ...rows.map(({ key }) => key)) + 1
