import { z } from 'zod'
import { evaluator } from '../evaluator.ts'
import { scored } from '../outcome.ts'
import { referencesOf, textOf } from '../row.ts'
import { stem } from './porter.ts'
import { TOKENIZERS } from './tokenizers.ts'

const Params = z.strictObject({
  alpha: z.number().min(0).max(1).default(0.9),
  beta: z.number().min(0).default(3),
  gamma: z.number().min(0).max(1).default(0.5),
  tokenize: z
    .enum(['none', '13a', 'intl', 'zh', 'char'])
    .default('none')
    .meta({ description: 'NLTK takes words; `none` cuts at whitespace.' }),
  synonyms: z.record(z.string(), z.array(z.string())).optional().meta({
    description:
      'Words (or their stems) and what means the same, in place of WordNet, which is not part of Signalbox. Without it there is no third stage.',
  }),
})
type Params = z.output<typeof Params>

/** METEOR (Lavie & Agarwal 2007) as NLTK has it: exact words, then stems, then synonyms where there is a table of them. */
export const meteor = evaluator({
  id: 'meteor',
  title: 'METEOR, equal to NLTK without WordNet',
  kind: 'text',
  scale: 'unit',
  higherIsBetter: true,
  needs: ['expected'],
  deterministic: true,
  costed: false,
  revision: 1,
  params: Params,
  prepare(params) {
    const cut = (text: string) => TOKENIZERS[params.tokenize](text).map((word) => word.toLowerCase())
    const { alpha, beta, gamma, tokenize, synonyms } = params
    return {
      evaluate(row) {
        const words = cut(textOf(row.output))
        const references = referencesOf(row)
        const score = Math.max(...references.map((reference) => meteorOf(words, cut(reference), params)))
        const signature = `METEOR|nrefs:${references.length}|alpha:${alpha}|beta:${beta}|gamma:${gamma}|tok:${tokenize}|stemmer:porter-nltk|synonyms:${synonyms ? 'own' : 'no'}`
        return scored(score, { signature })
      },
    }
  },
})

type Word = { at: number; text: string }
type Match = [own: number, wanted: number]

function meteorOf(own: readonly string[], wanted: readonly string[], { alpha, beta, gamma, synonyms }: Params): number {
  const left = { own: own.map(placed), wanted: wanted.map(placed) }
  const matches = match(left, ({ text }) => [text])
  // What is left is compared by its stem from here on, also with synonyms: that is how the reference does it.
  for (const words of [left.own, left.wanted]) for (const word of words) word.text = stem(word.text)
  matches.push(...match(left, ({ text }) => [text]))
  if (synonyms) matches.push(...match(left, ({ text }) => [text, ...(Object.hasOwn(synonyms, text) ? (synonyms[text] ?? []) : [])]))
  if (matches.length === 0) return 0
  const precision = matches.length / own.length
  const recall = matches.length / wanted.length
  const mean = (precision * recall) / (alpha * precision + (1 - alpha) * recall)
  return (1 - gamma * (chunksOf(matches) / matches.length) ** beta) * mean
}

const placed = (text: string, at: number): Word => ({ at, text })

/** From the end, each word with the last one of the reference that is still free; both are taken out. */
function match(left: { own: Word[]; wanted: Word[] }, meanings: (word: Word) => string[]): Match[] {
  const places = new Map<string, number[]>()
  for (const [index, { text }] of left.wanted.entries()) places.set(text, [...(places.get(text) ?? []), index])
  const [ownTaken, wantedTaken, matches] = [new Set<number>(), new Set<number>(), [] as Match[]]
  for (let index = left.own.length - 1; index >= 0; index--) {
    const word = left.own[index] as Word
    const free = meanings(word).map((text) => places.get(text))
    const best = free.reduce((last, some) => ((some?.at(-1) ?? -1) > (last?.at(-1) ?? -1) ? some : last), undefined)
    const found = best?.pop()
    if (found === undefined) continue
    ownTaken.add(index)
    wantedTaken.add(found)
    matches.push([word.at, (left.wanted[found] as Word).at])
  }
  left.own = left.own.filter((_, index) => !ownTaken.has(index))
  left.wanted = left.wanted.filter((_, index) => !wantedTaken.has(index))
  return matches
}

/** Runs of matches that follow each other in both. */
function chunksOf(matches: Match[]): number {
  matches.sort(([a], [b]) => a - b)
  return matches.filter(([own, wanted], at) => {
    const before = matches[at - 1]
    return before === undefined || before[0] + 1 !== own || before[1] + 1 !== wanted
  }).length
}
