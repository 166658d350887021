import { isObject } from './fields.ts'

/** The arguments of a tool call as the object that `input` has to be; `undefined` where the text is not a JSON object. */
export function toolInput(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
