import { AppError } from '@signalbox/schema'

export type Json = Record<string, unknown>

/** A request that is not of the dialect; `param` is the path of what is wrong, as the client wrote it. */
export const invalid = (param: string, problem: string): AppError =>
  new AppError('invalid-request', `\`${param}\` ${problem}.`, { data: { param } })

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The text at `key`, undefined where it is missing or null. */
export function textAt(object: Json, key: string, path = key): string | undefined {
  const value = object[key] ?? undefined
  if (value === undefined || typeof value === 'string') return value
  throw invalid(path, 'must be a string')
}

export function numberAt(object: Json, key: string, path = key): number | undefined {
  const value = object[key] ?? undefined
  if (value === undefined || typeof value === 'number') return value
  throw invalid(path, 'must be a number')
}

export function countAt(object: Json, key: string, path = key): number | undefined {
  const value = numberAt(object, key, path)
  if (value === undefined || (Number.isInteger(value) && value >= 0)) return value
  throw invalid(path, 'must be a whole number of 0 or more')
}

export function flagAt(object: Json, key: string, path = key): boolean | undefined {
  const value = object[key] ?? undefined
  if (value === undefined || typeof value === 'boolean') return value
  throw invalid(path, 'must be true or false')
}

export function objectAt(object: Json, key: string, path = key): Json | undefined {
  const value = object[key] ?? undefined
  if (value === undefined || isObject(value)) return value
  throw invalid(path, 'must be an object')
}

export function listAt(object: Json, key: string, path = key): unknown[] | undefined {
  const value = object[key] ?? undefined
  if (value === undefined || Array.isArray(value)) return value
  throw invalid(path, 'must be a list')
}

/** The value as text where it is one, '' otherwise: for what a provider sends, which is never refused. */
export const textOr = (value: unknown, otherwise = ''): string => (typeof value === 'string' ? value : otherwise)
