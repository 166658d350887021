import { z } from 'zod'
import { evaluator, type Prepared } from '../evaluator.ts'
import { failed, passed } from '../outcome.ts'
import { jsonOf } from '../row.ts'
import { embeddedJson } from './embedded-json.ts'
import { CHECK } from './shared.ts'

const embedded = z.boolean().default(false).meta({ description: 'JSON within other text counts, such as in a fence.' })
const read = (output: unknown, within: boolean): unknown => (within && typeof output === 'string' ? embeddedJson(output) : jsonOf(output))

export const jsonValid = evaluator({
  ...CHECK,
  id: 'json-valid',
  title: 'Is JSON',
  needs: [],
  params: z.strictObject({
    embedded,
    type: z.enum(['any', 'object', 'array']).default('any'),
  }),
  prepare({ embedded, type }) {
    return {
      evaluate({ output }) {
        const value = read(output, embedded)
        if (value === undefined) return passed(false, embedded ? 'The answer holds no JSON.' : 'The answer is not JSON.')
        const found = Array.isArray(value) ? 'array' : value !== null && typeof value === 'object' ? 'object' : 'other'
        return type === 'any' || found === type ? passed(true) : passed(false, `The answer is JSON, but no ${type}.`)
      },
    }
  },
})

const Schema = z.union([z.record(z.string(), z.unknown()), z.boolean()])

export const jsonSchema = evaluator({
  ...CHECK,
  id: 'json-schema',
  title: 'Is JSON that fits a JSON Schema (draft 7, 2019-09 or 2020-12)',
  needs: ['expected'],
  params: z.strictObject({
    schema: Schema.optional().meta({ description: 'By default what the row expects.' }),
    embedded,
  }),
  async prepare({ schema, embedded }): Promise<Prepared> {
    const { schemaCheck } = await import('./schema-check.ts')
    const given = schema === undefined ? undefined : schemaCheck(schema)
    return {
      ...(given ? { needs: [] } : {}),
      evaluate({ output, expected }) {
        const wanted = given ? undefined : Schema.safeParse(jsonOf(expected))
        if (wanted && !wanted.success) return failed('What the row expects is no JSON Schema.')
        const value = read(output, embedded)
        if (value === undefined) return passed(false, embedded ? 'The answer holds no JSON.' : 'The answer is not JSON.')
        const problems = (given ?? schemaCheck(wanted?.data ?? true))(value)
        if (problems.length === 0) return passed(true)
        return passed(false, problems.map(({ text, verdict }) => `${text} ${verdict}`).join('; '), { evidence: problems })
      },
    }
  },
})
