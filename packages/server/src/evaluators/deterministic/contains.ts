import type { EvaluatorRow } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { passed } from '../outcome.ts'
import { referencesOf, shortly, textOf } from '../row.ts'
import { CHECK } from './shared.ts'

const Value = z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()])).min(1)])

type Kind = {
  id: string
  title: string
  ignoreCase?: boolean
  /** Whether one of several is enough. */
  any?: boolean
  holds?: (text: string, part: string) => boolean
  verb?: string
}

/** A check for parts of a text: `params.value`, or what the row expects. */
function partCheck({
  id,
  title,
  ignoreCase: always = false,
  any = false,
  holds = (text, part) => text.includes(part),
  verb = 'contain',
}: Kind) {
  return evaluator({
    ...CHECK,
    id,
    title,
    needs: ['expected'],
    params: z.strictObject({
      value: Value.optional().meta({ description: 'One text or several; by default what the row expects.' }),
      ...(always ? {} : { ignoreCase: z.boolean().default(false) }),
    }),
    prepare(params) {
      const given = params.value === undefined ? undefined : [params.value].flat().map(String)
      const ignoreCase = always || ('ignoreCase' in params && params.ignoreCase === true)
      const plain = (text: string) => (ignoreCase ? text.toLowerCase() : text)
      const wanted = (row: EvaluatorRow): string[] => given ?? referencesOf(row)
      return {
        ...(given ? { needs: [] } : {}),
        evaluate(row) {
          const text = plain(textOf(row.output))
          const parts = wanted(row)
          const missing = parts.filter((part) => !holds(text, plain(part)))
          if (any ? missing.length < parts.length : missing.length === 0) return passed(true)
          return passed(false, `The answer does not ${verb} ${missing.map((part) => shortly(part)).join(any ? ' or ' : ' and ')}.`)
        },
      }
    },
  })
}

export const contains = partCheck({ id: 'contains', title: 'Contains a text, or all of several' })
export const containsAny = partCheck({ id: 'contains-any', title: 'Contains at least one of several texts', any: true })
export const containsAll = partCheck({ id: 'contains-all', title: 'Contains all of several texts' })
export const icontains = partCheck({ id: 'icontains', title: 'Contains a text in whatever case', ignoreCase: true })
export const icontainsAny = partCheck({
  id: 'icontains-any',
  title: 'Contains at least one of several texts in whatever case',
  ignoreCase: true,
  any: true,
})
export const icontainsAll = partCheck({ id: 'icontains-all', title: 'Contains all of several texts in whatever case', ignoreCase: true })
export const startsWith = partCheck({
  id: 'starts-with',
  title: 'Starts with a text, or with one of several',
  any: true,
  holds: (text, part) => text.startsWith(part),
  verb: 'start with',
})
export const endsWith = partCheck({
  id: 'ends-with',
  title: 'Ends with a text, or with one of several',
  any: true,
  holds: (text, part) => text.endsWith(part),
  verb: 'end with',
})
