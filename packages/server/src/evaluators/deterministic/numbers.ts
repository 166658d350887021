import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { failed, passed, scored } from '../outcome.ts'
import { textOf } from '../row.ts'
import { split } from '../text/python-text.ts'
import { CHECK } from './shared.ts'

/** 1,234.5 and -3e4 as they are written in English; a separator of thousands is followed by three digits. */
const NUMBER = /[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?/gi

const numbersIn = (text: string): number[] =>
  [...text.matchAll(NUMBER)].map(([found]) => Number(found.replaceAll(',', '').replace('−', '-'))).filter(Number.isFinite)

const pickedFrom = (value: unknown, pick: 'first' | 'last'): number | undefined =>
  typeof value === 'number' ? value : numbersIn(textOf(value)).at(pick === 'first' ? 0 : -1)

export const numeric = evaluator({
  ...CHECK,
  id: 'numeric',
  title: 'Is the expected number, within a tolerance',
  needs: ['expected'],
  params: z.strictObject({
    value: z.number().optional().meta({ description: 'By default the number that the row expects.' }),
    tolerance: z.number().min(0).default(1e-9).meta({ description: 'How far it may be off.' }),
    relative: z.number().min(0).default(0).meta({ description: 'Or this share of the expected number, where that is more.' }),
    pick: z.enum(['first', 'last']).default('last').meta({ description: 'Which number of a text is meant.' }),
  }),
  prepare({ value, tolerance, relative, pick }) {
    return {
      ...(value === undefined ? {} : { needs: [] }),
      evaluate({ output, expected }) {
        const wanted = value ?? pickedFrom(expected, pick)
        if (wanted === undefined) return failed('What the row expects holds no number.')
        const own = pickedFrom(output, pick)
        if (own === undefined) return passed(false, 'The answer holds no number.')
        const difference = Math.abs(own - wanted)
        const pass = difference <= Math.max(tolerance, relative * Math.abs(wanted))
        return passed(pass, pass ? undefined : `${own} is not ${wanted}.`, { sub: { value: own, expected: wanted, difference } })
      },
    }
  },
})

const LIMITS = { min: z.number().min(0).optional(), max: z.number().min(0).optional() }

/** Words between whitespace; of scripts without spaces the words that Unicode's rules find. */
function countWords(text: string): number {
  if (!/[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/.test(text)) return split(text).length
  return [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)].filter(({ isWordLike }) => isWordLike).length
}

export const wordCount = evaluator({
  ...CHECK,
  id: 'word-count',
  title: 'How many words the answer has',
  scale: 'raw',
  needs: [],
  params: z.strictObject({ ...LIMITS, exactly: z.int().min(0).optional() }),
  prepare({ min, max, exactly }) {
    return {
      evaluate({ output }) {
        const words = countWords(textOf(output))
        if (min === undefined && max === undefined && exactly === undefined) return scored(words)
        const pass = words >= (exactly ?? min ?? 0) && words <= (exactly ?? max ?? Number.POSITIVE_INFINITY)
        const wanted = exactly ?? `${min ?? 0} to ${max ?? 'any number'}`
        return scored(words, { pass, ...(pass ? {} : { reason: `${words} words, not ${wanted}.` }) })
      },
    }
  },
})

export const latency = evaluator({
  ...CHECK,
  id: 'latency',
  title: 'How long the answer took, in milliseconds',
  scale: 'raw',
  higherIsBetter: false,
  needs: ['latencyMs'],
  params: z.strictObject({ max: z.number().min(0).optional().meta({ description: 'Passes up to so many milliseconds.' }) }),
  prepare: ({ max }) => ({
    evaluate: ({ latencyMs = 0 }) => scored(latencyMs, max === undefined ? {} : { pass: latencyMs <= max }),
  }),
})

export const cost = evaluator({
  ...CHECK,
  id: 'cost',
  title: 'What the answer cost, in USD',
  scale: 'raw',
  higherIsBetter: false,
  needs: ['costUsd'],
  params: z.strictObject({ max: z.number().min(0).optional().meta({ description: 'Passes up to so many USD.' }) }),
  prepare: ({ max }) => ({
    evaluate: ({ costUsd }) => scored(Number(costUsd), max === undefined ? {} : { pass: Number(costUsd) <= max }),
  }),
})
