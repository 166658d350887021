import { createHash } from 'node:crypto'
import { canonicalJson } from '@signalbox/schema/canonical-json'
import { AppError } from '@signalbox/schema/errors'
import { textOf } from '../../evaluators/row.ts'
import { didYouMean } from '../../lib/yaml/nearest.ts'
import type { Derived, Plan, Score, Variant, Verdict } from '../plan.ts'
import { verdictOf } from '../verdict.ts'
import { checksOf, checkTypes, typesOf } from './assertions.ts'
import { carries, carrying, conversesIn } from './carrying.ts'
import { type PromptfooCase, type PromptfooOptions, testsOf } from './cases.ts'
import { COMPARING, comparingOf } from './compares.ts'
import { readExpression } from './expression.ts'
import { type Prompt, promptsOf, renderPrompt } from './prompts.ts'
import { type Provider, providersOf } from './providers.ts'
import { Scripts } from './script.ts'
import { loadSqlParser } from './sql.ts'
import { NO_TEST, testOf } from './tests.ts'
import { loadTextTools } from './texts.ts'
import { isRecord, type Json, type TestCase } from './types.ts'

/** What is read; `null` stands for what has no effect here and does no harm. */
const KNOWN: Record<string, string | null> = {
  ...Object.fromEntries(
    [
      'description',
      'prompts',
      'providers',
      'targets',
      'tests',
      'scenarios',
      'defaultTest',
      'evaluateOptions',
      'outputPath',
      'env',
      'derivedMetrics',
    ].map((name) => [name, null]),
  ),
  ...Object.fromEntries(
    ['tags', 'metadata', 'writeLatestResults', 'commandLineOptions', 'tracing', '$schema', 'sharing'].map((name) => [name, null]),
  ),
  redteam: 'red teaming is not a part of evaluations here',
  extensions: 'they are programs that run before and after',
  nunjucksFilters: 'they are programs; the usual filters are there',
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
  let scripted = providers.some(({ transform, read }) => transform !== undefined || read !== undefined)
  let inOrder = prompts.some(({ raw }) => conversesIn(raw))
  const look = (test: TestCase, where: string): void => {
    checkTypes(test.assert, where)
    for (const type of typesOf(test.assert)) types.add(type)
    inOrder ||= carries(test)
    scripted ||=
      test.options.transform !== undefined ||
      test.options.transformVars !== undefined ||
      test.options.postprocess !== undefined ||
      JSON.stringify(test.assert).includes('"transform"')
  }
  look(defaults, 'defaultTest')
  let scripts: Scripts | undefined
  const source = testsOf(config, { ...options, defaults, env, look, script: (code, names) => scripts?.run(code, names) })
  await loadTextTools(types)
  if (types.has('is-sql') || types.has('contains-sql')) loadSqlParser(files.folder)
  if (scripted || types.has('javascript')) scripts = await Scripts.load()
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
  const derived = derivedOf(config.derivedMetrics)
  return {
    name: options.name,
    cases: source,
    variants,
    repeats: options.repeats ?? (typeof repeat === 'number' && repeat >= 1 ? Math.floor(repeat) : 1),
    seed: 1,
    epoch: '',
    checks: (one) => checksOf((one as PromptfooCase).test, one, assertionTools),
    verdict: (one, scores) => promptfooVerdict((one as PromptfooCase).test, scores),
    ...(COMPARING.some((type) => types.has(type)) && { compares: (one) => comparingOf((one as PromptfooCase).test, one) }),
    ...(inOrder && { carrying }),
    ...(derived && { derived }),
    identity,
    higherIsBetter: () => true,
    versionOf: () => createHash('sha256').update(canonicalJson(identity)).digest('hex').slice(0, 16),
    close: async () => source.close(),
  }
}

/** Formulas over what the metrics of a variant sum up to. A program in their place cannot stand in YAML. */
function derivedOf(value: unknown): Derived[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw new AppError('invalid-request', 'derivedMetrics is not a list.')
  return value.map((one: unknown, index): Derived => {
    const where = `derivedMetrics[${index}]`
    if (!isRecord(one) || typeof one.name !== 'string' || typeof one.value !== 'string')
      throw new AppError('invalid-request', `${where} needs a name and a value.`, {
        hint: 'Write { name: f1, value: "2 * hits / (2 * hits + misses)" }.',
      })
    return { name: one.name, value: readExpression(one.value, `${where}.value`) }
  })
}

/** The weighted mean decides where a test has a threshold; else all must pass. Without an assertion an answer is enough. */
function promptfooVerdict({ threshold, assert }: TestCase, scores: readonly Score[]): Verdict {
  if (assert.length === 0) return { pass: true, score: 1 }
  const verdict = verdictOf(scores)
  if (threshold === undefined || verdict.score === null || scores.some(({ status }) => status === 'error')) return verdict
  return { pass: verdict.score >= threshold, score: verdict.score }
}

function variantOf(
  provider: Provider,
  prompt: Prompt,
  { several, alone, scripts }: { several: boolean; alone: boolean; scripts: Scripts | undefined },
): Variant {
  const id = !several ? provider.label : alone ? prompt.label : `${provider.label} / ${prompt.label}`
  const { transform } = provider
  const named = (names: readonly string[] | undefined, own: readonly string[]) => !names || names.some((name) => own.includes(name))
  const read = provider.read === undefined ? {} : { read: provider.read }
  const task =
    transform === undefined && provider.read === undefined
      ? provider.task
      : { ...provider.task, identity: { task: provider.task.identity, transform, ...read } }
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
      if (provider.read !== undefined)
        result = scripts?.run(provider.read, { json: output, text: textOf(output), context: { response: { status: 200 } } })
      for (const code of [transform, own]) if (typeof code === 'string') result = scripts?.run(code, { output: result, context: { vars } })
      return result
    },
  }
}
