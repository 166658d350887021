import { createHash } from 'node:crypto'
import { canonicalJson } from '@signalbox/schema/canonical-json'
import { AppError } from '@signalbox/schema/errors'
import { didYouMean } from '../../lib/yaml/nearest.ts'
import { Notes } from '../data/cases.ts'
import { formatOf, inlineRows, openRows, type Row, type Rows, type RowsOptions } from '../data/rows.ts'
import type { CaseSource, EvalCase, Plan, Score, Variant, Verdict } from '../plan.ts'
import { verdictOf } from '../verdict.ts'
import { checksOf, checkTypes, typesOf } from './assertions.ts'
import type { Files } from './files.ts'
import { type Prompt, promptsOf, renderPrompt } from './prompts.ts'
import { type PromptfooTasks, type Provider, providersOf } from './providers.ts'
import { render, renderAll } from './render.ts'
import { Scripts } from './script.ts'
import { expanded, expansionsOf, NO_TEST, testOf, testOfCsv } from './tests.ts'
import { loadTextTools } from './texts.ts'
import { isRecord, type Json, type TestCase } from './types.ts'

export type PromptfooOptions = {
  name: string
  files: Files
  tasks: PromptfooTasks
  env: Record<string, string | undefined>
  repeats: number | undefined
  first: number | undefined
  warn: (message: string) => void
}

/** What is read; `null` stands for what has no effect here and does no harm. */
const KNOWN: Record<string, string | null> = {
  ...Object.fromEntries(
    ['description', 'prompts', 'providers', 'targets', 'tests', 'scenarios', 'defaultTest', 'evaluateOptions', 'outputPath', 'env'].map(
      (name) => [name, null],
    ),
  ),
  ...Object.fromEntries(
    ['tags', 'metadata', 'writeLatestResults', 'commandLineOptions', 'tracing', '$schema', 'sharing'].map((name) => [name, null]),
  ),
  redteam: 'red teaming is not a part of evaluations here',
  extensions: 'they are programs that run before and after',
  nunjucksFilters: 'they are programs; the usual filters are there',
  derivedMetrics: 'derived metrics are not worked out yet',
}

/** `promptfooconfig.yaml` as what is to be done. What cannot be done the same way is refused here, before anything is asked. */
export async function promptfooPlan(config: Json, options: PromptfooOptions): Promise<Plan> {
  const { files, warn, tasks } = options
  for (const [key, value] of Object.entries(config)) {
    if (!Object.hasOwn(KNOWN, key))
      throw new AppError('invalid-request', `${key} is not a known key.${didYouMean(key, Object.keys(KNOWN))}`)
    const why = KNOWN[key]
    const isEmpty = value === false || value === null || (Array.isArray(value) && value.length === 0)
    if (why && !isEmpty) throw new AppError('invalid-request', `${key} is not run here: ${why}.`, { hint: `Leave ${key} out.` })
  }
  if (config.sharing === true || isRecord(config.sharing)) warn('sharing has no effect: nothing leaves this machine.')
  const env = { ...options.env, ...(isRecord(config.env) ? (config.env as Record<string, string>) : {}) }
  const prompts = promptsOf(config.prompts, files)
  const providers = providersOf(config.providers ?? config.targets, { tasks, env, warn })
  const given = typeof config.defaultTest === 'string' ? files.value(config.defaultTest) : config.defaultTest
  const defaults = given === undefined ? NO_TEST : testOf(given, NO_TEST, 'defaultTest')
  const types = new Set<string>()
  let scripted = providers.some(({ transform }) => transform !== undefined)
  const look = (test: TestCase, where: string): void => {
    checkTypes(test.assert, where)
    checkOptions(test, where)
    for (const type of typesOf(test.assert)) types.add(type)
    scripted ||=
      test.options.transform !== undefined || test.options.postprocess !== undefined || JSON.stringify(test.assert).includes('"transform"')
  }
  look(defaults, 'defaultTest')
  const source = testsOf(config, { ...options, defaults, env, look })
  await loadTextTools(types)
  const scripts = scripted || types.has('javascript') ? await Scripts.load() : undefined
  const tools = new Map(providers.map(({ label, tools: given }) => [label, given]))
  const variants = providers.flatMap((provider) =>
    prompts
      .filter(
        ({ label, id }) =>
          !provider.prompts || provider.prompts.some((name) => name === label || name === id || label.startsWith(`${name}:`)),
      )
      .map((prompt) => variantOf(provider, prompt, { several: prompts.length > 1, alone: providers.length === 1, scripts })),
  )
  if (variants.length === 0)
    throw new AppError('invalid-request', 'No provider is asked with any prompt.', {
      hint: 'The prompts of a provider are named by their labels.',
    })
  const repeat = isRecord(config.evaluateOptions) ? config.evaluateOptions.repeat : undefined
  const assertionTools = { files, scripts, tools: (label: string) => tools.get(label) }
  const identity = { defaults, promptfoo: 1 }
  return {
    name: options.name,
    cases: source,
    variants,
    repeats: options.repeats ?? (typeof repeat === 'number' && repeat >= 1 ? Math.floor(repeat) : 1),
    seed: 1,
    epoch: '',
    checks: (one) => checksOf((one as PromptfooCase).test, one, assertionTools),
    verdict: (one, scores) => promptfooVerdict((one as PromptfooCase).test, scores),
    identity,
    higherIsBetter: () => true,
    versionOf: () => createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16),
    close: async () => source.close(),
  }
}

