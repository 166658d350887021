import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import * as distributions from './distributions.ts'
import { bootstrap, randomOf } from './means.ts'
import { AGREEMENTS, STATISTICS } from './tables.ts'

type Case = { id: string; input: object; want: Record<string, number> }
type Reference = {
  statistics: Case[]
  agreement: Case[]
  many: { id: string; input: object; pValues: number[]; rejected: boolean[] }[]
  distributions: [name: keyof typeof distributions, input: number[], want: number][]
}
/** Random cases of our own, worked out by scipy, statsmodels, scikit-learn and krippendorff; the file says which versions. */
const reference = JSON.parse(readFileSync(new URL('./__fixtures__/reference.json', import.meta.url), 'utf8')) as Reference

function expectClose(got: unknown, want: number, what: string): void {
  expect(typeof got, what).toBe('number')
  expect(Math.abs((got as number) - want), `${what}: ${got}, wanted ${want}`).toBeLessThanOrEqual(1e-9 + 1e-8 * Math.abs(want))
}

describe.each([
  ['statistics', STATISTICS, reference.statistics],
  ['agreement', AGREEMENTS, reference.agreement],
] as const)('%s equal their reference', (_, known, cases) => {
  test.each(Object.entries(Object.groupBy(cases, ({ id }) => id)))('%s', (id, ofOne = []) => {
    for (const { input, want } of ofOne) {
      const got = known[id]?.run(input) as { ci?: { low: number; high: number } }
      const flat: Record<string, unknown> = { ...got, ...got.ci }
      for (const [name, value] of Object.entries(want)) expectClose(flat[name], value, `${name} of ${JSON.stringify(input).slice(0, 200)}`)
    }
  })
})

test.each(reference.many)('$id of $input', ({ id, input, pValues, rejected }) => {
  const got = STATISTICS[id]?.run(input) as { pValues: number[]; rejected: boolean[] }
  for (const [at, p] of pValues.entries()) expectClose(got.pValues[at], p, `p-value ${at}`)
  expect(got.rejected).toEqual(rejected)
})

test.each(reference.distributions)('%s(%j)', (name, input, want) => {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: the fixture names the function.
  const got = (distributions[name] as (...numbers: number[]) => number)(...input)
  expect(Math.abs(got - want), `${got}, wanted ${want}`).toBeLessThanOrEqual(1e-10 + 1e-9 * Math.abs(want))
})

const run = (id: string, input: object) => STATISTICS[id]?.run(input) as Record<string, number>

describe('what is drawn', () => {
  const values = Array.from({ length: 60 }, (_, at) => Math.sin(at * 7.3) + 0.4)

  it('is the same for the same seed, and another for another', () => {
    expect(run('bootstrap', { values, seed: 7 })).toEqual(run('bootstrap', { values, seed: 7 }))
    expect(run('bootstrap', { values, seed: 7 })).not.toEqual(run('bootstrap', { values, seed: 8 }))
  })

  it.each(['percentile', 'bca'] as const)('by %s covers the mean about as often as it says', (method) => {
    let covered = 0
    const random = randomOf(3)
    for (let round = 0; round < 300; round++) {
      // A skewed population whose mean is 1.
      const sample = Array.from({ length: 40 }, () => -Math.log(1 - random()))
      const { low, high } = bootstrap({ values: sample, method, resamples: 400, seed: round }).ci
      if (low <= 1 && 1 <= high) covered++
    }
    expect(covered / 300).toBeGreaterThan(0.85)
  })

  it('never gives a p-value of zero', () => {
    const { pValue = 0, method } = run('permutation', { differences: Array.from({ length: 40 }, () => 1) })
    expect({ method, pValue: pValue > 0 && pValue < 0.01 }).toEqual({ method: 'drawn', pValue: true })
  })
})

describe('clustered-se', () => {
  it('is the usual error of the mean where every row is its own cluster', () => {
    const scores = [0, 1, 1, 0, 1, 1, 1]
    const { se } = run('clustered-se', { scores, clusters: scores.map((_, at) => at) })
    const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
    const deviation = Math.sqrt(scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / (scores.length - 1))
    expect(se).toBeCloseTo(deviation / Math.sqrt(scores.length), 12)
  })

  it('does not get smaller by repeating every row', () => {
    const scores = [0, 1, 1, 0, 1, 1, 1]
    const clusters = scores.map((_, at) => `item ${at}`)
    const once = run('clustered-se', { scores, clusters })
    const thrice = run('clustered-se', { scores: [...scores, ...scores, ...scores], clusters: [...clusters, ...clusters, ...clusters] })
    expect(thrice.se).toBeCloseTo(once.se ?? Number.NaN, 12)
  })
})

test('power finds the number of pairs whose power it is', () => {
  const { n = 0 } = run('power', { effect: 0.3, power: 0.8 })
  expect(run('power', { effect: 0.3, n }).power).toBeGreaterThanOrEqual(0.8)
  expect(run('power', { effect: 0.3, n: n - 1 }).power).toBeLessThan(0.8)
})

test.each([
  [
    'cohen',
    {
      ratings: [
        ['a', 'a'],
        ['a', 'a'],
      ],
    },
  ],
  [
    'scott',
    {
      ratings: [
        ['a', 'a'],
        ['a', 'a'],
      ],
    },
  ],
  ['fleiss', { ratings: [['a', 'a', 'a']] }],
  [
    'krippendorff',
    {
      ratings: [
        [1, 1, null],
        [1, 1, 1],
      ],
    },
  ],
])('%s of raters who all say the same is not a number, and says why', (id, input) => {
  expect(AGREEMENTS[id]?.run(input)).toMatchObject({ statistic: null, reason: expect.stringContaining('not defined') })
})

test.each([
  ['wilcoxon', { x: [1, 2], y: [1] }, 'equally many'],
  ['wilcoxon', {}, 'either x and y, or differences'],
  ['wilson', { successes: 3, n: 2 }, 'more than n'],
  ['cochran-q', { rows: [[0, 1], [1]] }, 'columns'],
  ['clustered-se', { scores: [1, 2], clusters: ['a', 'a'] }, 'two clusters'],
  ['holm', { pValues: [1.2] }, 'pValues'],
])('%s of %j is refused in words', (id, input, words) => {
  expect(() => STATISTICS[id]?.run(input)).toThrow(words)
})
