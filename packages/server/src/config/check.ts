import { valueAt, write } from '../lib/yaml/explain.ts'
import { didYouMean, nearest } from '../lib/yaml/nearest.ts'
import type { Path, Problem, YamlFile } from '../lib/yaml/yaml.ts'
import { kindOf, kinds } from '../providers/kinds.ts'

/** Where the projects stand in the file: at the top level, or under `projects`. */
export function projectPaths(value: unknown): Path[] {
  const projects = valueAt(value, ['projects'])
  return isRecord(projects) ? Object.keys(projects).map((id) => ['projects', id]) : [[]]
}

/**
 * What a schema cannot say: names that are kept, addresses that cannot work, keys that are used twice.
 * It looks at the plain values, so that it finds something also where the schema is not content.
 */
export function check(file: YamlFile): Problem[] {
  const problems: Problem[] = []
  const add = (path: Path, message: string, part: 'key' | 'value' = 'value') => problems.push({ ...file.positionOf(path, part), message })
  const top = record(file.value)

  if (isRecord(top.projects)) {
    for (const key of [
      'project',
      'providers',
      'models',
      'prices',
      'keys',
      'currency',
      'budgets',
      'splits',
      'dashboards',
      'capture',
      'feedback',
      'retention',
    ]) {
      if (key in top) add([key], `${key} stands beside projects. Write it inside each project, or leave projects out.`, 'key')
    }
    if (Object.keys(top.projects).length === 0) add(['projects'], 'projects is empty. Name at least one, or leave it out.', 'key')
  }

  const publicKeys = new Map<string, string>()
  for (const project of projectPaths(file.value)) {
    const providers = record(valueAt(file.value, [...project, 'providers']))
    for (const [name, entry] of Object.entries(providers)) checkProvider([...project, 'providers', name], record(entry), { add, file })
    const keys = valueAt(file.value, [...project, 'keys'])
    for (const [index, key] of (Array.isArray(keys) ? keys : []).entries()) {
      const publicKey = record(key).publicKey
      if (typeof publicKey !== 'string') continue
      const path: Path = [...project, 'keys', index, 'publicKey']
      const first = publicKeys.get(publicKey)
      if (first) add(path, `${write(path)} is the same as ${first}. Each pair needs its own.`)
      else publicKeys.set(publicKey, write(path))
    }
  }
  for (const { path, name } of file.unset) {
    if (!isInProvider(path)) {
      add(path, `${write(path)} needs ${name}, which is not set. Set it, or give a default: \${${name}:-…}.`)
    }
  }
  return problems
}

/** True for what belongs to one provider: there an unset variable makes the provider unusable, not the file. */
export const isInProvider = (path: Path): boolean => {
  const inner = path[0] === 'projects' ? path.slice(2) : path
  return inner[0] === 'providers' && inner.length > 2
}

type Report = { add(path: Path, message: string, part?: 'key' | 'value'): void; file: YamlFile }

function checkProvider(path: Path, entry: Record<string, unknown>, { add, file }: Report): void {
  const { kind, baseUrl } = entry
  const unset = file.unset.some((text) => write(text.path) === write([...path, 'baseUrl']))
  if (typeof kind === 'string' && !Object.hasOwn(kinds, kind)) {
    const known = Object.keys(kinds)
    const hint = didYouMean(kind, known)
    add([...path, 'kind'], `${write([...path, 'kind'])} must be one of ${known.join(', ')}, not "${kind}".${hint}`)
  }
  for (const setting of SETTINGS) {
    if (!(setting in entry) || typeof kind !== 'string' || !kindOf(kind) || setting in (kindOf(kind)?.settings ?? {})) continue
    const takers = Object.entries(kinds).flatMap(([name, row]) => ('settings' in row && setting in row.settings ? [name] : []))
    add([...path, setting], `${write([...path, setting])} is only for kind ${takers.join(', ')}. Leave it out.`, 'key')
  }
  const misspelt = Object.keys(entry).some((key) => nearest(key, ['baseUrl']) !== undefined)
  if (kind === 'openai-compatible' && baseUrl === undefined && !unset && !misspelt) {
    add(path, `${write(path)} needs baseUrl, for example http://127.0.0.1:8000/v1.`, 'key')
  }
  if (typeof baseUrl === 'string' && /\/(chat\/completions|completions|models)\/?$/.test(baseUrl)) {
    const where = [...path, 'baseUrl']
    add(
      where,
      `${write(where)} names one operation. Leave its end off: ${baseUrl.replace(/\/(chat\/completions|completions|models)\/?$/, '')}.`,
    )
  }
  if (path.at(-1) === 'simulator' && kind !== undefined && kind !== 'simulator') {
    add([...path, 'kind'], `${write(path)} is the name of the built-in simulator. Choose another name for this provider.`)
  }
}

/** What only some kinds take. */
const SETTINGS = [...new Set(Object.values(kinds).flatMap((row) => ('settings' in row ? Object.keys(row.settings) : [])))]

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
const record = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {})
