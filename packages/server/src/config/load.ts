import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  AppError,
  type CacheStore,
  ConfigFile,
  type Dashboard,
  type KeySource,
  type ProjectEntry,
  ProviderKind,
  type Retention,
  type SnapshotProject,
  type SnapshotProvider,
} from '@signalbox/schema'
import { explain, valueAt, write } from '../lib/yaml/explain.ts'
import { byPlace, place, refusal } from '../lib/yaml/refusal.ts'
import { type Path, type Problem, readYaml, type YamlFile } from '../lib/yaml/yaml.ts'
import { check, isInProvider, projectPaths } from './check.ts'
import { asSentence, findProblems } from './find-problems.ts'
import { laterKeysAt, withoutLater } from './later.ts'
import { builtInModels, simulatorPrice } from './models.ts'
import { providerOf, providersWithoutFile } from './providers.ts'

/** What the file and the environment give one project. */
export type LoadedProject = Omit<SnapshotProject, 'id'> & {
  keys: ProjectEntry['keys']
  /** Where the keys of providers are that stand neither in the file nor in a variable. */
  keySources: Record<string, KeySource>
  /** Absent where the file leaves that to the project. */
  retention?: Retention
  dashboards: readonly Dashboard[]
}

export type LoadedConfig = {
  projects: Record<string, LoadedProject>
  /** What a project has that the file does not name: providers of the environment, the simulator, defaults. */
  base: LoadedProject
  defaultProject: string
  limits: { maxBodyBytes: number }
  cache: CacheStore
  /** What was read and has no effect, or cannot be used: `signalbox.yaml:LINE:COLUMN …`, in the order of the file. */
  warnings: string[]
}

type Source = { file: string; variables: Record<string, string | undefined> }

/**
 * Reads `signalbox.yaml` (none is as good as an empty one) and the environment.
 * Throws one `invalid-request` that lists every problem with its line and column; warnings do not stop the start.
 */
export async function loadConfig(source: Source): Promise<LoadedConfig> {
  const { file, variables } = source
  return parseConfig((await readConfigText(source)) ?? NO_FILE, { name: basename(file), variables })
}

/** What stands for a file that is not there. */
export const NO_FILE = 'version: 1'

