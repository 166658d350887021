import { configJsonSchema } from '../config/json-schema.ts'
import { loadConfig } from '../config/load.ts'

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
