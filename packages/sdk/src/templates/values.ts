import type { Budget } from './budget.ts'
import { TemplateError } from './template-error.ts'

/** What stands for a variable that was not given: no value is it. */
export const MISSING: unique symbol = Symbol('missing')

/** Names that lead from a value into the language it is written in. They are nobody's variables, in no engine. */
const UNSAFE = /^(__.*|constructor|prototype)$/

/** Whether no engine reads it. */
export const isUnsafe = (name: string): boolean => UNSAFE.test(name)

export function safeName(name: string, line?: number): string {
  if (UNSAFE.test(name)) throw new TemplateError('unsafe', `"${name}" cannot be read by a template.`, { line, variable: name })
  return name
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * What a value has under a name: only data that is its own. Nothing is called: no function, no getter, and nothing of a prototype is
 * reached, so that a class of the app's is no more than its fields.
 */
export function memberOf(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null) return MISSING
  if (Array.isArray(holder) && !/^(0|[1-9]\d{0,8})$/.test(name)) return MISSING
  const found = Object.getOwnPropertyDescriptor(holder, name)
  return found && 'value' in found && isData(found.value) ? found.value : MISSING
}

/** Functions and symbols are no data: to a template they are not there. So is what was left undefined. */
const isData = (value: unknown): boolean => value !== undefined && typeof value !== 'function' && typeof value !== 'symbol'

/** A value in a text: text as it is, nothing for null, lists and objects as JSON. */
export function textOf(value: unknown, budget: Budget): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined || value === MISSING) return ''
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  return jsonOf(value, budget)
}

/** JSON as `JSON.stringify` writes it, without calling what a value brings along (`toJSON`, getters), and within the limits. */
export function jsonOf(value: unknown, budget: Budget, indent = 0, depth = 0): string {
  budget.step()
  budget.deeper(depth)
  if (typeof value === 'string') {
    budget.wrote(value.length)
    return JSON.stringify(value)
  }
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null'
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'null' : `"${Date.prototype.toISOString.call(value)}"`
  if (typeof value !== 'object' || value === null) return 'null'
  const inner = indent > 0 ? `\n${' '.repeat(indent * (depth + 1))}` : ''
  const outer = indent > 0 ? `\n${' '.repeat(indent * depth)}` : ''
  const close = (parts: string[], [before, after]: [string, string]) => {
    budget.wrote(parts.length * (1 + inner.length))
    return parts.length === 0 ? before + after : before + inner + parts.join(`,${inner}`) + outer + after
  }
  if (Array.isArray(value))
    return close(
      itemsOf(value, budget).map((one) => jsonOf(one, budget, indent, depth + 1)),
      ['[', ']'],
    )
  const members = entriesOf(value, budget).map(([key, one]) => {
    budget.wrote(key.length)
    return `${JSON.stringify(key)}:${indent > 0 ? ' ' : ''}${jsonOf(one, budget, indent, depth + 1)}`
  })
  return close(members, ['{', '}'])
}

/** The items of a list as data; what is none is null, as in JSON. */
export function itemsOf(list: readonly unknown[], budget: Budget): unknown[] {
  budget.step(list.length)
  return Array.from({ length: list.length }, (_, index) => {
    const one = memberOf(list, String(index))
    return one === MISSING ? null : one
  })
}

export function entriesOf(value: object, budget: Budget): [string, unknown][] {
  const names = Object.keys(value)
  budget.step(names.length)
  return names.flatMap((name): [string, unknown][] => {
    const one = memberOf(value, name)
    return one === MISSING ? [] : [[name, one]]
  })
}

/** A copy that is nothing but data, for an engine that is not ours. */
export function plainCopy(value: unknown, budget: Budget, depth = 0): unknown {
  budget.step()
  budget.deeper(depth)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : Date.prototype.toISOString.call(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object' || value === null) return isData(value) ? value : null
  if (Array.isArray(value)) return itemsOf(value, budget).map((one) => plainCopy(one, budget, depth + 1))
  const copy: Record<string, unknown> = {}
  for (const [name, one] of entriesOf(value, budget)) if (!UNSAFE.test(name)) copy[name] = plainCopy(one, budget, depth + 1)
  return copy
}
