import { AppError, type Filter, type FilterOp } from '@signalbox/schema'
import { type FieldSql, fieldSql } from './fields.ts'
import type { Parameters } from './parameters.ts'
import { scoreCondition } from './score-condition.ts'
import { toMicros } from './time.ts'

export type Window = { from?: string | undefined; to?: string | undefined }

/** The conditions every query begins with: this project and no other, and the time window, `from` included and `to` not. */
export function scope(projectId: string, { from, to }: Window, parameters: Parameters): string[] {
  return [
    `projectId = ${parameters.project(projectId)}`,
    ...(from === undefined ? [] : [`startedAt >= ${microTime(toMicros(from), parameters)}`]),
    ...(to === undefined ? [] : [`startedAt < ${microTime(toMicros(to), parameters)}`]),
  ]
}

/** Microseconds since 1970 as a time of the store. */
export const microTime = (micros: number, { bind }: Parameters): string => `fromUnixTimestamp64Micro(${bind('Int64', Math.round(micros))})`

/** A filter of the API as a condition on one span. An op that its field does not have is an error that names those it has. */
export function condition(filter: Filter, parameters: Parameters): string {
  const { field, op, value } = filter
  if (field.startsWith('score.')) return scoreCondition(filter, parameters)
  const { sql, type } = fieldSql(field, parameters)
  const compile = OPS[type][op]
  if (!compile)
    throw new AppError('invalid-request', `${field} cannot be filtered with "${op}".`, {
      hint: `Use ${Object.keys(OPS[type]).join(', ')}.`,
    })
  return compile(sql, value, (member) => bound(member, type, field, parameters))
}

/** Found anywhere in what a person would look for, whatever its case. */
export function searchCondition(text: string, { bind }: Parameters): string {
  const needle = bind('String', text)
  return `(${SEARCHED.map((column) => `positionCaseInsensitiveUTF8(${column}, ${needle}) > 0`).join(' OR ')})`
}

const SEARCHED = ['name', 'userId', 'sessionId', 'traceId', 'externalId', 'inputPreview', 'outputPreview']

type Compile = (sql: string, value: Filter['value'], bind: (value: Filter['value']) => string) => string
const compare =
  (operator: string): Compile =>
  (sql, value, bind) =>
    `${sql} ${operator} ${bind(value)}`
const different: Compile = (sql, value, bind) => `ifNull(${sql} != ${bind(value)}, true)`
const present =
  (test: (sql: string) => string): Compile =>
  (sql, value) =>
    value === false ? `NOT (${test(sql)})` : test(sql)
const contains: Compile = (sql, value, bind) => `positionCaseInsensitiveUTF8(${sql}, ${bind(value)}) > 0`
const order = { gt: compare('>'), gte: compare('>='), lt: compare('<'), lte: compare('<=') }
const same = { eq: compare('='), ne: different, in: compare('IN') }

/** What each op means for each type of field. */
const OPS: Record<FieldSql['type'], Partial<Record<FilterOp, Compile>>> = {
  string: { ...same, ...order, contains, exists: present((sql) => `${sql} != ''`) },
  number: { ...same, ...order, exists: present((sql) => `isNotNull(${sql})`) },
  boolean: { ...same, exists: present(() => 'true') },
  time: { eq: compare('='), ne: different, ...order, exists: present(() => 'true') },
  strings: {
    eq: (sql, value, bind) => `has(${sql}, ${bind(value)})`,
    ne: (sql, value, bind) => `NOT has(${sql}, ${bind(value)})`,
    in: (sql, value, bind) => `hasAny(${sql}, ${bind(value)})`,
    contains: (sql, value, bind) => `arrayExists(one -> positionCaseInsensitiveUTF8(one, ${bind(value)}) > 0, ${sql})`,
    exists: present((sql) => `notEmpty(${sql})`),
  },
}

const VALUES: Record<FieldSql['type'], { column: string; read: (value: unknown) => unknown }> = {
  string: { column: 'String', read: String },
  strings: { column: 'String', read: String },
  number: { column: 'Float64', read: (value) => (value === '' || typeof value === 'boolean' ? Number.NaN : Number(value)) },
  // Times are bound as microseconds, which is what the columns hold; `bound` makes a time of it again.
  time: { column: 'Int64', read: (value) => (typeof value === 'string' ? toMicros(value) : Number.NaN) },
  boolean: { column: 'UInt8', read: (value) => ({ true: 1, false: 0, 1: 1, 0: 0 })[String(value)] ?? Number.NaN },
}

function bound(value: Filter['value'], type: FieldSql['type'], field: string, { bind }: Parameters): string {
  const { column, read } = VALUES[type]
  const one = (member: unknown) => {
    const result = read(member)
    if (Number.isNaN(result))
      throw new AppError('invalid-request', `${field} is a ${type}, so "${String(member)}" cannot be compared with it.`)
    return result
  }
  if (Array.isArray(value)) return bind(`Array(${column})`, value.map(one))
  return type === 'time' ? `fromUnixTimestamp64Micro(${bind(column, one(value))})` : bind(column, one(value))
}
