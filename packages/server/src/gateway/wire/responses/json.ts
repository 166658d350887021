/** A JSON object that nobody has checked yet. */
export type Json = Record<string, unknown>

/** The value as an object, `undefined` for anything else, lists included. */
export const objectOf = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined

/** The objects of a list, `[]` where it is none. */
export const objectsOf = (value: unknown): Json[] => (Array.isArray(value) ? value.filter((entry) => objectOf(entry) !== undefined) : [])

/** The text, '' for anything else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The object of a JSON text, `undefined` where it is not one. */
export function parseObject(text: string): Json | undefined {
  try {
    return objectOf(JSON.parse(text))
  } catch {
    return undefined
  }
}
