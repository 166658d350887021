import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { AppError } from '@signalbox/schema'
import { type ConfigDiff, checkConfigFile, configSchema, diffConfigFile } from '../app/check-config.ts'
import { readEnvironment } from '../environment.ts'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson } from './print.ts'

/** `signalbox config check [FILE]`. */
export async function checkConfig(file: string | undefined, options: { json?: boolean }): Promise<number> {
  // A file that is named must exist; the default one need not.
  const variables = file ? { ...process.env, SIGNALBOX_CONFIG: file } : process.env
  const checked = await checkConfigFile(file ? resolve(file) : readEnvironment().configFile, variables)
  if (options.json) printJson(checked)
  else {
    for (const warning of checked.warnings) console.log(`warning: ${warning}`)
    for (const { id, providers, models } of checked.projects) console.log(`project ${id}: ${providers} providers, ${models} models`)
    console.log(`${checked.file} is accepted.`)
  }
  return 0
}

/** `signalbox config schema`: for editors. */
export async function printConfigSchema(): Promise<number> {
  printJson(configSchema())
  return 0
}

/** `signalbox config diff [FILE]`: 0 where the server has the same in effect, 1 where it has not. */
export async function diffConfig(file: string | undefined, options: ConnectionOptions): Promise<number> {
  const inEffect = await connect(options).client.config.get()
  const diff = await diffConfigFile(file ? resolve(file) : readEnvironment().configFile, inEffect)
  if (options.json) printJson({ same: diff.changes.length === 0, ...diff })
  else printDiff(diff)
  return diff.changes.length === 0 ? 0 : 1
}

/** `signalbox config apply FILE`: the server checks it, and takes it over or changes nothing. */
export async function applyConfig(file: string, options: ConnectionOptions & { force?: boolean; ifVersion?: string }): Promise<number> {
  const { client } = connect(options)
  const text = file === '-' ? await readAll(process.stdin) : await readFile(resolve(file), 'utf8').catch(unreadable(file))
  const expectedVersion = options.force ? undefined : (options.ifVersion ?? (await client.config.get()).file.version)
  const applied = await client.config.apply({ text, ...(expectedVersion !== undefined && { expectedVersion }) })
  if (options.json) printJson(applied)
  else {
    for (const warning of applied.warnings) console.log(`warning: ${warning}`)
    console.log(`Applied. The server goes by version ${applied.version}; its file is ${applied.fileVersion}.`)
  }
  return 0
}

const unreadable = (file: string) => (cause: unknown) => {
  const why = cause instanceof Error ? cause.message : String(cause)
  throw new AppError('invalid-request', `${file} cannot be read: ${why}`, { hint: 'Name a file, or - for standard input.', cause })
}

const MARKS = { added: '+', changed: '~', removed: '-' }

function printDiff({ project, version, changes, added, otherProjects, problems }: ConfigDiff): void {
  for (const { change, section, name, values, note } of changes) {
    console.log(`${MARKS[change]} ${section}${name && `.${name}`}${note ? ` (${note})` : ''}`)
    for (const { path, before, after } of values) console.log(`    ${path || 'value'}: ${shown(before)} → ${shown(after)}`)
  }
  for (const problem of problems) console.log(`warning: the file on the server is not used as it is now: ${problem}`)
  if (added.length > 0)
    console.log(`Not of the file: ${added.map(({ section, name }) => `${section}.${name}`).join(', ')}. They were added to the project.`)
  if (otherProjects.length > 0) console.log(`Not compared: ${otherProjects.join(', ')}. A key sees its own project, which is ${project}.`)
  const count =
    changes.length === 0 ? 'Nothing differs from' : `${changes.length} ${changes.length === 1 ? 'entry differs' : 'entries differ'} from`
  console.log(`${count} what is in effect in project ${project} (version ${version}).`)
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value))
