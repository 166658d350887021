import { z } from 'zod'
import { linearMatches } from '../../evaluators/deterministic/linear-regex.ts'
import { check, type Found } from '../check.ts'

const Pattern = z.strictObject({
  pattern: z.string().min(1).max(2_000).meta({ description: 'In the syntax of RE2: any text is searched in linear time.' }),
  flags: z
    .string()
    .regex(/^[imsu]*$/)
    .default(''),
  type: z.string().min(1).max(64).default('MATCH').meta({ description: 'What a finding is called, such as `MEDICAL_RECORD`.' }),
  reason: z.string().max(200).optional(),
})

const MOST_FOUND = 1_000

export const regex = check({
  id: 'regex',
  title: 'Patterns of your own',
  catches: 'What your patterns match, wherever it stands.',
  misses: 'Look-ahead, look-behind and back-references: patterns must be searchable in linear time.',
  cost: 'cpu',
  stages: ['before', 'stream', 'after', 'tool_call', 'tool_result', 'log'],
  action: 'flag',
  version: 1,
  params: z.strictObject({
    patterns: z.array(Pattern).min(1).max(100),
    mode: z
      .enum(['forbid', 'require'])
      .default('forbid')
      .meta({ description: '`require` finds fault with a text that one of them does not match.' }),
  }),
  prepare({ patterns, mode }) {
    const all = patterns.map((one) => ({ ...one, find: linearMatches(one.pattern, one.flags) }))
    return {
      run({ text }) {
        const found: Found[] = []
        for (const { find, type, pattern, reason } of all) {
          const places = find(text, mode === 'require' ? 1 : MOST_FOUND)
          if (mode === 'forbid')
            for (const [start, end] of places) found.push({ type, start, end, score: 1, reason: reason ?? `matches ${pattern}` })
          else if (places.length === 0)
            found.push({ type, start: 0, end: text.length, score: 1, reason: reason ?? `does not match ${pattern}`, replacement: '' })
        }
        return found
      },
    }
  },
})
