import { describe, expect, it } from 'vitest'
import { scripted } from '../judges/scripted.case.ts'
import { prepareScorer } from '../registry.ts'
import { fOf } from './answer-correctness.ts'
import { averagePrecision } from './context.ts'
import { wrongBySources } from './noise-sensitivity.ts'

const row = {
  input: 'Where is the tower?',
  output: 'In Paris. It is 330 m high.',
  context: ['The tower is in Paris.', 'Bread is cheap.'],
  expected: 'It is in Paris.',
}
const verdicts = (...all: (0 | 1)[]) => ({ verdicts: all.map((verdict, at) => ({ statement: at + 1, reason: `because ${at}`, verdict })) })
/** Directions by what a text is about, so that similarities are known. */
const embed = async (texts: string[]) =>
  texts.map((text) => [text.includes('Paris') || text.includes('tower') ? 1 : 0, text.includes('bread') ? 1 : 0, 0.001])

describe('faithfulness', () => {
  it('is the share of statements that the sources support, with each of them as evidence', async () => {
    const { env } = scripted({ statements: { statements: ['The tower is in Paris.', 'It is 330 m high.'] }, verdicts: verdicts(1, 0) })
    const scorer = await prepareScorer('faithfulness')
    expect(await scorer.evaluate(row, env)).toMatchObject({
      ...{ status: 'scored', score: 0.5, pass: false, usage: { calls: 2 } },
      evidence: [{ verdict: 'supported' }, { text: 'It is 330 m high.', verdict: 'unsupported', reason: 'because 1' }],
    })
  })

  it('is not applicable without statements, and an error where the judge leaves one out', async () => {
    const scorer = await prepareScorer('faithfulness')
    expect(await scorer.evaluate(row, scripted({ statements: { statements: [] } }).env)).toMatchObject({ status: 'na' })
    const forgetful = scripted({ statements: { statements: ['a', 'b'] }, verdicts: verdicts(1) })
    expect(await scorer.evaluate(row, forgetful.env)).toMatchObject({ status: 'error', reason: expect.stringContaining('statement 2') })
    expect(await scorer.evaluate({ output: 'x' }, scripted({}).env)).toEqual({ status: 'na', reason: 'The row has no context.' })
  })
})

describe('answer-relevancy', () => {
  const guess = (question: string, noncommittal = false) => ({ question, noncommittal })
  it('is the mean similarity of the guessed questions', async () => {
    const scorer = await prepareScorer('answer-relevancy')
    const { env } = scripted({ guess: [guess('Where is the tower?'), guess('Is bread cheap?'), guess('Where is Paris?', true)] })
    expect(await scorer.evaluate(row, { ...env, embed })).toMatchObject({ score: expect.closeTo(2 / 3, 4), sub: { noncommittal: false } })
    const evasive = scripted({ guess: guess('Where is the tower?', true) })
    expect(await scorer.evaluate(row, { ...evasive.env, embed })).toMatchObject({ score: 0 })
    expect(await scorer.evaluate(row, evasive.env)).toMatchObject({ status: 'error', reason: expect.stringContaining('--embedding-model') })
  })
})

describe('the sources', () => {
  it.each([
    [[true, false, true], (1 + 2 / 3) / 2],
    [[false, true], 0.5],
    [[false, false], 0],
    [[true], 1],
  ])('useful as %j have a precision of %d', (useful, precision) => {
    expect(averagePrecision(useful)).toBeCloseTo(precision, 10)
  })

  it('are judged one by one for precision, by sentences for recall, by names for entities', async () => {
    const useful = (_: unknown, material: string) => ({ reason: 'r', verdict: material.includes('<source>\nThe tower') ? 1 : 0 })
    expect(await (await prepareScorer('context-precision')).evaluate(row, scripted({ verdict: useful }).env)).toMatchObject({
      ...{ score: 1, evidence: [{ verdict: 'useful' }, { verdict: 'useless' }] },
    })
    const two = { ...row, expected: 'It is in Paris. It is blue.' }
    expect(await (await prepareScorer('context-recall')).evaluate(two, scripted({ verdicts: verdicts(1, 0) }).env)).toMatchObject({
      score: 0.5,
    })
    const entities = scripted({ entities: [{ entities: ['Paris', 'Gustave Eiffel'] }, { entities: ['paris', 'Bread'] }] })
    expect(await (await prepareScorer('context-entity-recall')).evaluate(row, entities.env)).toMatchObject({
      ...{
        score: 0.5,
        evidence: [
          { text: 'Paris', verdict: 'found' },
          { text: 'Gustave Eiffel', verdict: 'missing' },
        ],
      },
    })
  })
})

