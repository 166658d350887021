import { TemplateError } from './template-error.ts'
import { isObject, MISSING, memberOf } from './values.ts'

type Given = Readonly<Record<string, unknown>>

/**
 * The variables with the defaults of their schema. What is of the wrong type, or is none of the values that the schema lists, is an error
 * that names it; what is required and missing is one where rendering is strict. The top level alone is looked at.
 */
export function withDefaults(schema: Record<string, unknown> | undefined, given: Given, strict: boolean): Given {
  const properties = schema && isObject(schema.properties) ? schema.properties : undefined
  const required = schema && Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : []
  if (!properties && required.length === 0) return given
  const defaults: [string, unknown][] = []
  for (const [name, property] of Object.entries(properties ?? {})) {
    if (!isObject(property)) continue
    const value = memberOf(given, name)
    if (value !== MISSING) check(name, value, property)
    else if (property.default !== undefined) defaults.push([name, property.default])
  }
  const all = defaults.length > 0 ? { ...Object.fromEntries(defaults), ...given } : given
  for (const name of strict ? required : [])
    if (memberOf(all, name) === MISSING)
      throw new TemplateError('missing', `The variable "${name}" is missing: the prompt requires it.`, { variable: name })
  return all
}

function check(name: string, value: unknown, property: Record<string, unknown>): void {
  const types = (Array.isArray(property.type) ? property.type : [property.type]).filter((type) => typeof type === 'string')
  if (types.length > 0 && !types.some((type) => isOf(type, value)))
    throw new TemplateError('type', `The variable "${name}" must be of the type ${types.join(' or ')}.`, { variable: name })
  if (Array.isArray(property.enum) && !property.enum.some((one) => one === value))
    throw new TemplateError(
      'type',
      `The variable "${name}" must be one of ${property.enum.map((one) => JSON.stringify(one)).join(', ')}.`,
      {
        variable: name,
      },
    )
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string'
    case 'number':
      return typeof value === 'number'
    case 'integer':
      return Number.isInteger(value)
    case 'boolean':
      return typeof value === 'boolean'
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    case 'null':
      return value === null
  }
  return true
}
