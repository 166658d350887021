import { AppError, FIELDS, type FieldName } from '@signalbox/schema'
import type { Parameters } from './parameters.ts'

type FieldType = (typeof FIELDS)[FieldName]['type']
export type FieldSql = { sql: string; type: FieldType; group: boolean }

/** A field of the API as an expression over a row of `spans`. A key of `metadata` is bound like any value. */
export function fieldSql(name: string, { bind }: Parameters): FieldSql {
  if (isField(name)) return { sql: COLUMNS[name] ?? name, type: FIELDS[name].type, group: FIELDS[name].group }
  if (name.startsWith('metadata.'))
    return { sql: `metadata[${bind('String', name.slice('metadata.'.length))}]`, type: 'string', group: true }
  throw new AppError('invalid-request', `There is no field "${name}".`, {
    hint: `Use one of ${Object.keys(FIELDS).join(', ')} or metadata.KEY.`,
  })
}

const isField = (name: string): name is FieldName => Object.hasOwn(FIELDS, name)

/** What is not a column of that name. */
const COLUMNS: Partial<Record<FieldName, string>> = {
  cost: 'cost / 1e9',
  answeredBy: `multiIf(status != 'ok', '', cache IN ('hit', 'semantic'), 'cache', attempts = 0, '', attempts = 1, 'first-try', 'another-try')`,
}
