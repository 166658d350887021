// Scorers of autoevals, unchanged, in `Eval` of our SDK.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ExactMatch, JSONDiff, Levenshtein, NumericDiff } from 'autoevals'
import { Eval } from '../../../packages/sdk/src/evaluate/index.ts'

test('scorers of autoevals plug in as they are', async () => {
  const data = [
    { id: 'same', input: 'a', expected: 'paris' },
    { id: 'near', input: 'b', expected: 'lyon' },
  ]
  const task = (input) => (input === 'a' ? 'paris' : 'lion')
  const { results, summary } = await Eval(
    'autoevals',
    { data, task, scores: [Levenshtein, ExactMatch] },
    { reporter: false, noSendLogs: true },
  )
  assert.deepEqual(
    results.map(({ scores }) => scores.map(({ metric, score }) => [metric, score])),
    [
      [
        ['Levenshtein', 1],
        ['ExactMatch', 1],
      ],
      [
        ['Levenshtein', 0.75],
        ['ExactMatch', 0],
      ],
    ],
  )
  assert.equal(summary.scores.Levenshtein.score, 0.875)
  const more = await Eval(
    'values',
    {
      data: [{ input: 1, expected: { n: 10 } }],
      task: () => ({ n: 5 }),
      scores: [JSONDiff, ({ output, expected }) => NumericDiff({ output: output.n, expected: expected.n })],
    },
    { reporter: false, noSendLogs: true },
  )
  assert.deepEqual(
    more.results[0].scores.map(({ metric, status }) => [metric, status]),
    [
      ['JSONDiff', 'scored'],
      ['NumericDiff', 'scored'],
    ],
  )
})
