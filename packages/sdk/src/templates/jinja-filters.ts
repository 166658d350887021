import type { Budget } from './budget.ts'
import { holds, kindOf, numberOf, printed, toJson } from './jinja-values.ts'
import { TemplateError } from './template-error.ts'
import { entriesOf, isObject, itemsOf, MISSING, memberOf, safeName } from './values.ts'

export type FilterCall = { values: readonly unknown[]; named: Readonly<Record<string, unknown>>; budget: Budget; line: number }
type Filter = (value: unknown, call: FilterCall) => unknown

const wrong = (name: string, value: unknown, line: number) =>
  new TemplateError('type', `The filter ${name} cannot be used on ${kindOf(value)}.`, { line })

const given = ({ values, named }: FilterCall, index: number, name: string, otherwise: unknown = undefined): unknown =>
  values[index] ?? (Object.hasOwn(named, name) ? named[name] : otherwise)

/** A text that a filter made counts as written: repeated, it may not grow without end. */
function counted(text: string, { budget }: FilterCall): string {
  budget.wrote(text.length)
  return text
}

const ofText =
  (change: (text: string) => string): Filter =>
  (value, call) =>
    counted(change(printed(value, call.budget)), call)

function listOf(name: string, value: unknown, { budget, line }: FilterCall): unknown[] {
  if (Array.isArray(value)) return itemsOf(value, budget)
  if (typeof value === 'string') {
    budget.step(value.length)
    return [...value]
  }
  if (value === MISSING || value === null) return []
  if (isObject(value)) return entriesOf(value, budget).map(([key]) => key)
  throw wrong(name, value, line)
}

const withDefault: Filter = (value, call) => {
  const isTaken = value === MISSING || (holds(given(call, 1, 'boolean', false)) && !holds(value))
  return isTaken ? given(call, 0, 'default_value', '') : value
}

const join: Filter = (value, call) => {
  const attribute = given(call, 1, 'attribute')
  const items = listOf('join', value, call).map((item) => {
    if (attribute === undefined) return printed(item, call.budget)
    return printed(memberOf(item, safeName(String(attribute), call.line)), call.budget)
  })
  const between = printed(given(call, 0, 'd', ''), call.budget)
  call.budget.wrote(items.reduce((sum, { length }) => sum + length + between.length, 0))
  return items.join(between)
}

const length: Filter = (value, call) => listOf('length', value, call).length

const replace: Filter = (value, call) => {
  const text = printed(value, call.budget)
  const [old, by] = [printed(given(call, 0, 'old', ''), call.budget), printed(given(call, 1, 'new', ''), call.budget)]
  const most = given(call, 2, 'count')
  if (old === '') throw new TemplateError('type', 'The filter replace needs a text to look for.', { line: call.line })
  const parts = text.split(old)
  const count =
    most === undefined || most === null
      ? parts.length - 1
      : Math.max(0, Math.min(parts.length - 1, Math.trunc(numberOf(most, 'replace', call.line))))
  call.budget.wrote(text.length + count * by.length)
  return (
    parts.slice(0, count + 1).join(by) +
    parts
      .slice(count + 1)
      .map((part) => old + part)
      .join('')
  )
}

const round: Filter = (value, call) => {
  const number = numberOf(value, 'round', call.line)
  const digits = Math.trunc(numberOf(given(call, 0, 'precision', 0), 'round', call.line))
  const method = given(call, 1, 'method', 'common')
  const scale = 10 ** Math.max(-15, Math.min(15, digits))
  const scaled = number * scale
  if (method === 'ceil') return Math.ceil(scaled) / scale
  if (method === 'floor') return Math.floor(scaled) / scale
  if (method !== 'common') throw new TemplateError('type', 'The filter round knows common, ceil and floor.', { line: call.line })
  const down = Math.floor(scaled)
  // A half goes to the even neighbour, as in Python.
  return (scaled - down === 0.5 ? down + (down % 2 === 0 ? 0 : 1) : Math.round(scaled)) / scale
}

const trim: Filter = (value, call) => {
  const text = printed(value, call.budget)
  const characters = given(call, 0, 'chars')
  if (characters === undefined || characters === null) return text.trim()
  const set = new Set(printed(characters, call.budget))
  let [from, to] = [0, text.length]
  while (from < to && set.has(text[from] as string)) from++
  while (to > from && set.has(text[to - 1] as string)) to--
  return text.slice(from, to)
}

const tojson: Filter = (value, call) => {
  const indent = given(call, 0, 'indent', 0)
  return toJson(value, call.budget, Math.max(0, Math.min(8, Math.trunc(numberOf(indent ?? 0, 'tojson', call.line)))))
}

const items: Filter = (value, call) => {
  if (value === MISSING || value === null) return []
  if (!isObject(value)) throw wrong('items', value, call.line)
  return entriesOf(value, call.budget)
}

/** All there are. Each takes a value and gives one; none knows more than that. */
export const FILTERS: ReadonlyMap<string, Filter> = new Map<string, Filter>([
  ['default', withDefault],
  ['d', withDefault],
  ['join', join],
  ['upper', ofText((text) => text.toUpperCase())],
  ['lower', ofText((text) => text.toLowerCase())],
  ['tojson', tojson],
  ['length', length],
  ['count', length],
  ['trim', trim],
  ['replace', replace],
  ['round', round],
  ['first', (value, call) => listOf('first', value, call)[0] ?? MISSING],
  ['last', (value, call) => listOf('last', value, call).at(-1) ?? MISSING],
  ['items', items],
])

export const TESTS: ReadonlyMap<string, (value: unknown) => boolean> = new Map<string, (value: unknown) => boolean>([
  ['defined', (value) => value !== MISSING],
  ['undefined', (value) => value === MISSING],
  ['none', (value) => value === null],
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number'],
  ['boolean', (value) => typeof value === 'boolean'],
  ['mapping', isObject],
  ['sequence', (value) => Array.isArray(value) || typeof value === 'string'],
  ['iterable', (value) => Array.isArray(value) || typeof value === 'string' || isObject(value)],
])
