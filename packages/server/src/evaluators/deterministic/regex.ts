import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { failed, passed } from '../outcome.ts'
import { shortly, textOf } from '../row.ts'
import { linearRegex } from './linear-regex.ts'
import { CHECK } from './shared.ts'

export const regex = evaluator({
  ...CHECK,
  id: 'regex',
  title: 'Matches a pattern (RE2: linear time, without look-around and back-references)',
  needs: ['expected'],
  params: z.strictObject({
    pattern: z.string().min(1).max(10_000).optional().meta({ description: 'By default what the row expects.' }),
    flags: z.string().default('').meta({ description: 'Any of i, m and s.' }),
    whole: z.boolean().default(false).meta({ description: 'The pattern must match the whole answer.' }),
    negate: z.boolean().default(false).meta({ description: 'Passes where it does not match.' }),
  }),
  prepare({ pattern, flags, whole, negate }) {
    const given = pattern === undefined ? undefined : linearRegex(pattern, flags)
    return {
      ...(given ? { needs: [] } : {}),
      evaluate({ output, expected }) {
        if (!given && typeof expected !== 'string') return failed('What the row expects is no pattern: it must be a text.')
        const compiled = given ?? linearRegex(expected as string, flags)
        const text = textOf(output)
        const found = whole ? compiled.matchesWhole(text) : compiled.test(text)
        if (found !== negate) return passed(true)
        const said = shortly(pattern ?? String(expected))
        return passed(false, negate ? `The answer matches ${said}.` : `The answer does not match ${said}.`)
      },
    }
  },
})
