import type { ShownSplit } from '@signalbox/schema'
import { type ConnectionOptions, connect } from './connection.ts'
import { printJson, printTable } from './print.ts'

/** `signalbox splits list`: how the calls of aliases are divided. */
export async function listSplits(options: ConnectionOptions): Promise<number> {
  const { splits } = await connect(options).client.splits.list()
  if (options.json) printJson({ splits })
  else printTable(splits.map(toRow), ['split', 'model', 'kind', 'to', 'state', 'problem'])
  return 0
}

const toRow = (split: ShownSplit) => ({
  split: split.name,
  model: split.model,
  kind: split.kind,
  to: split.arms?.map(({ model, weight }) => `${model} (${weight})`).join(', ') ?? split.to ?? '',
  state: split.hidden ? 'hidden by the file' : split.active ? 'active' : 'off',
  problem: [...(split.problem === null ? [] : [split.problem]), ...split.warnings].join('; '),
})
