import type { EvaluatorRow } from '@signalbox/schema/evaluator'

/** What is written, as text: a text as it is, anything else as JSON. Never `[object Object]`. */
export const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)

/** The answers that would be right: `references`, a list of texts as `expected`, or the one that is expected. */
export function referencesOf({ references, expected }: EvaluatorRow): string[] {
  if (references !== undefined && references.length > 0) return references
  if (expected === undefined || expected === null) return []
  if (Array.isArray(expected) && expected.length > 0 && expected.every((one) => typeof one === 'string')) return expected
  return [textOf(expected)]
}

/** The sources of the answer, one text each. */
export const contextOf = ({ context }: EvaluatorRow): string[] =>
  context === undefined ? [] : Array.isArray(context) ? context : [context]

/** JSON from a text or as it is; `undefined` where the text is none. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    return undefined
  }
}

/** The start of a text, for sentences about it. */
export const shortly = (text: string, most = 80): string => JSON.stringify(text.length > most ? `${text.slice(0, most)}…` : text)
