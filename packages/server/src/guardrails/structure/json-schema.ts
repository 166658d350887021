import { z } from 'zod'
import { embeddedJson } from '../../evaluators/deterministic/embedded-json.ts'
import { schemaCheck } from '../../evaluators/deterministic/schema-check.ts'
import { check, type Found } from '../check.ts'

const LONGEST_REASON = 200

export const jsonSchema = check({
  id: 'json-schema',
  title: 'JSON of an agreed form',
  catches: 'Texts that are not JSON, and JSON that does not fit the schema, each fault with its place.',
  misses: 'Values that fit and are wrong.',
  cost: 'cpu',
  stages: ['after', 'tool_call', 'log'],
  action: 'reask',
  version: 1,
  params: z.strictObject({
    schema: z.union([z.record(z.string(), z.unknown()), z.boolean()]).default(true),
    repair: z
      .boolean()
      .default(true)
      .meta({ description: 'Where the JSON is only wrapped or has a comma too many, the repaired text is proposed instead.' }),
  }),
  prepare({ schema, repair }) {
    const problemsOf = schemaCheck(schema)
    return {
      run({ text }) {
        const whole = { start: 0, end: text.length, score: 1 }
        let value = parsed(text)
        if (value === undefined && repair) {
          value = repaired(text)
          if (value !== undefined && problemsOf(value).length === 0)
            return [
              {
                ...whole,
                type: 'REPAIRABLE_JSON',
                reason: 'is JSON within other text, or nearly JSON',
                replacement: JSON.stringify(value),
              },
            ]
        }
        if (value === undefined) return [{ ...whole, type: 'INVALID_JSON', reason: 'is not JSON' }]
        return problemsOf(value).map(
          ({ text: path, verdict }): Found => ({
            ...whole,
            type: 'SCHEMA_MISMATCH',
            reason: `${path} ${verdict}`.slice(0, LONGEST_REASON),
          }),
        )
      },
    }
  },
})

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Out of a fence or a sentence, and without commas before a closing bracket. */
function repaired(text: string): unknown {
  return embeddedJson(text) ?? embeddedJson(text.replace(/,(\s*[}\]])/g, '$1'))
}
