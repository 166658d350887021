import { EvaluatorRow, Outcome } from '@signalbox/schema/evaluator'
import { describe, expect, it } from 'vitest'
import { ABOUT } from './about.ts'
import { evaluatorCatalog } from './catalog.ts'
import { EVALUATOR_IDS, findEvaluator, listEvaluators, prepareScorer, scorerVersion } from './registry.ts'

describe('the table of evaluators', () => {
  it('says of each what it is, under its own id', async () => {
    const listed = await listEvaluators()
    expect(listed.map(({ id }) => id)).toEqual(EVALUATOR_IDS)
    for (const { title, params } of listed) {
      expect(title.length).toBeGreaterThan(5)
      expect(params).toMatchObject({ type: 'object', additionalProperties: false })
    }
  })

  it('says of each when to take another', async () => {
    const catalog = await evaluatorCatalog()
    expect(Object.keys(ABOUT).toSorted()).toEqual(EVALUATOR_IDS.toSorted())
    expect(new Set(catalog.map(({ description }) => description)).size).toBe(EVALUATOR_IDS.length)
    for (const { notFor } of catalog) expect(notFor).toMatch(/\.$/)
  })

  it('refuses what it does not know, and parameters that are wrong', async () => {
    await expect(findEvaluator('nothing')).rejects.toMatchObject({ code: 'invalid-request', message: 'There is no evaluator "nothing".' })
    await expect(findEvaluator('constructor')).rejects.toMatchObject({ code: 'invalid-request' })
    await expect(prepareScorer('equals', { ignorecase: true })).rejects.toThrow('ignorecase')
    await expect(prepareScorer('equals', { trim: 'yes' })).rejects.toThrow('trim')
  })

  it('gives a version that follows the parameters, whatever their order', async () => {
    const [plain, same, other] = await Promise.all([
      prepareScorer('equals'),
      prepareScorer('equals', { trim: false, ignoreCase: false }),
      prepareScorer('equals', { trim: true }),
    ])
    expect(plain.version).toMatch(/^[0-9a-f]{16}$/)
    expect(same.version).toBe(plain.version)
    expect(await scorerVersion('equals', { trim: true })).toBe(other.version)
    expect(other.version).not.toBe(plain.version)
  })

  it('makes na of a row that lacks what is needed, and one outcome of everything else', async () => {
    const scorer = await prepareScorer('equals')
    expect(await scorer.evaluate({ output: 'a' })).toEqual({ status: 'na', reason: 'The row has no expected.' })
    const row = EvaluatorRow.parse({ output: 'a', expected: 'b' })
    expect(Outcome.parse(await scorer.evaluate(row))).toEqual({ status: 'scored', score: 0, pass: false, reason: '"a" is not "b".' })
  })
})