type PromptfooCase = EvalCase & { test: TestCase }

/** The weighted mean decides where a test has a threshold; else all must pass. Without an assertion an answer is enough. */
function promptfooVerdict({ threshold, assert }: TestCase, scores: readonly Score[]): Verdict {
  if (assert.length === 0) return { pass: true, score: 1 }
  const verdict = verdictOf(scores)
  if (threshold === undefined || verdict.score === null || scores.some(({ status }) => status === 'error')) return verdict
  return { pass: verdict.score >= threshold, score: verdict.score }
}

function checkOptions({ options, vars }: TestCase, where: string): void {
  for (const name of ['storeOutputAs', 'transformVars', 'runSerially'])
    if (options[name] !== undefined && options[name] !== false)
      throw new AppError('invalid-request', `${where}.options.${name} is not run here: rows are asked in any order, each for itself.`, {
        hint: 'Leave it out.',
      })
  if (Object.hasOwn(vars, '_conversation'))
    throw new AppError('invalid-request', `${where}: conversations over several rows are not run here.`)
}

type Reading = PromptfooOptions & { defaults: TestCase; look: (test: TestCase, where: string) => void }

/** A single file of tests is read row by row; what is put together from several places is held in memory. */
function testsOf(config: Json, reading: Reading): CaseSource {
  const { files } = reading
  const { tests, scenarios } = config
  const single = typeof tests === 'string' && scenarios === undefined ? files.paths(tests) : []
  const format = single.length === 1 ? formatOf(single[0] ?? '') : undefined
  if (format === 'csv' || format === 'jsonl') return casesIn((options) => openRows(single[0] ?? '', format, options), format, reading)
  const list = [...listOf(tests, 'tests', reading), ...scenariosOf(scenarios, reading)]
  // Without tests a prompt is asked once, as it is.
  return casesIn((options) => inlineRows(list.length > 0 ? list : [{}], 'tests', options), 'json', reading)
}

function listOf(tests: unknown, where: string, { files }: Reading): Json[] {
  if (tests === undefined || tests === null) return []
  const each = Array.isArray(tests) ? tests : [tests]
  return each.flatMap((one, index): Json[] => {
    if (isRecord(one)) {
      if (typeof one.path === 'string')
        throw new AppError('invalid-request', `${where}[${index}] is a program that makes tests (${one.path}).`, {
          hint: 'Write its tests into a file.',
        })
      return [one]
    }
    if (typeof one !== 'string') throw new AppError('invalid-request', `${where}[${index}] is not a test.`)
    if (/^(https?:|huggingface:|az:|s3:)/.test(one))
      throw new AppError('invalid-request', `${where}: ${one} is not on this machine.`, { hint: 'Download it first.' })
    if (/\.(xlsx?|py|js|ts|mjs|cjs)(:\w+)?$/.test(one))
      throw new AppError('invalid-request', `${where}: ${one} is not read here.`, { hint: 'Write it as CSV, JSON, JSONL or YAML.' })
    return files.paths(one).flatMap((path): Json[] => {
      if (path.endsWith('.csv')) {
        const rows = openRows(path, 'csv')
        return Array.from({ length: rows.count }, (_, at) => testOfCsv(rows.at(at)))
      }
      const value = files.value(path)
      return (Array.isArray(value) ? value : [value]).filter(isRecord)
    })
  })
}

