import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'

/** `signalbox models`. */
export async function models(options: ConnectionOptions): Promise<number> {
  const answer = await connect(options).client.models.list()
  if (options.json) printJson(answer)
  else
    printTable(
      answer.models.map((model) => ({
        model: model.name,
        strategy: model.strategy,
        targets: model.targets.map(({ provider, model: name }) => `${provider}/${name}`).join(', '),
      })),
      ['model', 'strategy', 'targets'],
    )
  return 0
}
