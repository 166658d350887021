import { AppError, DURATION_BUCKETS, FIELDS, type FieldName, REFUSALS } from '@signalbox/schema'
import type { Parameters } from './parameters.ts'

type FieldType = (typeof FIELDS)[FieldName]['type']
export type FieldSql = { sql: string; type: FieldType; group: boolean }

/** A field of the API as an expression over a row of `spans`. A key of `metadata` is bound like any value. */
export function fieldSql(name: string, { bind }: Parameters): FieldSql {
  if (isField(name)) return { sql: COLUMNS[name] ?? name, type: FIELDS[name].type, group: FIELDS[name].group }
  if (name.startsWith('metadata.'))
    return { sql: `metadata[${bind('String', name.slice('metadata.'.length))}]`, type: 'string', group: true }
  const [, bucket] = /^costParts\.(\w+)$/.exec(name) ?? []
  if (bucket !== undefined) return { sql: `costParts[${bind('String', bucket)}] / 1e9`, type: 'number', group: false }
  if (name.startsWith('score.'))
    throw new AppError('invalid-request', `${name} is no column of a span.`, {
      hint: 'Scores can be filtered by; read them with GET /api/v1/scores.',
    })
  throw new AppError('invalid-request', `There is no field "${name}".`, {
    hint: `Use one of ${Object.keys(FIELDS).join(', ')} metadata.KEY, costParts.BUCKET or score.NAME.`,
  })
}

const isField = (name: string): name is FieldName => Object.hasOwn(FIELDS, name)

/** Was never made: it failed in nobody's hands, and took no time. */
export const REFUSED = `source = 'gateway' AND errorType IN (${REFUSALS.map((type) => `'${type}'`).join(', ')})`

const [, ...STEPS] = DURATION_BUCKETS

/** What is not a column of that name. */
const COLUMNS: Partial<Record<FieldName, string>> = {
  cost: 'cost / 1e9',
  savedUsd: 'savedCost / 1e9',
  totalTokens: '(inputTokens + outputTokens)',
  answeredBy: `multiIf(status != 'ok', '', cache IN ('hit', 'semantic'), 'cache', attempts = 0, '', attempts = 1, 'first-try', 'another-try')`,
  outcome: `multiIf(status = 'ok' AND cache IN ('hit', 'semantic'), 'cached', ${REFUSED}, 'refused', status)`,
  durationBucket: `multiIf(${STEPS.toReversed()
    .map((step) => `durationMs >= ${step}, ${step}`)
    .join(', ')}, 0)`,
}
