import { ConfigFile } from '@signalbox/schema'
import { z } from 'zod'
import { laterKeysAt } from './later.ts'

type Json = { [key: string]: unknown }

/** `signalbox.yaml` as a JSON Schema, for editors: served at /schemas/signalbox.json. */
export function configJsonSchema(): Json {
  const schema = z.toJSONSchema(ConfigFile, { io: 'input', override: ({ jsonSchema }) => allowVariables(jsonSchema as Json) }) as Json
  for (const project of [schema, at(schema, 'properties', 'projects', 'additionalProperties')]) {
    addLater(project, laterKeysAt([]))
    addLater(at(project, 'properties', 'models', 'additionalProperties'), laterKeysAt(['models', 'any']))
  }
  return { ...schema, title: 'signalbox.yaml' }
}

/** A number or a switch may also be a variable, which is text in the file. */
function allowVariables(schema: Json): void {
  if (schema.type !== 'number' && schema.type !== 'integer' && schema.type !== 'boolean') {
    if (schema.format === 'uri') delete schema.format
    return
  }
  const { description, default: preset, ...rest } = schema
  for (const key of Object.keys(schema)) delete schema[key]
  Object.assign(schema, { anyOf: [rest, { type: 'string', pattern: '^\\$\\{.+\\}$' }] })
  if (description !== undefined) schema.description = description
  if (preset !== undefined) schema.default = preset
}

function addLater(schema: Json, names: readonly string[]): void {
  const later = names.map((name) => [name, { description: 'Not supported by this version yet; it has no effect.', deprecated: true }])
  schema.properties = { ...(schema.properties as Json), ...Object.fromEntries(later) }
}

const at = (schema: Json, ...path: string[]): Json => path.reduce((inner, step) => inner[step] as Json, schema)
