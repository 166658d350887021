import { basename } from 'node:path'
import type { EffectiveConfig } from '@signalbox/schema'
import { type DescribedFile, describeFile } from '../config/describe-file.ts'
import { diffEntries, type EntryChange } from '../config/diff-entries.ts'
import { configJsonSchema } from '../config/json-schema.ts'
import { loadConfig, NO_FILE, readConfigText } from '../config/load.ts'

export type CheckedConfig = { file: string; projects: { id: string; providers: number; models: number }[]; warnings: string[] }

/** Reads the file as the core does. Throws one error with all problems; warnings are what would have no effect. */
export async function checkConfigFile(file: string, variables: NodeJS.ProcessEnv): Promise<CheckedConfig> {
  const config = await loadConfig({ file, variables })
  const projects = Object.entries(config.projects).map(([id, project]) => ({
    id,
    providers: Object.keys(project.providers).length,
    models: Object.keys(project.models).length,
  }))
  return { file, projects, warnings: config.warnings }
}

/** The JSON Schema of the file, for editors. */
export const configSchema = (): object => configJsonSchema()

export type ConfigDiff = {
  project: string
  version: number
  fileVersion: string
  changes: EntryChange[]
  /** In effect beside any file: what was added to the project. A file changes it only by hiding it. */
  added: { section: string; name: string }[]
  otherProjects: string[]
  problems: string[]
}

/** What would be different for the project of the caller if this file took the place of the one that is in effect. */
export async function diffConfigFile(file: string, { project, version, entries, file: there }: EffectiveConfig): Promise<ConfigDiff> {
  const { projects } = await describeConfigFile(file)
  const changes = diffEntries(projects[project] ?? [], entries)
  const otherProjects = Object.keys(projects).filter((id) => id !== project)
  const added = entries.filter(({ from }) => from === 'project').map(({ section, name }) => ({ section, name }))
  return { project, version, fileVersion: there.version, changes, added, otherProjects, problems: there.problem?.problems ?? [] }
}

/** What a file says, entry by entry, as it is written: variables need not be set here. Throws where it is no YAML. */
async function describeConfigFile(file: string): Promise<DescribedFile> {
  const text = (await readConfigText({ file, variables: { SIGNALBOX_CONFIG: file } })) ?? NO_FILE
  return describeFile(text, basename(file))
}
