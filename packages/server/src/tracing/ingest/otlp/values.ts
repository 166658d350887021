import type { AttributeValue } from './decoded.ts'

const LONGEST = 2000

export const cut = (text: string): string => (text.length > LONGEST ? text.slice(0, LONGEST).toWellFormed() : text)

/** An attribute as the text of a column; '' where it is not there. */
export const short = (value: AttributeValue | undefined): string =>
  value === undefined || value === null
    ? ''
    : cut(typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value))

export const isTrue = (value: AttributeValue | undefined): boolean => value === true || value === 'true'

/** A number that is not negative, also as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : undefined
}

/** Lists and objects come as JSON where an attribute cannot hold them; undefined where it is neither. */
export function parsedJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function parsedObject(value: AttributeValue | undefined): Record<string, AttributeValue> | undefined {
  const object = typeof value === 'string' ? parsedJson(value) : value
  return typeof object === 'object' && object !== null && !Array.isArray(object) ? (object as Record<string, AttributeValue>) : undefined
}

/** A text that was written as JSON, as it was; anything else stays as it is. */
export function unquoted(value: AttributeValue): AttributeValue {
  if (typeof value !== 'string' || !/^".*"$/s.test(value)) return value
  try {
    return JSON.parse(value) as string
  } catch {
    return value
  }
}
