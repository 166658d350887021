import { resolve } from 'node:path'
import { checkConfigFile, configSchema } from '../app/check-config.ts'
import { readEnvironment } from '../environment.ts'
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
