import { describe, expect, it } from 'vitest'
import { prepareScorer } from '../registry.ts'
import { factsOf } from './facts.ts'

const scorer = await prepareScorer('groundedness')
const SOURCE = `The leave policy took effect on 6 May 2024. Employees of Acme Rail get 24 days of paid leave and twelve public holidays.
Asha Rao approved it: "unused leave may be encashed at resignation". Write to hr@acme.example about form HR-204. The cost is Rs. 1,25,000.`

describe('facts of a sentence', () => {
  it.each([
    ['On 2024-05-06 it cost $1,234.50 or 12%.', ['date 2024-05-06', 'number 1,234.50', 'number 12']],
    ['It starts May 6, 2024 and ends on the 3rd of June.', ['date May 6, 2024', 'date 3rd of June']],
    ['Yesterday Asha Rao met the President of India.', ['name Asha Rao', 'name President of India']],
    ['Leave is paid.', []],
    ['She said “unused leave may be encashed” to NASA.', ['quote unused leave may be encashed', 'name NASA']],
    ['1. Write to hr@acme.example about HR-204.', ['code hr@acme.example', 'code HR-204']],
  ])('%s', (sentence, facts) => {
    expect(
      factsOf(sentence)
        .map(({ kind, text }) => `${kind} ${text}`)
        .sort(),
    ).toEqual([...facts].sort())
  })
})

describe('groundedness', () => {
  it('finds facts however they are written in the sources', async () => {
    const output =
      'Since 2024-05-06, Acme Rail gives 24 days. There are 12 public holidays. Form HR-204 costs 125,000. In May 2024 Rao said "Unused leave may be encashed".'
    expect(await scorer.evaluate({ output, context: [SOURCE] })).toMatchObject({ status: 'scored', score: 1, pass: true })
  })

  it('shows sentence by sentence what is not in them', async () => {
    const output = 'You get 24 days of leave. It took effect on 7 May 2024, as Ravi Menon said. That is generous.'
    const got = await scorer.evaluate({ output, context: SOURCE })
    expect(got).toMatchObject({ status: 'scored', score: expect.closeTo(1 / 3, 10), pass: false, sub: { facts: 3, supported: 1 } })
    expect(got.evidence).toMatchObject([
      { verdict: 'supported', source: expect.stringContaining('24 days') },
      { verdict: 'unsupported', reason: 'not in the sources: date "7 May 2024", name "Ravi Menon"' },
      { verdict: 'nothing to check' },
    ])
  })

  it('takes what the question says as known, and has nothing to say of an answer without facts', async () => {
    const row = { input: 'Where is order 4711?', output: 'Order 4711 is on its way.', context: 'Orders are sent by train.' }
    expect(await scorer.evaluate(row)).toMatchObject({ status: 'scored', score: 1 })
    const strict = await prepareScorer('groundedness', { allowInput: false })
    expect(await strict.evaluate(row)).toMatchObject({ status: 'scored', score: 0 })
    expect(await scorer.evaluate({ output: 'I do not know.', context: SOURCE })).toMatchObject({ status: 'na' })
    expect(await scorer.evaluate({ output: '24 days' })).toEqual({ status: 'na', reason: 'The row has no context.' })
  })

  it('is done soon with texts that are made to take long', async () => {
    for (const piece of ['Aa. ', 'A ', '1,', 'May ', '"', 'A'.repeat(50), ' ', '.'.repeat(9)]) {
      const got = await scorer.evaluate({ output: `24 ${piece.repeat(100_000 / piece.length)}`, context: SOURCE })
      expect(['scored', 'na']).toContain(got.status)
    }
  })
})
