import type { ExperimentAnswer, ExperimentRow } from '@signalbox/schema'
import { expect, it } from 'vitest'
import { answersOf, lineOf, textOf, verdictOf } from './row-text.ts'

it('reads items as people would', () => {
  expect(textOf('as it is')).toBe('as it is')
  expect(textOf([{ role: 'user', content: 'Where is it?' }])).toBe('Where is it?')
  expect(
    textOf([
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Where?' },
    ]),
  ).toBe('system: Be kind.\nuser: Where?')
  expect(textOf({ question: 'Where?' })).toBe('{\n  "question": "Where?"\n}')
  expect(textOf(undefined)).toBe('')
  expect(lineOf({ question: 'Where\nis it?', orders: [1, 2] })).toBe('Where is it? · [1,2]')
  expect(lineOf('two\n\nlines')).toBe('two lines')
})

const answer = (variant: string, more: Partial<ExperimentAnswer> = {}) =>
  ({ variant, repeat: 0, pass: true, error: null, scores: [], ...more }) as unknown as ExperimentAnswer

it('finds the answers of a side, here or in another experiment', () => {
  const row = {
    answers: [answer('v2', { repeat: 1 }), answer('v2'), answer('v1')],
    baseline: [answer('v2', { output: 'theirs' })],
  } as unknown as ExperimentRow
  expect(answersOf(row, 'exp_1', { experimentId: 'exp_1', variant: 'v2' }).map(({ repeat }) => repeat)).toEqual([0, 1])
  expect(answersOf(row, 'exp_1', { experimentId: 'exp_0', variant: 'v2' }).map(({ output }) => output)).toEqual(['theirs'])
  // Another variant of the same experiment, where only the candidate was asked for.
  const asked = { answers: [answer('v2')], baseline: [answer('v1')] } as unknown as ExperimentRow
  expect(answersOf(asked, 'exp_1', { experimentId: 'exp_1', variant: 'v1' })).toHaveLength(1)
})

it('tells what came of an answer by the metric that is looked at', () => {
  expect(verdictOf(answer('v1', { pass: false }), 'pass')).toEqual({ pass: false, score: null, status: 'scored' })
  expect(verdictOf(answer('v1', { pass: null, error: 'no answer' }), 'pass').status).toBe('error')
  const scored = answer('v1', { scores: [{ key: 'tone', metric: 'rubric', status: 'scored', score: 0.4, pass: false }] })
  expect(verdictOf(scored, 'tone')).toEqual({ pass: false, score: 0.4, status: 'scored' })
  expect(verdictOf(scored, 'rubric').score).toBe(0.4)
  expect(verdictOf(scored, 'bleu').status).toBe('none')
})
