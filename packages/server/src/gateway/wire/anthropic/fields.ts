import { AppError } from '@signalbox/schema'

export type Fields = Record<string, unknown>

/** A field of a client's request is not as the dialect says; `param` is its path, `messages.0.content`. */
export const invalid = (param: string, problem: string): AppError =>
  new AppError('invalid-request', `\`${param}\` ${problem}.`, { data: { param } })

export const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A field that was sent and is not `null`, checked; `undefined` else. Throws `invalid-request` with the path. */
export function optional<T>(fields: Fields, name: string, check: Check<T>, path = name): T | undefined {
  const value = fields[name]
  if (value === undefined || value === null) return undefined
  if (!check.is(value)) throw invalid(path, `must be ${check.what}`)
  return value
}

/** A field that has to be there. */
export function required<T>(fields: Fields, name: string, check: Check<T>, path: string): T {
  const value = fields[name]
  if (value === undefined || value === null) throw invalid(path, 'is missing')
  if (!check.is(value)) throw invalid(path, `must be ${check.what}`)
  return value
}

export type Check<T> = { what: string; is: (value: unknown) => value is T }

export const STRING: Check<string> = { what: 'a string', is: (value) => typeof value === 'string' }
export const NUMBER: Check<number> = { what: 'a number', is: (value): value is number => Number.isFinite(value) }
export const COUNT: Check<number> = {
  what: 'a whole number of at least 1',
  is: (value): value is number => Number.isInteger(value) && Number(value) >= 1,
}
export const WHOLE: Check<number> = {
  what: 'a whole number of at least 0',
  is: (value): value is number => Number.isInteger(value) && Number(value) >= 0,
}
export const BOOLEAN: Check<boolean> = { what: 'true or false', is: (value) => typeof value === 'boolean' }
export const OBJECT: Check<Fields> = { what: 'an object', is: isObject }
export const LIST: Check<unknown[]> = { what: 'a list', is: (value) => Array.isArray(value) }
export const STRINGS: Check<string[]> = {
  what: 'a list of strings',
  is: (value): value is string[] => Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
}

/** The fields that are not in `known` and not `null`; `undefined` where there are none. */
export function others(fields: Fields, known: readonly string[]): Fields | undefined {
  let rest: Fields | undefined
  for (const name of Object.keys(fields)) {
    const value = fields[name]
    if (value === null || value === undefined || known.includes(name)) continue
    rest ??= {}
    rest[name] = value
  }
  return rest
}
