import { Budget, type ConfigEntry, ConfigFile, Dashboard, ModelEntry, Split } from '@signalbox/schema'
import type { z } from 'zod'
import { valueAt } from '../lib/yaml/explain.ts'
import { refusal } from '../lib/yaml/refusal.ts'
import { readYaml } from '../lib/yaml/yaml.ts'
import { projectPaths } from './check.ts'

/** What a file says about one project, entry by entry. `limits` and `cache` hold for all projects and are in each. */
export type DescribedFile = { defaultProject: string; projects: Record<string, ConfigEntry[]> }

/**
 * A file that was accepted, as it is written: `${VAR}` stays, secrets in clear text are replaced by `(hidden)`. Where the schema can be
 * applied, defaults are put in, so that it makes no difference whether they are written. Throws `invalid-request` where it is no YAML.
 */
export function describeFile(text: string, file = ''): DescribedFile {
  const { value, problems } = readYaml(text, null)
  if (problems.length > 0) throw refusal(file, problems)
  const name = valueAt(value, ['project'])
  const paths = projectPaths(value).map((path) => ({ id: String(path[1] ?? name ?? 'default'), path }))
  const everywhere = SERVER_SECTIONS.flatMap((section) => single(section, valueAt(value, [section])))
  const projects = Object.fromEntries(paths.map(({ id, path }) => [id, [...entriesOf(record(valueAt(value, path))), ...everywhere]]))
  return { defaultProject: paths[0]?.id ?? 'default', projects }
}

/** A value as the API may show it. */
export const withoutSecrets = (section: string, value: unknown): ConfigEntry['value'] =>
  (SECRETS[section]?.(record(value)) ?? value) as ConfigEntry['value']

const SERVER_SECTIONS = ['limits', 'cache'] as const
const NAMED: Record<string, z.ZodType | undefined> = { providers: undefined, models: ModelEntry }
const LISTED: Record<string, { schema?: z.ZodType; nameOf(entry: Record<string, unknown>): unknown }> = {
  prices: { nameOf: ({ provider, model }) => `${provider ?? '*'}/${model}` },
  keys: { nameOf: ({ name, publicKey }) => name ?? publicKey },
  budgets: { schema: Budget, nameOf: ({ name }) => name },
  splits: { schema: Split, nameOf: ({ name }) => name },
  dashboards: { schema: Dashboard, nameOf: ({ name }) => name },
}
const SINGLE = ['currency', 'capture', 'feedback', 'retention'] as const

function entriesOf(project: Record<string, unknown>): ConfigEntry[] {
  const named = Object.entries(NAMED).flatMap(([section, schema]) =>
    Object.entries(record(project[section])).map(([name, value]) => entry(section, name, complete(schema, value))),
  )
  const listed = Object.entries(LISTED).flatMap(([section, { schema, nameOf }]) => {
    const list = project[section]
    const seen = new Map<string, number>()
    return (Array.isArray(list) ? list : []).map((value) => {
      const name = String(nameOf(record(value)))
      const count = (seen.get(name) ?? 0) + 1
      seen.set(name, count)
      return entry(section, count === 1 ? name : `${name} (${count})`, complete(schema, value))
    })
  })
  return [...named, ...listed, ...SINGLE.flatMap((section) => single(section, project[section]))]
}

const single = (section: keyof typeof ConfigFile.shape, value: unknown): ConfigEntry[] =>
  value === undefined ? [] : [entry(section, '', complete(ConfigFile.shape[section], value))]

const entry = (section: string, name: string, value: unknown): ConfigEntry => ({
  section,
  name,
  from: 'file',
  hidden: false,
  value: withoutSecrets(section, value),
})

/** With defaults; as it is where variables stand in for what the schema wants. */
function complete(schema: z.ZodType | undefined, value: unknown): unknown {
  const parsed = schema?.safeParse(value)
  return parsed?.success ? parsed.data : value
}

const HIDDEN = '(hidden)'
/** A reference says where a secret is, which is none; its default may be one, and so may what a program is told. */
const hide = (value: unknown): unknown => {
  if (typeof value === 'string') {
    const [, name, operator] = /^\$\{(\w+)(?:(:[-?])[^}]*)?\}$/.exec(value) ?? []
    if (name === undefined) return HIDDEN
    return operator === ':-' ? `\${${name}:-${HIDDEN}}` : value
  }
  const { command, ...rest } = record(value)
  return Array.isArray(command) ? { ...rest, command: [command[0], ...command.slice(1).map(() => HIDDEN)] } : value
}
const hideAll = (values: unknown): unknown => Object.fromEntries(Object.entries(record(values)).map(([name, value]) => [name, hide(value)]))

const SECRETS: Record<string, (value: Record<string, unknown>) => Record<string, unknown>> = {
  providers: ({ apiKey, moreKeys, headers, accessKeyId, secretAccessKey, sessionToken, ...rest }) => ({
    ...rest,
    ...given({
      apiKey: hide(apiKey),
      accessKeyId: hide(accessKeyId),
      secretAccessKey: hide(secretAccessKey),
      sessionToken: hide(sessionToken),
    }),
    ...(Array.isArray(moreKeys) && { moreKeys: moreKeys.map(hide) }),
    ...(headers !== undefined && { headers: hideAll(headers) }),
  }),
  keys: ({ secretKey, ...rest }) => ({ ...rest, ...given({ secretKey: hide(secretKey) }) }),
}

const given = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
