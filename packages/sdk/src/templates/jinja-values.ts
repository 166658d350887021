import type { Budget } from './budget.ts'
import { TemplateError } from './template-error.ts'
import { entriesOf, isObject, itemsOf, MISSING } from './values.ts'

type Style = { quote: (text: string) => string; none: string; yes: string; no: string }
const PYTHON: Style = { quote: quoted, none: 'None', yes: 'True', no: 'False' }
const JSON_STYLE: Style = { quote: (text) => JSON.stringify(text), none: 'null', yes: 'true', no: 'false' }

/** A value as Jinja prints it: `True`, `None`, `['a', 'b']`. Whole numbers have no `.0`. */
export function printed(value: unknown, budget: Budget): string {
  return typeof value === 'string' ? value : value === MISSING ? '' : written(value, { style: PYTHON, budget, indent: 0 })
}

/** A value as `tojson` writes it: with a blank after comma and colon, and its members in their order. */
export const toJson = (value: unknown, budget: Budget, indent: number): string => written(value, { style: JSON_STYLE, budget, indent })

type Writing = { style: Style; budget: Budget; indent: number }

function written(value: unknown, writing: Writing, depth = 0): string {
  const { style, budget, indent } = writing
  budget.step()
  budget.deeper(depth)
  if (typeof value === 'string') {
    budget.wrote(value.length)
    return style.quote(value)
  }
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? style.yes : style.no
  if (value instanceof Date) return style.quote(Number.isNaN(value.getTime()) ? '' : Date.prototype.toISOString.call(value))
  if (typeof value !== 'object' || value === null) return style.none
  const isList = Array.isArray(value)
  const parts = isList
    ? itemsOf(value, budget).map((one) => written(one, writing, depth + 1))
    : entriesOf(value, budget).map(([key, one]) => `${style.quote(key)}: ${written(one, writing, depth + 1)}`)
  const [open, close] = isList ? '[]' : '{}'
  const inner = indent > 0 && parts.length > 0 ? `\n${' '.repeat(indent * (depth + 1))}` : ''
  const outer = inner && `\n${' '.repeat(indent * depth)}`
  const text = `${open}${inner}${parts.join(inner ? `,${inner}` : ', ')}${outer}${close}`
  budget.wrote(text.length)
  return text
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote
}

/** What holds in a condition: nothing that is empty does. */
export function holds(value: unknown): boolean {
  if (value === MISSING || value === null || value === undefined) return false
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Date) return true
  return isObject(value) ? Object.keys(value).length > 0 : Boolean(value)
}

export function isEqual(one: unknown, other: unknown, budget: Budget, depth = 0): boolean {
  budget.step()
  budget.deeper(depth)
  if (Array.isArray(one) && Array.isArray(other)) {
    const others = itemsOf(other, budget)
    return one.length === other.length && itemsOf(one, budget).every((item, index) => isEqual(item, others[index], budget, depth + 1))
  }
  if (isObject(one) && isObject(other)) {
    const others = new Map(entriesOf(other, budget))
    const entries = entriesOf(one, budget)
    return (
      entries.length === others.size && entries.every(([key, item]) => others.has(key) && isEqual(item, others.get(key), budget, depth + 1))
    )
  }
  return one === other
}

export const numberOf = (value: unknown, what: string, line?: number): number => {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  throw new TemplateError('type', `${what} needs a number and not ${kindOf(value)}.`, { line })
}

export const kindOf = (value: unknown): string => {
  if (value === MISSING) return 'a missing variable'
  if (value === null) return 'none'
  return Array.isArray(value)
    ? 'a list'
    : typeof value === 'string'
      ? 'a text'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`
}