describe('noise', () => {
  it('is blamed on the sources that say what is wrong', () => {
    const sources = [
      { relevant: true, says: [true, true, false, false] },
      { relevant: false, says: [false, true, true, false] },
    ]
    expect(wrongBySources([true, false, false, false], sources)).toEqual({
      relevant: [false, true, false, false],
      irrelevant: [false, false, true, false],
    })
  })

  it('is a share of the statements of the answer', async () => {
    const { env } = scripted({
      statements: [{ statements: ['In Paris.', '330 m high.'] }, { statements: ['In Paris.'] }],
      // Against the reference; then for each source what is wanted and what is said.
      verdicts: [verdicts(1, 0), verdicts(1), verdicts(1, 1), verdicts(0), verdicts(0, 0)],
    })
    expect(await (await prepareScorer('noise-sensitivity')).evaluate(row, env)).toMatchObject({
      status: 'scored',
      score: 0.5,
      evidence: [{ verdict: 'right' }, { verdict: 'wrong by a source' }],
    })
  })
})

describe('answer-correctness', () => {
  it.each([
    [{ tp: 1, fp: 1, fn: 0 }, 1, 2 / 3],
    [{ tp: 0, fp: 1, fn: 1 }, 1, 0],
    [{ tp: 2, fp: 0, fn: 2 }, 2, (5 * 2) / (5 * 2 + 4 * 2)],
  ])('F of %j with beta %d is %d', (counts, beta, f) => expect(fOf(counts, beta)).toBeCloseTo(f, 10))

  it('weighs statements and similarity', async () => {
    const script = { statements: [{ statements: ['a', 'b'] }, { statements: ['a'] }], verdicts: [verdicts(1, 0), verdicts(1)] }
    const scorer = await prepareScorer('answer-correctness')
    expect(await scorer.evaluate(row, { ...scripted(script).env, embed })).toMatchObject({
      score: expect.closeTo(0.75 * (2 / 3) + 0.25, 4),
      sub: { tp: 1, fp: 1, fn: 0 },
    })
    const alone = await prepareScorer('answer-correctness', { weights: [1, 0] })
    expect(await alone.evaluate(row, scripted(script).env)).toMatchObject({ score: expect.closeTo(2 / 3, 10) })
  })
})

describe('similarity and bertscore', () => {
  it('compare with the closest reference', async () => {
    const scorer = await prepareScorer('similarity', { threshold: 0.8 })
    expect(await scorer.evaluate({ output: 'Paris', references: ['bread', 'the tower'] }, { embed })).toMatchObject({
      score: expect.closeTo(1, 4),
      pass: true,
    })
    const far = await prepareScorer('similarity', { measure: 'euclidean' })
    expect(await far.evaluate({ output: 'Paris', expected: 'bread' }, { embed })).toMatchObject({
      score: expect.closeTo(1 / (1 + Math.SQRT2), 4),
    })
    expect(await scorer.evaluate({ output: 'a', expected: 'b' }, { embed: async () => [[1], [1, 2]] })).toMatchObject({ status: 'error' })
  })

  it('match tokens greedily, best first of both sides', async () => {
    const vectors: Record<string, number[]> = { a: [1, 0], b: [0, 1], c: [0.6, 0.8] }
    const embedTokens = async (texts: string[]) =>
      texts.map((text) => [[9, 9], ...text.split(' ').map((word) => vectors[word] as number[]), [9, 9]])
    const scorer = await prepareScorer('bertscore')
    const got = await scorer.evaluate({ output: 'a c', expected: 'a b' }, { embedTokens })
    expect(got).toMatchObject({
      sub: { precision: expect.closeTo(0.9, 10), recall: expect.closeTo(0.9, 10) },
      score: expect.closeTo(0.9, 10),
    })
    expect(await scorer.evaluate({ output: 'a', expected: 'b' })).toMatchObject({
      status: 'error',
      reason: expect.stringContaining('embed_all'),
    })
    const rescaled = await prepareScorer('bertscore', { baseline: { precision: 0.8, recall: 0.8, f1: 0.8 } })
    expect(await rescaled.evaluate({ output: 'a c', expected: 'a b' }, { embedTokens })).toMatchObject({ score: expect.closeTo(0.5, 10) })
  })
})
