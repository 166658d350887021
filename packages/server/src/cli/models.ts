import type { Model, Provider } from '@signalbox/schema'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'

/** `signalbox models`: the names that can be called, then the providers whose every model can be called as `provider/model`. */
export async function models(options: ConnectionOptions): Promise<number> {
  const { client } = connect(options)
  const [{ models: named }, { providers }] = await Promise.all([client.models.list(), client.providers.list()])
  if (options.json) printJson({ models: named, providers })
  else printTable([...named.map(rowOfModel), ...providers.filter(({ kind }) => kind !== 'simulator').map(rowOfProvider)], COLUMNS)
  return 0
}

const COLUMNS = ['model', 'strategy', 'targets', 'problem'] as const

const rowOfModel = ({ name, strategy, targets }: Model) => ({
  model: name,
  strategy,
  targets: targets.map(({ provider, model }) => `${provider}/${model}`).join(', '),
  problem: targets.flatMap(({ provider, problem }) => (problem === null ? [] : [`${provider}: ${problem}`])).join('; '),
})

const rowOfProvider = ({ name, baseUrl, problem }: Provider) => ({
  model: `${name}/…`,
  strategy: '',
  targets: `every model of ${baseUrl || name}`,
  problem: problem ?? '',
})
