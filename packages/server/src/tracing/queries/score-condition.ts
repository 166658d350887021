import { AppError, type Filter, type FilterOp } from '@signalbox/schema'
import type { Parameters } from './parameters.ts'

/**
 * A filter by `score.NAME`: a score of that name on the span, on its trace as a whole, or on a session that the trace belongs to. Compared as a number where the op or the
 * value is one (`true` is 1), else as the text of a categorical score. A score that was said again counts as it was said last.
 */
export function scoreCondition({ field, op, value }: Filter, { bind, project }: Parameters): string {
  const ordered = ORDER[op]
  const numeric = ordered !== undefined || [value].flat().every((one) => typeof one === 'number' || typeof one === 'boolean')
  const number = (one: unknown) => {
    const read = typeof one === 'string' && one.trim() === '' ? Number.NaN : Number(one)
    if (Number.isNaN(read))
      throw new AppError('invalid-request', `${field} is compared as a number, so "${String(one)}" cannot be compared with it.`)
    return read
  }
  const test = () => {
    if (op === 'exists') return 'true'
    if (op === 'contains') return `positionCaseInsensitiveUTF8(text, ${bind('String', String(value))}) > 0`
    if (ordered) return `value ${ordered} ${bind('Float64', number(value))}`
    const one = op === 'in' ? 'IN' : '='
    if (numeric) return `value ${one} ${op === 'in' ? bind('Array(Float64)', [value].flat().map(number)) : bind('Float64', number(value))}`
    return `text ${one} ${op === 'in' ? bind('Array(String)', [value].flat().map(String)) : bind('String', String(value))}`
  }
  const scores = `FROM scores FINAL WHERE projectId = ${project()} AND name = ${bind('String', field.slice('score.'.length))} AND ${test()}`
  const ofSession = `SELECT sessionId ${scores} AND traceId = '' AND spanId = '' AND sessionId != ''`
  const found = `(traceId IN (SELECT traceId ${scores} AND traceId != '' AND spanId = '')
  OR (traceId, spanId) IN (SELECT traceId, spanId ${scores} AND spanId != '')
  OR traceId IN (SELECT traceId FROM spans WHERE projectId = ${project()} AND sessionId IN (${ofSession})))`
  return op === 'ne' || (op === 'exists' && value === false) ? `NOT ${found}` : found
}

const ORDER: Partial<Record<FilterOp, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' }
