import { readFileSync } from 'node:fs'
import type { EvaluatorRow } from '@signalbox/schema/evaluator'
import { describe, expect, it } from 'vitest'
import { prepareScorer } from '../registry.ts'
import { stem } from './porter.ts'

type Reference = {
  rows: { output: string; references: string[] }[]
  scores: {
    evaluator: string
    params: object
    rows: (number | [number, number, number])[]
    corpus?: { score: number; signature: string }
  }[]
  stems: Record<string, string>
}
/** The file says which versions of which programs it was made with. */
const reference = JSON.parse(readFileSync(new URL('./__fixtures__/reference.json', import.meta.url), 'utf8')) as Reference

const CLOSE = 7

describe.each(reference.scores)('$evaluator with $params', ({ evaluator, params, rows }) => {
  it('gives each row the score of the reference', async () => {
    const scorer = await prepareScorer(evaluator, params)
    for (const [at, want] of rows.entries()) {
      const row = reference.rows[at] as EvaluatorRow
      const got = await scorer.evaluate(row)
      const what = `row ${at}: ${JSON.stringify(row)}`
      if (got.status === 'na') {
        // Only ROUGE does this, of texts in which it sees nothing.
        expect([evaluator, typeof want === 'number' ? want : want[2]], what).toEqual(['rouge', 0])
        continue
      }
      if (got.status !== 'scored') throw new Error(`${what}: ${got.reason}`)
      if (typeof want === 'number') expect(got.score, what).toBeCloseTo(want, CLOSE - 2)
      else expect([got.sub?.precision, got.sub?.recall, got.score], what).toEqual(want.map((value) => expect.closeTo(value, CLOSE)))
    }
  })
})

describe.each(reference.scores.filter(({ corpus }) => corpus))('$evaluator of a corpus with $params', ({ evaluator, params, corpus }) => {
  it('gives all rows the score and the signature of the reference', async () => {
    const scorer = await prepareScorer(evaluator, params)
    const all = scorer.corpus()
    for (const row of reference.rows) await all.add(row)
    const got = all.result()
    expect(got).toMatchObject({ status: 'scored', score: expect.closeTo(corpus?.score ?? Number.NaN, CLOSE - 2) })
    expect(got.signature?.split('|').slice(1).join('|')).toBe(corpus?.signature)
  })
})

it('stems words as NLTK does', () => {
  const wrong = Object.entries(reference.stems).filter(([word, want]) => stem(word) !== want)
  expect(wrong.map(([word, want]) => `${word}: ${stem(word)}, wanted ${want}`)).toEqual([])
})