/** Every entry of `config` with every test. */
function scenariosOf(scenarios: unknown, reading: Reading): Json[] {
  if (scenarios === undefined || scenarios === null) return []
  const each = (Array.isArray(scenarios) ? scenarios : [scenarios]).flatMap((one) =>
    typeof one === 'string' ? [reading.files.value(one)].flat() : [one],
  )
  return each.flatMap((scenario, index): Json[] => {
    const where = `scenarios[${index}]`
    if (!isRecord(scenario)) throw new AppError('invalid-request', `${where} is not a scenario.`)
    const configs = listOf(scenario.config, `${where}.config`, reading)
    const tests = listOf(scenario.tests, `${where}.tests`, reading)
    return (configs.length > 0 ? configs : [{}]).flatMap((base: Json) =>
      (tests.length > 0 ? tests : [{}]).map((test: Json): Json => {
        const joined = testOf(test, testOf(base, NO_TEST, `${where}.config`), where)
        return {
          ...joined,
          ...(typeof scenario.description === 'string' && joined.description === undefined && { description: scenario.description }),
        }
      }),
    )
  })
}

function casesIn(open: (options: RowsOptions) => Rows, format: string, reading: Reading): CaseSource {
  const { files, defaults, look, first, env } = reading
  const notes = new Notes()
  /** By case: its row, and which of the expansions of its lists it is. */
  const places: number[] = []
  const numbers: number[] = []
  const parse = (row: Row, where: string): TestCase => {
    const test = testOf(format === 'csv' ? testOfCsv(row) : row, defaults, where)
    return typeof row.vars === 'string' ? { ...test, vars: { ...test.vars, ...(files.value(row.vars) as Json) } } : test
  }
  const rows = open({
    keep: (row, _, index) => {
      if (first !== undefined && places.length >= first) return false
      const where = `tests[${index}]`
      const test = parse(row, where)
      look(test, where)
      const count = expansionsOf(test)
      for (let number = 0; number < count && (first === undefined || places.length < first); number++) {
        const { tags, cluster } = notesOf(test)
        notes.add(places.length, { tags, cluster })
        places.push(index)
        numbers.push(number)
      }
      return true
    },
  })
  const idAt = (index: number): string => {
    const id = rows.idAt(places[index] ?? 0)
    return numbers[index] === 0 ? id : `${id}/${(numbers[index] ?? 0) + 1}`
  }
  return {
    count: places.length,
    hash: rows.hash,
    idAt,
    close: rows.close,
    clusterAt: notes.clusterAt,
    tagsAt: notes.tagsAt,
    at(index): PromptfooCase {
      const test = parse(rows.at(places[index] ?? 0), `tests[${index}]`)
      const raw = expanded(test, numbers[index] ?? 0)
      const loaded: Json = {}
      for (const [name, value] of Object.entries(raw))
        loaded[name] = typeof value === 'string' && value.startsWith('file://') ? files.value(value) : value
      // Vars may be made of other vars, and of the environment.
      const vars = { ...(renderAll(loaded, { ...loaded, env }) as Json), env }
      const { tags, cluster } = notesOf(test)
      const { env: _, ...shown } = vars
      return {
        ...{ id: idAt(index), vars, tags, cluster, test },
        description: test.description === undefined ? undefined : render(test.description, vars),
        row: { vars: shown, metadata: test.metadata ?? {} },
      }
    },
  }
}

const notesOf = ({ metadata }: TestCase) => ({
  tags: Array.isArray(metadata?.tags) ? metadata.tags.map(String) : [],
  cluster: typeof metadata?.conversationId === 'string' ? metadata.conversationId : undefined,
})

function variantOf(
  provider: Provider,
  prompt: Prompt,
  { several, alone, scripts }: { several: boolean; alone: boolean; scripts: Scripts | undefined },
): Variant {
  const id = !several ? provider.label : alone ? prompt.label : `${provider.label} / ${prompt.label}`
  const { transform } = provider
  const named = (names: readonly string[] | undefined, own: readonly string[]) => !names || names.some((name) => own.includes(name))
  const task = transform === undefined ? provider.task : { ...provider.task, identity: { task: provider.task.identity, transform } }
  return {
    id,
    task,
    identity: { provider: provider.identity, prompt: prompt.raw, label: id },
    takes: (one) => {
      const { providers, prompts } = (one as PromptfooCase).test
      return named(providers, [provider.label, provider.id]) && named(prompts, [prompt.label, prompt.id])
    },
    request(one) {
      const { options, providerOutput } = (one as PromptfooCase).test
      if (providerOutput !== undefined) throw new Error('providerOutput is not used here: the provider is asked.')
      const around = { prefix: String(options.prefix ?? ''), suffix: String(options.suffix ?? '') }
      return provider.request(renderPrompt(prompt, one.vars, around), one, options)
    },
    transform(output, one) {
      const { options } = (one as PromptfooCase).test
      const own = options.transform ?? options.postprocess
      let result = output
      const { env: _, ...vars } = one.vars
      for (const code of [transform, own]) if (typeof code === 'string') result = scripts?.run(code, { output: result, context: { vars } })
      return result
    },
  }
}
