import { z } from 'zod'
import { type FactKind, factsOf, Sources } from '../../evaluators/deterministic/facts.ts'
import { sentencesOf } from '../../evaluators/text/sentences.ts'
import { check, type Found } from '../check.ts'

const KINDS = ['number', 'date', 'name', 'quote', 'code'] as const

export const groundedness = check({
  id: 'groundedness',
  title: 'Facts of an answer that its sources do not hold',
  catches: 'Sentences with a number, date, name, quotation, address or code that does not occur in any of the sources.',
  misses: 'Sentences without such facts, and facts that are in the sources but do not belong together. A judge reads those.',
  cost: 'cpu',
  stages: ['after', 'log'],
  action: 'flag',
  version: 1,
  params: z.strictObject({
    kinds: z
      .array(z.enum(KINDS))
      .min(1)
      .default([...KINDS]),
    mark: z
      .boolean()
      .default(false)
      .meta({ description: 'Where an answer is redacted, its unsupported sentences are marked, not removed.' }),
  }),
  prepare({ kinds, mark }) {
    return {
      run({ text }, { sources }) {
        if (!sources || sources.length === 0) return { notChecked: 'There are no sources to look in: send them as `context`.' }
        const known = new Sources([...sources])
        const found: Found[] = []
        let from = 0
        for (const sentence of sentencesOf(text)) {
          const start = Math.max(from, text.indexOf(sentence, from))
          from = start + sentence.length
          const facts = factsOf(sentence, { names: kinds.includes('name') }).filter(({ kind }) => kinds.includes(kind))
          const missing = facts.filter((fact) => known.find(fact) === undefined)
          if (missing.length === 0) continue
          found.push({
            ...{ type: 'UNSUPPORTED', start, end: from, score: missing.length / facts.length },
            reason: `${listed(missing.map(({ kind }) => kind))} not in the sources`,
            ...(mark ? { replacement: `${sentence} [not in the sources]` } : {}),
          })
        }
        return found
      },
    }
  },
})

/** Kinds and how many of each, never the facts themselves. */
function listed(kinds: readonly FactKind[]): string {
  const counts = new Map<FactKind, number>()
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => `${count} ${kind}${count > 1 ? 's' : ''}`).join(', ')
}
