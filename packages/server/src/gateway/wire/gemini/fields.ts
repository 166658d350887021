import { AppError } from '@signalbox/schema'

/** An object of JSON. */
export type Fields = Record<string, unknown>

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A request that is not of the dialect; `param` is the path of what is wrong, as Google writes it: `contents[0].parts[1].text`. */
export const invalid = (param: string, message: string): AppError => new AppError('invalid-request', message, { data: { param } })

/** `snake_case` as `camelCase`. The API takes both; everything behind this knows only the second. */
export const camel = (name: string): string =>
  name.includes('_') ? name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()) : name

/** The same object with camelCase keys. What is nested stays as it is: it may be the client's own data. */
export function camelKeys(value: Fields): Fields {
  const keys = Object.keys(value)
  if (!keys.some((key) => key.includes('_'))) return value
  return Object.fromEntries(keys.map((key) => [camel(key), value[key]]))
}

/** An object with camelCase keys, `undefined` where there is none. Throws `invalid-request` for anything else. */
export function fieldsAt(value: unknown, param: string): Fields | undefined {
  if (value === undefined || value === null) return undefined
  if (!isFields(value)) throw invalid(param, `${param} must be an object.`)
  return camelKeys(value)
}

/** A repeated field. Google's API, and its own examples, allow a single object in place of a list of one. */
export function listAt(value: unknown, param: string): unknown[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  if (isFields(value)) return [value]
  throw invalid(param, `${param} must be a list.`)
}

export function stringAt(value: unknown, param: string): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw invalid(param, `${param} must be a string.`)
  return value
}

/** A number, also one that stands in a string, as the JSON form of protocol buffers allows. */
export function numberAt(value: unknown, param: string): number | undefined {
  if (value === undefined || value === null) return undefined
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number !== 'number' || !Number.isFinite(number)) throw invalid(param, `${param} must be a number.`)
  return number
}

export function booleanAt(value: unknown, param: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw invalid(param, `${param} must be true or false.`)
  return value
}

export function stringsAt(value: unknown, param: string): string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string'))
    throw invalid(param, `${param} must be a list of strings.`)
  return value
}

/** The object that a text of JSON holds, `undefined` where it holds something else. */
export function parseFields(text: string): Fields | undefined {
  if (!text.trimStart().startsWith('{')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
