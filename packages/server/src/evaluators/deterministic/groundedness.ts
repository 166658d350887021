import type { Evidence } from '@signalbox/schema/evaluator'
import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { notApplicable, scored } from '../outcome.ts'
import { contextOf, textOf } from '../row.ts'
import { sentencesOf } from '../text/sentences.ts'
import { type Fact, factsOf, Sources } from './facts.ts'
import { CHECK } from './shared.ts'

/** Beyond this only the first ones are judged, and it says so. */
const MOST_CHARACTERS = 200_000
const LONGEST_SENTENCE = 4_000

export const groundedness = evaluator({
  ...CHECK,
  id: 'groundedness',
  title: 'Numbers, dates, names and quotes of the answer occur in its sources',
  scale: 'unit',
  needs: ['context'],
  params: z.strictObject({
    kinds: z
      .array(z.enum(['number', 'date', 'name', 'quote', 'code']))
      .min(1)
      .default(['number', 'date', 'name', 'quote', 'code']),
    allowInput: z.boolean().default(true).meta({ description: 'What the question says counts as a source too.' }),
    threshold: z.number().min(0).max(1).default(1).meta({ description: 'Passes from this share on.' }),
  }),
  prepare({ kinds, allowInput, threshold }) {
    return {
      evaluate(row) {
        const text = textOf(row.output)
        const sources = new Sources([...contextOf(row), ...(allowInput && row.input !== undefined ? [textOf(row.input)] : [])])
        let [all, supported] = [0, 0]
        const evidence = sentencesOf(text.slice(0, MOST_CHARACTERS))
          .flatMap(inPieces)
          .map((sentence): Evidence => {
            const facts = factsOf(sentence, { names: kinds.includes('name') }).filter(({ kind }) => kinds.includes(kind))
            const found = facts.map((fact) => sources.find(fact))
            const missing = facts.filter((_, at) => found[at] === undefined)
            all += facts.length
            supported += facts.length - missing.length
            return judged(
              sentence,
              facts,
              missing,
              found.find((source) => source !== undefined),
            )
          })
        if (all === 0) return notApplicable('The answer has no number, date, name or quote that could be looked up.', { evidence })
        const score = supported / all
        const reason = score < 1 ? `${all - supported} of ${all} facts are not in the sources.` : undefined
        return scored(score, {
          pass: score >= threshold,
          sub: { facts: all, supported, ...(text.length > MOST_CHARACTERS ? { unread: text.length - MOST_CHARACTERS } : {}) },
          evidence,
          ...(reason === undefined ? {} : { reason }),
        })
      },
    }
  },
})

/** A text without full stops is no sentence: it is looked at piece by piece. */
function inPieces(sentence: string): string[] {
  const count = Math.ceil(sentence.length / LONGEST_SENTENCE)
  return Array.from({ length: count }, (_, at) => sentence.slice(at * LONGEST_SENTENCE, (at + 1) * LONGEST_SENTENCE))
}

function judged(text: string, facts: readonly Fact[], missing: readonly Fact[], source: string | undefined): Evidence {
  if (facts.length === 0) return { text, verdict: 'nothing to check' }
  if (missing.length === 0) return { text, verdict: 'supported', ...(source === undefined ? {} : { source }) }
  const said = missing.map(({ kind, text }) => `${kind} ${JSON.stringify(text)}`).join(', ')
  return { text, verdict: 'unsupported', reason: `not in the sources: ${said}` }
}
