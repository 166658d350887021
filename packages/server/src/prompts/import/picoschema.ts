import { isRecord } from './imported.ts'

type Schema = Record<string, unknown>
const SCALARS = new Set(['string', 'number', 'integer', 'boolean', 'null', 'any'])

/** A schema of dotprompt as a JSON schema: `age?: integer, in years`, `tags(array): string`. JSON schemas stay as they are. */
export function picoschema(value: unknown): Schema {
  if (typeof value === 'string') return scalar(value)
  if (!isRecord(value)) throw new Error(`${JSON.stringify(value)} is no schema`)
  const isJsonSchema = typeof value.type === 'string' && (SCALARS.has(value.type) || ['object', 'array'].includes(value.type))
  if (isJsonSchema && (isRecord(value.properties) || 'items' in value || Object.keys(value).length === 1)) return value
  return object(value)
}

function object(fields: Record<string, unknown>): Schema {
  const properties: Record<string, Schema> = {}
  const required: string[] = []
  let additionalProperties: unknown = false
  for (const [key, value] of Object.entries(fields)) {
    if (key === '(*)') {
      additionalProperties = picoschema(value)
      continue
    }
    const match = /^([^?(]+)(\?)?\s*(?:\((\w+)(?:\s*,\s*([^)]*))?\))?$/.exec(key.trim())
    if (!match?.[1]) throw new Error(`${JSON.stringify(key)} is no name of a field`)
    const [, name, optional, kind, description] = match
    if (!optional) required.push(name)
    const inner = field(kind, value)
    properties[name] = { ...inner, ...(description && { description }) }
  }
  return { type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties }
}

function field(kind: string | undefined, value: unknown): Schema {
  switch (kind) {
    case undefined:
      return picoschema(value)
    case 'array':
      return { type: 'array', items: picoschema(value) }
    case 'object':
      return picoschema(value)
    case 'enum':
      return { enum: Array.isArray(value) ? value : [value] }
    default:
      throw new Error(`(${kind}) is no kind of field`)
  }
}

/** `string, what it is for`. */
function scalar(text: string): Schema {
  const [type = '', ...words] = text.split(',')
  if (!SCALARS.has(type.trim())) throw new Error(`${JSON.stringify(text)} names no type (a schema by name cannot be looked up)`)
  const description = words.join(',').trim()
  return { ...(type.trim() !== 'any' && { type: type.trim() }), ...(description && { description }) }
}
