import { canonicalJson } from '@signalbox/schema/canonical-json'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { passed } from '../outcome.ts'
import { jsonOf, shortly, textOf } from '../row.ts'
import { CHECK } from './shared.ts'

export const equals = evaluator({
  ...CHECK,
  id: 'equals',
  title: 'Is exactly the expected answer',
  needs: ['expected'],
  params: z.strictObject({
    value: z.unknown().optional().meta({ description: 'In place of what the row expects.' }),
    ignoreCase: z.boolean().default(false),
    trim: z.boolean().default(false).meta({ description: 'Whitespace at both ends does not count.' }),
  }),
  prepare({ value, ignoreCase, trim }) {
    const plain = (text: string) => {
      const trimmed = trim ? text.trim() : text
      return ignoreCase ? trimmed.toLowerCase() : trimmed
    }
    /** A text is compared as text; anything else as JSON, whatever the order of its keys. */
    const same = (output: unknown, wanted: unknown): boolean => {
      if (typeof wanted === 'string') return plain(textOf(output)) === plain(wanted)
      const value = jsonOf(output)
      return value !== undefined && canonicalJson(value) === canonicalJson(wanted)
    }
    return {
      ...(value === undefined ? {} : { needs: [] }),
      evaluate({ output, expected, references }) {
        const wanted = value !== undefined ? [value] : references && references.length > 0 ? references : [expected]
        if (wanted.some((one) => same(output, one))) return passed(true)
        return passed(false, `${shortly(textOf(output))} is not ${wanted.map((one) => shortly(textOf(one))).join(' or ')}.`)
      },
    }
  },
})
