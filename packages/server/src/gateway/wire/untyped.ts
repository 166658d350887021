/** Readers of parsed JSON of which nothing is known. They never throw, and what is of another type is as good as absent. */
export type Untyped = Record<string, unknown>

const NOTHING: Untyped = Object.freeze({})

/** The object, or one that is empty. */
export const objectOf = (value: unknown): Untyped =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Untyped) : NOTHING
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The object in a JSON text; `undefined` where it holds none. */
export function parseObject(text: string): Untyped | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Untyped) : undefined
  } catch {
    return undefined
  }
}
