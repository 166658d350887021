import { AppError } from '@signalbox/schema'
import { microTime } from '../../../tracing/queries/conditions.ts'
import type { Parameters } from '../../../tracing/queries/parameters.ts'
import { toMicros } from '../../../tracing/queries/time.ts'
import type { MetricsFilter } from './query.ts'
import type { Dimension, View } from './view.ts'

/** Which types of filter a field takes. */
const TYPES: Record<Dimension['type'], readonly MetricsFilter['type'][]> = {
  string: ['string', 'stringOptions', 'null'],
  strings: ['arrayOptions'],
  number: ['number', 'null'],
  boolean: ['boolean'],
}

/** A filter as a condition on a row of its view. What a view does not have is an error that names what it has. */
export function filterSql(filter: MetricsFilter, { view, bound, projectId }: { view: View; bound: Parameters; projectId: string }): string {
  const { column, type } = filter
  if (column === view.timeName) {
    if (filter.type !== 'datetime') throw wrongType(column, type, ['datetime'])
    return `${view.time} ${filter.operator} ${microTime(toMicros(new Date(filter.value).toISOString()), bound)}`
  }
  if (column === 'metadata') {
    if (filter.type !== 'stringObject' && filter.type !== 'numberObject') throw wrongType(column, type, ['stringObject', 'numberObject'])
    const value = `${view.metadata}[${bound.bind('String', filter.key)}]`
    return filter.type === 'stringObject'
      ? likeSql(value, filter, bound)
      : `ifNull(toFloat64OrNull(${value}) ${filter.operator} ${bound.bind('Float64', filter.value)}, false)`
  }
  const dimension = Object.hasOwn(view.dimensions, column) ? view.dimensions[column] : undefined
  if (!dimension)
    throw new AppError('invalid-request', `Invalid filter column ${JSON.stringify(column.slice(0, 100))}.`, {
      hint: `This view has ${Object.keys(view.dimensions).join(', ')}, metadata and ${view.timeName}.`,
    })
  if (!TYPES[dimension.type].includes(type)) throw wrongType(column, type, TYPES[dimension.type])
  const { sql, stored } = dimension
  switch (filter.type) {
    case 'string':
      if (filter.operator === '=' && stored) return `${stored.sql} = ${bound.bind('String', stored.of(projectId, filter.value))}`
      if (stored && dimension.filterOnly)
        throw new AppError('invalid-request', `${column} is compared with whole ids: use "=" or "any of".`)
      return likeSql(sql, filter, bound)
    case 'stringOptions': {
      const list = bound.bind('Array(String)', stored ? filter.value.map((id) => stored.of(projectId, id)) : filter.value)
      return `${stored?.sql ?? sql} ${filter.operator === 'any of' ? 'IN' : 'NOT IN'} ${list}`
    }
    case 'arrayOptions': {
      const list = bound.bind('Array(String)', filter.value)
      return filter.operator === 'all of'
        ? `hasAll(${sql}, ${list})`
        : `${filter.operator === 'any of' ? '' : 'NOT '}hasAny(${sql}, ${list})`
    }
    case 'number':
      return `ifNull(${sql} ${filter.operator} ${bound.bind('Float64', filter.value)}, false)`
    case 'boolean':
      return `(${sql}) ${filter.operator} ${bound.bind('UInt8', filter.value ? 1 : 0)}`
    case 'null': {
      const absent = dimension.type === 'number' ? `isNull(${sql})` : `${stored?.sql ?? sql} = ''`
      return filter.operator === 'is null' ? absent : `NOT (${absent})`
    }
    default:
      throw wrongType(column, type, TYPES[dimension.type])
  }
}

type Like = { operator: '=' | 'contains' | 'does not contain' | 'starts with' | 'ends with'; value: string }

function likeSql(sql: string, { operator, value }: Like, { bind }: Parameters): string {
  const text = bind('String', value)
  if (operator === '=') return `${sql} = ${text}`
  if (operator === 'contains') return `position(${sql}, ${text}) > 0`
  if (operator === 'does not contain') return `position(${sql}, ${text}) = 0`
  return operator === 'starts with' ? `startsWith(${sql}, ${text})` : `endsWith(${sql}, ${text})`
}

const wrongType = (column: string, type: string, known: readonly string[]): AppError =>
  new AppError('invalid-request', `${column} cannot be filtered by the type ${type}: it takes ${known.join(' or ')}.`)
