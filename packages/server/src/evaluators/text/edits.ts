import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { editDistance, jaro, jaroWinkler } from './edit-distance.ts'
import { characters, split } from './python-text.ts'

const Shared = {
  unit: z.enum(['character', 'word']).default('character').meta({ description: 'Characters are code points.' }),
  ignoreCase: z.boolean().default(false),
}
type Shared = { unit: 'character' | 'word'; ignoreCase: boolean }

const partsOf = (text: string, { unit, ignoreCase }: Shared): string[] => {
  const cased = ignoreCase ? text.toLowerCase() : text
  return unit === 'word' ? split(cased) : characters(cased)
}

export const levenshtein = evaluator({
  id: 'levenshtein',
  title: 'Levenshtein distance to the closest reference',
  kind: 'text',
  scale: 'raw',
  higherIsBetter: false,
  needs: ['expected'],
  deterministic: true,
  costed: false,
  revision: 1,
  params: z.strictObject({
    ...Shared,
    maxDistance: z.number().min(0).optional().meta({ description: 'Passes up to it. Without it nothing passes or fails.' }),
  }),
  prepare(params) {
    return {
      evaluate(row) {
        const own = partsOf(textOf(row.output), params)
        const found = referencesOf(row).map((reference) => {
          const wanted = partsOf(reference, params)
          const distance = editDistance(own, wanted)
          return { distance, similarity: 1 - distance / Math.max(own.length, wanted.length, 1) }
        })
        const best = found.reduce((least, one) => (one.distance < least.distance ? one : least))
        return scored(best.distance, {
          ...(params.maxDistance === undefined ? {} : { pass: best.distance <= params.maxDistance }),
          sub: best,
          signature: `Levenshtein|unit:${params.unit}|case:${params.ignoreCase ? 'lc' : 'mixed'}`,
        })
      },
    }
  },
})

type Measure = (own: readonly string[], wanted: readonly string[]) => number
const longest = (a: readonly string[], b: readonly string[]) => Math.max(a.length, b.length, 1)
const MEASURES = {
  levenshtein: (a, b) => 1 - editDistance(a, b) / longest(a, b),
  osa: (a, b) => 1 - editDistance(a, b, { swaps: true }) / longest(a, b),
  indel: (a, b) => 1 - editDistance(a, b, { change: 2 }) / Math.max(a.length + b.length, 1),
  jaro,
  'jaro-winkler': (a, b) => jaroWinkler(a, b),
} satisfies Record<string, Measure>

export const editSimilarity = evaluator({
  id: 'edit-similarity',
  title: 'Similarity to the closest reference, by edits',
  kind: 'text',
  scale: 'unit',
  higherIsBetter: true,
  needs: ['expected'],
  deterministic: true,
  costed: false,
  revision: 1,
  params: z.strictObject({
    measure: z.enum(['levenshtein', 'osa', 'indel', 'jaro', 'jaro-winkler']).default('levenshtein').meta({
      description:
        '`osa` counts a swap of neighbours as one edit; `indel` is insertions and removals only, as in fuzzy matching of strings.',
    }),
    ...Shared,
    threshold: z.number().min(0).max(1).optional().meta({ description: 'Passes from it on.' }),
  }),
  prepare(params) {
    const measure: Measure = MEASURES[params.measure]
    return {
      evaluate(row) {
        const own = partsOf(textOf(row.output), params)
        const score = Math.max(...referencesOf(row).map((reference) => measure(own, partsOf(reference, params))))
        return scored(score, {
          ...(params.threshold === undefined ? {} : { pass: score >= params.threshold }),
          signature: `${params.measure}|unit:${params.unit}|case:${params.ignoreCase ? 'lc' : 'mixed'}`,
        })
      },
    }
  },
})
