import type { Call } from '../language.ts'
import { flagAt, type Json, objectAt, textAt } from './check.ts'

/** `response_format`; a type that is not OpenAI's (a grammar, a regular expression) goes to extras. */
export function decodeFormat(body: Json): { format?: NonNullable<Call['format']>; extras: [string, unknown][] } {
  const format = objectAt(body, 'response_format')
  const type = format && textAt(format, 'type', 'response_format.type')
  if (type === 'text') return { format: { type: 'text' }, extras: [] }
  if (type === 'json_object' && Object.keys(format ?? {}).length === 1) return { format: { type: 'json' }, extras: [] }
  if (!format || type !== 'json_schema') return { extras: format ? [['response_format', format]] : [] }
  const path = 'response_format.json_schema'
  const wanted = objectAt(format, 'json_schema', path) ?? {}
  const strict = flagAt(wanted, 'strict', `${path}.strict`)
  const description = textAt(wanted, 'description', `${path}.description`)
  return {
    format: {
      type: 'json-schema',
      name: textAt(wanted, 'name', `${path}.name`) ?? 'response',
      schema: objectAt(wanted, 'schema', `${path}.schema`) ?? {},
      ...(strict !== undefined && { strict }),
      ...(description !== undefined && { description }),
    },
    extras: [],
  }
}