/** The text of the file; undefined where there is none and none is asked for. */
export async function readConfigText({ file, variables }: Source): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !variables.SIGNALBOX_CONFIG) return undefined
    const what = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.message})`
    throw new AppError('invalid-request', `The configuration file ${file} ${what}.`, {
      hint: 'Correct SIGNALBOX_CONFIG, or create the file.',
    })
  })
}

/** The same for a text: `name` is how messages call the file. */
export function parseConfig(text: string, { name, variables }: { name: string; variables: Source['variables'] }): LoadedConfig {
  const file = readYaml(text, variables)
  if (file.problems.length > 0) throw refusal(name, file.problems)
  const base = baseProject(variables)
  const stripped = withoutLater(file.value, file)
  const parsed = parse(withKnownKinds(withoutUnsetSources(stripped.value, file)), file)
  const problems = [...parsed.problems, ...check(file)]
  if (problems.length > 0 || !parsed.config) throw refusal(name, problems)

  const { config } = parsed
  const warnings = [...stripped.warnings]
  const projects = Object.fromEntries(
    projectPaths(stripped.value).map((path) => {
      const id = String(path[1] ?? config.project)
      const entry = path.length === 0 ? config : config.projects?.[id]
      return [id, projectOf(path, entry as ProjectEntry, { file, variables, base, warnings, problems })]
    }),
  )
  if (problems.length > 0) throw refusal(name, problems)
  return {
    projects,
    base,
    defaultProject: config.project in projects ? config.project : (Object.keys(projects)[0] ?? config.project),
    limits: config.limits,
    cache: config.cache,
    warnings: warnings.sort(byPlace).map((warning) => place(name, warning)),
  }
}

const baseProject = (variables: Source['variables']): LoadedProject => ({
  providers: providersWithoutFile(variables),
  models: builtInModels(),
  prices: [],
  capture: ConfigFile.shape.capture.parse(undefined),
  feedback: ConfigFile.shape.feedback.parse(undefined),
  keys: [],
  keySources: {},
  budgets: [],
  currency: ConfigFile.shape.currency.parse(undefined),
  splits: [],
  dashboards: [],
})

type Building = {
  file: YamlFile
  variables: Source['variables']
  base: LoadedProject
  warnings: Problem[]
  problems: Problem[]
}

function projectOf(path: Path, entry: ProjectEntry, { file, variables, base, warnings, problems }: Building): LoadedProject {
  const warn = (at: Path, message: string, part: 'key' | 'value' = 'value') => warnings.push({ ...file.positionOf(at, part), message })
  const declared: Record<string, SnapshotProvider> = {}
  const keySources: LoadedProject['keySources'] = {}
  for (const [name, provider] of Object.entries(entry.providers)) {
    const at = [...path, 'providers', name]
    const unsetHere = file.unset.filter((text) => isInProvider(text.path) && write(text.path).startsWith(`${write(at)}.`))
    const unset = unsetHere.find(({ path }) => !isFurtherKey(path))?.name
    for (const { path, name: variable } of unsetHere.filter(({ path }) => isFurtherKey(path)))
      warn(path, `${write(path)} is left out: ${variable} is not set.`)
    declared[name] = providerOf(name, provider, { unset, variables })
    if (typeof provider.apiKey === 'object') keySources[name] = provider.apiKey
    if (declared[name].problem) warn(at, `${write(at)} is not configured: ${declared[name].problem}.`, 'key')
  }
  const providers = { ...base.providers, ...declared }
  const models: LoadedProject['models'] = { ...base.models, ...entry.models }
  const { capture, feedback, keys, budgets, currency, splits, retention, dashboards } = entry
  const found = findProblems(
    { providers, models: entry.models, otherModels: base.models, splits, budgets, dashboards },
    { complete: false },
  )
  for (const { path: inner, part, severity, message } of found) {
    const at = [...path, ...inner]
    const problem = { ...file.positionOf(at, part), message: asSentence(at, message) }
    if (severity === 'error') problems.push(problem)
    else warnings.push(problem)
  }
  const simulators = Object.values(declared).filter(({ kind, name }) => kind === 'simulator' && name !== 'simulator')
  const prices = [...entry.prices, ...simulators.map(({ name }) => simulatorPrice(name))]
  return {
    providers,
    models,
    prices,
    capture,
    feedback,
    keys,
    keySources,
    budgets,
    currency,
    splits,
    dashboards,
    ...(retention && { retention }),
  }
}

/** Checks the values by the schema; numbers and switches that came from variables are text until here. */
function parse(value: unknown, file: YamlFile): { config?: ConfigFile; problems: Problem[] } {
  const first = ConfigFile.safeParse(value)
  if (first.success) return { config: first.data, problems: [] }
  for (const { code, path, ...issue } of first.error.issues) {
    const at = path.map((step) => (typeof step === 'symbol' ? String(step) : step))
    const holder = valueAt(value, at.slice(0, -1)) as Record<string | number, unknown> | undefined
    const key = at.at(-1)
    if (code !== 'invalid_type' || !holder || key === undefined || !file.fromVariable(at)) continue
    holder[key] = plain(holder[key], 'expected' in issue ? issue.expected : undefined)
  }
  const second = ConfigFile.safeParse(value)
  if (second.success) return { config: second.data, problems: [] }
  return { problems: explain(second.error.issues, file, ConfigFile, { extra: laterKeysAt, replaced: REPLACED }) }
}

function plain(value: unknown, expected: unknown): unknown {
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && value.trim() !== '') {
    return Number.isNaN(Number(value)) ? value : Number(value)
  }
  if (expected === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

/** One of several keys: the others do without it. */
const isFurtherKey = (path: Path): boolean => path.includes('moreKeys')

/** A source of a key that needs a variable that is not set is no source: the provider is not configured. */
function withoutUnsetSources(value: unknown, file: YamlFile): unknown {
  for (const { path } of file.unset.filter(({ path }) => isFurtherKey(path))) {
    const entry = valueAt(value, path.slice(0, -2)) as { moreKeys?: unknown } | undefined
    if (entry && Array.isArray(entry.moreKeys)) entry.moreKeys = entry.moreKeys.filter((key) => key !== undefined)
  }
  for (const { path } of file.unset) {
    const at = path.findIndex((step, index) => step === 'apiKey' && index > 0)
    if (at === -1 || at === path.length - 1 || !isInProvider(path)) continue
    const entry = valueAt(value, path.slice(0, at))
    if (typeof entry === 'object' && entry !== null) delete (entry as Record<string, unknown>).apiKey
  }
  return value
}

/** A kind that nobody knows is reported by `check` with the nearest name, so it is hidden from the schema. */
function withKnownKinds(value: unknown): unknown {
  for (const project of projectPaths(value)) {
    const providers = valueAt(value, [...project, 'providers'])
    if (typeof providers !== 'object' || providers === null) continue
    for (const entry of Object.values(providers as Record<string, unknown>)) {
      if (typeof entry !== 'object' || entry === null || !('kind' in entry) || typeof entry.kind !== 'string') continue
      if (!(entry.kind in ProviderKind.enum)) entry.kind = ProviderKind.enum.openai
    }
  }
  return value
}

/** Keys that older files have. */
const REPLACED: Record<string, string> = {
  apiKeyCommand:
    'was replaced. Write apiKey: { command: [program, argument], ttlSeconds: 300 }, such as [gcloud, auth, print-access-token]. It runs without a shell; one that needs it is [sh, -c, "…"].',
}
