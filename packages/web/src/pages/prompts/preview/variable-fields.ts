import type { Described, Used } from '../editor/lint.ts'
import type { Typed } from './kept-variables.ts'

export type Field = { name: string; kind: 'text' | 'json' | 'boolean'; help: string | undefined; required: boolean; suggestion: string }

/** What can be typed in: everything that is read, that is described, and lists of messages. */
export function fieldsOf(used: readonly Used[], described: Described | null, placeholders: readonly string[]): Field[] {
  const names = [
    ...new Set([...(described?.names ?? []), ...used.filter(({ isMaybe }) => !isMaybe).map(({ name }) => name), ...placeholders]),
  ]
  return names.map((name) => {
    const property = (described?.properties[name] ?? {}) as {
      type?: unknown
      description?: unknown
      default?: unknown
      examples?: unknown[]
    }
    const sample = property.default ?? property.examples?.[0]
    const isList = placeholders.includes(name)
    return {
      name,
      kind: isList || TYPES_OF_JSON.has(String(property.type)) ? 'json' : property.type === 'boolean' ? 'boolean' : 'text',
      help: isList
        ? 'A list of messages: [{ "role": "user", "content": "…" }]'
        : typeof property.description === 'string'
          ? property.description
          : undefined,
      required: described ? described.required.has(name) : used.some((one) => one.name === name && !one.isOptional),
      suggestion: sample === undefined ? '' : typeof sample === 'string' ? sample : JSON.stringify(sample),
    }
  })
}
const TYPES_OF_JSON = new Set(['object', 'array', 'number', 'integer'])

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
/** Typed values as they are sent; an empty field is not given. What is no JSON is said by field. */
export function valuesOf(fields: readonly Field[], typed: Typed): { values: Record<string, Json>; problems: Record<string, string> } {
  const values: Record<string, Json> = {}
  const problems: Record<string, string> = {}
  for (const { name, kind } of fields) {
    const text = typed[name] ?? ''
    if (text === '') continue
    if (kind === 'text') values[name] = text
    else {
      try {
        values[name] = JSON.parse(text) as Json
      } catch {
        problems[name] = 'This is no JSON'
      }
    }
  }
  return { values, problems }
}
