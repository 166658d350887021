import { describe, expect, it } from 'vitest'
import { chooseExamples } from './choose-examples.ts'

const rows = [
  { input: 'Where is my parcel?', output: 'On its way.' },
  { input: 'May I return the shoes that I bought?', output: 'Within 30 days.' },
  { input: 'How do I change my password?', output: 'In your account.' },
  { input: 'The shoes are too small, may I return them?', output: 'Of course.' },
]
const inputs = (wanted: Partial<Parameters<typeof chooseExamples>[0]>, question = '') =>
  chooseExamples({ dataset: 'golden', select: 'first', k: 3, ...wanted }, rows, question).map(({ input }) => input)

describe('examples of a dataset', () => {
  it('are the first ones as they stand', () => {
    expect(inputs({ k: 2 })).toEqual([rows[0]?.input, rows[1]?.input])
    expect(inputs({ k: 9 })).toHaveLength(4)
  })

  it('that are similar share telling words with the question, and the nearest one stands right in front of it', () => {
    expect(inputs({ select: 'similar', k: 2 }, 'Can I RETURN shoes that are too small?')).toEqual([rows[1]?.input, rows[3]?.input])
    expect(inputs({ select: 'similar', k: 1 }, 'password forgotten')).toEqual([rows[2]?.input])
    expect(inputs({ select: 'similar', k: 2 }, 'zzz')).toEqual([rows[1]?.input, rows[0]?.input])
  })

  it('are fewer where together they would be too long', () => {
    expect(inputs({ maxTokens: 8 })).toEqual([rows[0]?.input])
    expect(inputs({ maxTokens: 1 })).toEqual([])
  })
})
