import { AppError } from '@signalbox/schema/errors'
import type { Evidence } from '@signalbox/schema/evaluator'
import { Ajv } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { linearRegex } from './linear-regex.ts'

/** Patterns of a schema are a user's: none may hang the program. Ajv tells patterns apart by what they say of themselves as text. */
const linear = Object.assign(
  (pattern: string, flags: string) => ({ ...linearRegex(pattern, flags), toString: () => `/${pattern}/${flags}` }),
  { code: 'linearRegex' },
)
const OPTIONS = { allErrors: true, strict: false, validateFormats: true, code: { regExp: linear } } as const
const MOST_PROBLEMS = 20
/** Checks that stay compiled: rows with schemas of their own often have the same few. */
const MOST_KEPT = 200
const kept = new Map<string, (value: unknown) => Evidence[]>()

/** A schema as a function that says what is wrong with a value, by the draft that the schema names (2020-12 where it names none). */
export function schemaCheck(schema: Record<string, unknown> | boolean): (value: unknown) => Evidence[] {
  const key = JSON.stringify(schema)
  const known = kept.get(key)
  if (known) return known
  const check = compiled(schema)
  if (kept.size >= MOST_KEPT) kept.clear()
  kept.set(key, check)
  return check
}

function compiled(schema: Record<string, unknown> | boolean): (value: unknown) => Evidence[] {
  const draft = typeof schema === 'object' ? String(schema.$schema ?? '') : ''
  const ajv = /draft-0?[4-7]/.test(draft) ? new Ajv(OPTIONS) : draft.includes('2019-09') ? new Ajv2019(OPTIONS) : new Ajv2020(OPTIONS)
  formats.default(ajv)
  try {
    const validate = ajv.compile(schema)
    return (value) => {
      if (validate(value)) return []
      return (validate.errors ?? []).slice(0, MOST_PROBLEMS).map(({ instancePath, message = 'does not fit', params }) => ({
        text: instancePath === '' ? '(root)' : instancePath,
        verdict: 'additionalProperty' in params ? `${message}: ${params.additionalProperty}` : message,
      }))
    }
  } catch (error) {
    throw new AppError('invalid-request', `The JSON Schema cannot be used: ${(error as Error).message}`, {
      hint: 'Correct it; references to other addresses are not followed.',
    })
  }
}
