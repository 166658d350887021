import { type Fields, isFields, parseFields } from './fields.ts'

/**
 * What a tool answered, as text. Gemini wants an object in which `output` is what came out and `error` what went wrong; an
 * object with other keys is the output itself and is kept as JSON text.
 */
export function readToolResponse(response: unknown): { text: string; isError: boolean } {
  if (!isFields(response)) return { text: response === undefined || response === null ? '' : JSON.stringify(response), isError: false }
  const keys = Object.keys(response)
  const isError = response.error !== undefined && response.error !== null
  const only = keys.length === 1 ? response[isError ? 'error' : 'output'] : undefined
  if (typeof only === 'string' && staysText(only, isError)) return { text: only, isError }
  return { text: JSON.stringify(response), isError }
}

/** The way back: text that holds an object is that object, other text is its `output` or `error`. */
export function writeToolResponse(text: string, isError: boolean): Fields {
  if (staysText(text, isError)) return isError ? { error: text } : { output: text }
  return parseFields(text) ?? { output: text }
}

/** An object with an `error` would be one to Gemini, so it is the response only of a tool that failed. */
function staysText(text: string, isError: boolean): boolean {
  const value = parseFields(text)
  return value === undefined || (value.error !== undefined && value.error !== null) !== isError
}

/** The arguments of a call as an object. A text that is none (cut off, or the free text of a custom tool) stays in `input`. */
export function writeArguments(text: string): Fields {
  if (text.trim() === '') return {}
  return parseFields(text) ?? { input: text }
}
