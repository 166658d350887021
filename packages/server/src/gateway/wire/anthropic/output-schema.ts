type Schema = Record<string, unknown>

/** Keywords that Anthropic's structured outputs refuse; what they ask for is told to the model in `description`. */
const REFUSED = new Set([
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  ...['minLength', 'maxLength', 'minProperties', 'maxProperties', 'maxItems', 'uniqueItems'],
])

/**
 * A JSON Schema as Anthropic's structured outputs take it: every object closed (`additionalProperties: false`), `oneOf` as
 * `anyOf`, and limits that they do not enforce moved into the description. An object that was open on purpose is closed too,
 * and `drop` is told `additionalProperties`. The given schema is not changed.
 * https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
export function outputSchema(schema: Schema, drop: (name: string) => void): Schema {
  const inside = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inside)
    return isObject(value) ? outputSchema(value, drop) : value
  }
  const out: Schema = {}
  const told: Schema = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === '$schema') continue
    if (REFUSED.has(keyword) || (keyword === 'minItems' && Number(value) > 1)) told[keyword] = value
    else if (keyword === 'additionalProperties') {
      if (value !== false) drop(keyword)
    } else if (keyword === 'oneOf' && !('anyOf' in schema)) out.anyOf = inside(value)
    else if (MAPS.has(keyword) && isObject(value))
      out[keyword] = Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, inside(entry)]))
    else out[keyword] = PLACES.has(keyword) ? inside(value) : value
  }
  if (schema.type === 'object' || isObject(schema.properties)) out.additionalProperties = false
  if (Object.keys(told).length > 0) {
    const before = typeof schema.description === 'string' ? `${schema.description}\n\n` : ''
    out.description = `${before}${JSON.stringify(told)}`
  }
  return out
}

/** Keywords that hold schemas by name, and those that hold one or a list. */
const MAPS = new Set(['properties', '$defs', 'definitions'])
const PLACES = new Set(['items', 'prefixItems', 'anyOf', 'allOf', 'not'])

const isObject = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value)
