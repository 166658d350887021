import { FIELDS, type FieldName, type FieldType, Filter, type FilterOp } from '@signalbox/schema'

/**
 * Filters in an address, readable: `status:eq:error;model:in:gpt-4o,gpt-4o-mini`.
 * `\` escapes the four signs that have a meaning. What cannot be understood is returned in `rejected`, to be shown.
 */
export function parseFilters(text: string | undefined): { filters: Filter[]; rejected: string[] } {
  const filters: Filter[] = []
  const rejected: string[] = []
  for (const part of split(text ?? '', ';')) {
    if (part === '') continue
    const [field = '', op = '', ...rest] = split(part, ':')
    const text = rest.length > 0 ? rest.join(':') : undefined
    const parsed = Filter.safeParse(withValue({ field: unguard(field), op, text }))
    if (parsed.success) filters.push(parsed.data)
    else rejected.push(part)
  }
  return { filters, rejected }
}

/** The inverse of `parseFilters`; no filter is `undefined`, so that the address stays clean. */
export function writeFilters(filters: readonly Filter[]): string | undefined {
  const parts = filters.map(({ field, op, value }) => {
    const values = value === undefined ? [] : Array.isArray(value) ? value : [value]
    return [guard(field), op, ...(values.length > 0 ? [values.map((one) => guard(String(one))).join(',')] : [])].join(':')
  })
  return parts.length > 0 ? parts.join(';') : undefined
}

/** What kind of value a field holds; metadata is always text, and a score is a number or the name of a category. */
export const fieldType = (field: string): FieldType | 'score' => {
  if (Object.hasOwn(FIELDS, field)) return FIELDS[field as FieldName].type
  return field.startsWith('score.') ? 'score' : field.startsWith('costParts.') ? 'number' : 'string'
}

/** The name of a field for people. */
export const fieldTitle = (field: string): string =>
  Object.hasOwn(FIELDS, field)
    ? FIELDS[field as FieldName].title
    : field.replace(/^(metadata|score)\./, '$1 ').replace(/^costParts\./, 'Cost (USD): ')

/** The operators that make sense for a field, the usual one first. */
export function operatorsFor(field: string): FilterOp[] {
  return OPERATORS[fieldType(field)]
}
const OPERATORS: Record<ReturnType<typeof fieldType>, FilterOp[]> = {
  string: ['eq', 'ne', 'in', 'contains', 'exists'],
  strings: ['contains', 'exists'],
  number: ['gte', 'lte', 'gt', 'lt', 'eq', 'exists'],
  boolean: ['eq'],
  time: ['gte', 'lt'],
  score: ['gte', 'lte', 'gt', 'lt', 'eq', 'ne', 'exists'],
}

export const OPERATOR_TITLES: Record<FilterOp, string> = {
  eq: 'is',
  ne: 'is not',
  gt: '>',
  gte: '≥',
  lt: '<',
  lte: '≤',
  in: 'is any of',
  contains: 'contains',
  exists: 'is set',
}

/** Text as typed by a person, or from an address, as the value that the field takes. */
export function readValue(field: string, op: FilterOp, text: string): Filter['value'] {
  if (op === 'exists') return text === 'false' ? false : undefined
  if (op === 'in') return split(text, ',').map((part) => scalar(field, unguard(part)))
  return scalar(field, text)
}

function withValue({ field, op, text }: { field: string; op: string; text: string | undefined }) {
  if (text === undefined) return { field, op }
  const value = readValue(field, op as FilterOp, op === 'in' ? text : unguard(text))
  return value === undefined ? { field, op } : { field, op, value }
}

function scalar(field: string, text: string): string | number | boolean {
  const type = fieldType(field)
  if ((type === 'number' || type === 'score') && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if ((type === 'boolean' || type === 'score') && (text === 'true' || text === 'false')) return text === 'true'
  return text
}

const guard = (text: string) => text.replace(/[\\:;,]/g, (sign) => `\\${sign}`)
const unguard = (text: string) => text.replace(/\\(.)/g, '$1')

/** Splits at a sign that no `\` precedes. */
function split(text: string, sign: string): string[] {
  const parts: string[] = ['']
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] ?? ''
    if (letter === sign) parts.push('')
    else parts.push((parts.pop() ?? '') + (letter === '\\' ? letter + (text[++at] ?? '') : letter))
  }
  return parts
}
