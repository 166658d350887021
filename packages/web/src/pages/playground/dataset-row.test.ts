import { describe, expect, it } from 'vitest'
import { rowOfRun, titleOfRow, variablesOfRow } from './dataset-row.ts'

const asked = (...names: string[]) => names.map((name) => ({ name, isOptional: false, isMessages: name === 'history' }))

describe('a row of a dataset', () => {
  it('gives each member to the variable of its name', () => {
    expect(variablesOfRow({ input: { question: 'Why?', list: [1], other: 'x' } }, asked('question', 'list'))).toEqual({
      question: 'Why?',
      list: '[1]',
    })
  })

  it('that is a text goes to the only variable, or to the one that is a question', () => {
    expect(variablesOfRow({ input: 'Why?' }, asked('customer'))).toEqual({ customer: 'Why?' })
    expect(variablesOfRow({ input: 'Why?' }, asked('policy', 'question'))).toEqual({ question: 'Why?' })
    expect(variablesOfRow({ input: 'Why?' }, asked('policy', 'tone'))).toEqual({})
  })

  it('of messages fills a placeholder, and its sources the context', () => {
    const input = [{ role: 'user', content: 'Why?' }]
    expect(variablesOfRow({ input, context: ['a', 'b'] }, asked('history', 'context'))).toEqual({
      history: JSON.stringify(input),
      context: 'a\n\nb',
    })
    expect(titleOfRow({ input })).toBe(JSON.stringify(input))
  })

  it('is made of a run: with what should come back, or as a case that somebody judged', () => {
    const run = { variables: { q: 'Why?' }, asked: 'Why?', answer: 'Because.' }
    expect(rowOfRun(run, 'expected')).toEqual({ input: { q: 'Why?' }, expected: 'Because.', metadata: {}, tags: [] })
    expect(rowOfRun({ ...run, variables: {} }, 'wrong')).toEqual({
      input: 'Why?',
      metadata: { output: 'Because.', pass: false },
      tags: ['evaluator-case'],
    })
  })
})
