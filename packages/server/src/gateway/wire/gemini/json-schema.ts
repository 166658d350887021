import { camel, type Fields, isFields } from './fields.ts'

const COUNTS = new Set(['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'])

/**
 * Gemini's `Schema` (a subset of OpenAPI 3.0, with `OBJECT`, `nullable` and counts as strings) as JSON Schema, which is what
 * `Call` holds. What already is JSON Schema stays what it is.
 */
export function toJsonSchema(schema: unknown): Fields {
  if (!isFields(schema)) return {}
  const result: Fields = {}
  for (const [name, value] of Object.entries(schema)) {
    const key = name.startsWith('$') ? name : camel(name)
    if (key === 'nullable' || value === null) continue
    else if (key === 'type') {
      if (value !== 'TYPE_UNSPECIFIED') result.type = typeof value === 'string' ? value.toLowerCase() : value
    } else if (COUNTS.has(key)) result[key] = Number(value)
    else if (key === 'items' || key === 'additionalProperties') result[key] = isFields(value) ? toJsonSchema(value) : value
    else if ((key === 'anyOf' || key === 'oneOf' || key === 'prefixItems') && Array.isArray(value)) result[key] = value.map(toJsonSchema)
    else if (key === 'properties' && isFields(value))
      result[key] = Object.fromEntries(Object.entries(value).map(([property, inner]) => [property, toJsonSchema(inner)]))
    else result[key] = value
  }
  return schema.nullable === true ? orNull(result) : result
}

function orNull(schema: Fields): Fields {
  if (typeof schema.type === 'string' && schema.type !== 'null') {
    const values = Array.isArray(schema.enum) && !schema.enum.includes(null) ? { enum: [...schema.enum, null] } : {}
    return { ...schema, type: [schema.type, 'null'], ...values }
  }
  return Array.isArray(schema.anyOf) ? { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] } : schema
}
