import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  AppError,
  ConfigFile,
  type KeySource,
  type ProjectEntry,
  ProviderKind,
  type SnapshotProject,
  type SnapshotProvider,
} from '@signalbox/schema'
import { check, isInProvider, projectPaths } from './check.ts'
import { explain, valueAt, write } from './explain.ts'
import { laterKeysAt, withoutLater } from './later.ts'
import { builtInModels, simulatorPrice } from './models.ts'
import { providerOf, providersWithoutFile } from './providers.ts'
import { type Path, type Problem, readYaml, type YamlFile } from './yaml.ts'

/** What the file and the environment give one project. */
export type LoadedProject = Omit<SnapshotProject, 'id'> & {
  keys: ProjectEntry['keys']
  /** Where the keys of providers are that stand neither in the file nor in a variable. */
  keySources: Record<string, KeySource>
}

export type LoadedConfig = {
  projects: Record<string, LoadedProject>
  /** What a project has that the file does not name: providers of the environment, the simulator, defaults. */
  base: LoadedProject
  defaultProject: string
  limits: { maxBodyBytes: number }
  /** What was read and has no effect, or cannot be used: `signalbox.yaml:LINE:COLUMN …`, in the order of the file. */
  warnings: string[]
}

type Source = { file: string; variables: Record<string, string | undefined> }

/**
 * Reads `signalbox.yaml` (none is as good as an empty one) and the environment.
 * Throws one `invalid-request` that lists every problem with its line and column; warnings do not stop the start.
 */
export async function loadConfig({ file, variables }: Source): Promise<LoadedConfig> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' && !variables.SIGNALBOX_CONFIG) return undefined
    const what = error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.message})`
    throw new AppError('invalid-request', `The configuration file ${file} ${what}.`, {
      hint: 'Correct SIGNALBOX_CONFIG, or create the file.',
    })
  })
  return parseConfig(text ?? 'version: 1', { name: basename(file), variables })
}

/** The same for a text: `name` is how messages call the file. */
export function parseConfig(text: string, { name, variables }: { name: string; variables: Source['variables'] }): LoadedConfig {
  const file = readYaml(text, variables)
  if (file.problems.length > 0) throw refusal(name, file.problems)
  const base = baseProject(variables)
  const stripped = withoutLater(file.value, file)
  const parsed = parse(withKnownKinds(withoutUnsetSources(stripped.value, file)), file)
  const problems = [...parsed.problems, ...check(file, { providers: Object.keys(base.providers) })]
  if (problems.length > 0 || !parsed.config) throw refusal(name, problems)

  const { config } = parsed
  const warnings = [...stripped.warnings]
  const projects = Object.fromEntries(
    projectPaths(stripped.value).map((path) => {
      const id = String(path[1] ?? config.project)
      const entry = path.length === 0 ? config : config.projects?.[id]
      return [id, projectOf(path, entry as ProjectEntry, { file, variables, base, warnings })]
    }),
  )
  return {
    projects,
    base,
    defaultProject: config.project in projects ? config.project : (Object.keys(projects)[0] ?? config.project),
    limits: config.limits,
    warnings: warnings.sort(byPlace).map((warning) => place(name, warning)),
  }
}

const baseProject = (variables: Source['variables']): LoadedProject => ({
  providers: providersWithoutFile(variables),
  models: builtInModels(),
  prices: [],
  capture: ConfigFile.shape.capture.parse(undefined),
  keys: [],
  keySources: {},
})

type Building = {
  file: YamlFile
  variables: Source['variables']
  base: LoadedProject
  warnings: Problem[]
}

function projectOf(path: Path, entry: ProjectEntry, { file, variables, base, warnings }: Building): LoadedProject {
  const warn = (at: Path, message: string, part: 'key' | 'value' = 'value') => warnings.push({ ...file.positionOf(at, part), message })
  const own: Record<string, SnapshotProvider> = {}
  const keySources: LoadedProject['keySources'] = {}
  for (const [name, provider] of Object.entries(entry.providers)) {
    const at = [...path, 'providers', name]
    const unset = file.unset.find((text) => isInProvider(text.path) && write(text.path).startsWith(`${write(at)}.`))?.name
    own[name] = providerOf(name, provider, { unset, variables })
    if (typeof provider.apiKey === 'object') keySources[name] = provider.apiKey
    if (own[name].problem) warn(at, `${write(at)} is not configured: ${own[name].problem}.`, 'key')
  }
  const providers = { ...base.providers, ...own }
  const models: LoadedProject['models'] = { ...base.models }
  for (const [name, model] of Object.entries(entry.models)) {
    const at = [...path, 'models', name]
    models[name] = { strategy: model.strategy, targets: model.targets, timeouts: model.timeouts ?? {} }
    if (model.strategy !== 'fallback') {
      const where = [...at, 'strategy']
      warn(where, `${write(where)}: ${model.strategy} is not supported by this version yet; the first target that can be used is taken.`)
    }
    for (const [index, target] of model.targets.entries()) {
      const problem = providers[target.provider]?.problem
      if (problem)
        warn(
          [...at, 'targets', index],
          `${write([...at, 'targets', index])} is skipped: ${target.provider} is not configured (${problem}).`,
        )
    }
  }
  const simulators = Object.values(own).filter(({ kind, name }) => kind === 'simulator' && name !== 'simulator')
  const prices = [...entry.prices, ...simulators.map(({ name }) => simulatorPrice(name))]
  return { providers, models, prices, capture: entry.capture, keys: entry.keys, keySources }
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
  return { problems: explain(second.error.issues, file, ConfigFile, laterKeysAt) }
}

function plain(value: unknown, expected: unknown): unknown {
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && value.trim() !== '') {
    return Number.isNaN(Number(value)) ? value : Number(value)
  }
  if (expected === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

/** A source of a key that needs a variable that is not set is no source: the provider is not configured. */
function withoutUnsetSources(value: unknown, file: YamlFile): unknown {
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

const byPlace = (a: Problem, b: Problem): number => a.line - b.line || a.column - b.column
const place = (name: string, { line, column, message }: Problem): string => `${name}:${line}:${column} ${message}`

function refusal(name: string, problems: Problem[]): AppError {
  const lines = [...new Set([...problems].sort(byPlace).map((problem) => place(name, problem)))]
  const message = lines.length === 1 ? (lines[0] ?? '') : `${name} has ${lines.length} problems:\n${lines.join('\n')}`
  return new AppError('invalid-request', message, { hint: 'Correct the file and start again.', data: { problems: lines } })
}
