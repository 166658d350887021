import { describe, expect, test } from 'vitest'
import { krippendorff } from './agreement.ts'
import { confusionOf, correctedPassRate, errorDrift, predictionPowered } from './calibration.ts'
import { randomOf } from './means.ts'
import { alphaOf, gwetAc1, type Rated, rawAgreement } from './raters.ts'
import { drawNormal } from './resample.ts'

const RUNS = 500
/** 93 % of 500 runs. */
const ENOUGH = 465

describe('agreement of simulated reviewers', () => {
  /** Items that are good with a chance, and reviewers who each err with a rate of their own. */
  const simulate = (random: () => number, items: number, errs: readonly number[]): Rated =>
    Array.from({ length: items }, () => {
      const truth = random() < 0.7 ? 1 : 0
      return errs.map((rate) => (random() < rate ? 1 - truth : truth))
    })
  const ERRS = [0.1, 0.15, 0.2]

  test('the intervals of α, AC1 and raw agreement hold what is true of all items', () => {
    const all = simulate(randomOf(99), 200_000, ERRS)
    const once = { categories: 2, resamples: 1 }
    const truth = { alpha: alphaOf(all, once).value ?? 0, gwet: gwetAc1(all, once).value ?? 0, raw: rawAgreement(all, once).value ?? 0 }
    const held = { alpha: 0, gwet: 0, raw: 0 }
    for (let run = 0; run < RUNS; run++) {
      const rated = simulate(randomOf(1000 + run), 150, ERRS)
      const options = { categories: 2, resamples: 300, seed: run }
      const found = { alpha: alphaOf(rated, options), gwet: gwetAc1(rated, options), raw: rawAgreement(rated, options) }
      for (const name of ['alpha', 'gwet', 'raw'] as const) {
        const { low, high } = found[name]
        if ((low ?? 1) <= truth[name] && truth[name] <= (high ?? -1)) held[name]++
      }
    }
    expect(held.alpha).toBeGreaterThanOrEqual(ENOUGH)
    expect(held.gwet).toBeGreaterThanOrEqual(ENOUGH)
    expect(held.raw).toBeGreaterThanOrEqual(ENOUGH)
  })

  test('α from counts is that of the reference, with gaps and with order', () => {
    const random = randomOf(5)
    const rated = Array.from({ length: 60 }, () => Array.from({ length: 4 }, () => (random() < 0.25 ? null : Math.floor(random() * 3))))
    for (const level of ['nominal', 'ordinal'] as const)
      expect(alphaOf(rated, { categories: 3, level, resamples: 10 }).value).toBeCloseTo(
        krippendorff({ ratings: rated, level, categories: [0, 1, 2] }).statistic ?? 9,
        12,
      )
  })

  test('AC1 of two raters is as published', () => {
    // Gwet 2008, table 1: 118 and 2 the same, 5 and 0 not.
    const rows = (count: number, row: number[]) => Array.from({ length: count }, () => row)
    const rated = [...rows(118, [0, 0]), ...rows(5, [0, 1]), ...rows(2, [1, 0]), ...rows(0, [1, 1])]
    const raw = 118 / 125
    const share = (118 * 2 + 7) / 250
    const chance = 2 * share * (1 - share)
    expect(gwetAc1(rated, { categories: 2, resamples: 10 }).value).toBeCloseTo((raw - chance) / (1 - chance), 12)
  })

  test('where all say the same, α is not defined and says why, and the interval of raw agreement is not a point', () => {
    const alike = [...Array(12)].map(() => [1, 1])
    expect(rawAgreement(alike, { categories: 2 })).toMatchObject({ value: 1, low: expect.closeTo(0.757, 2), high: 1 })
    expect(gwetAc1(alike, { categories: 2 })).toMatchObject({ value: 1, low: null })
    expect(
      alphaOf(
        [
          [1, 1],
          [1, 1],
        ],
        { categories: 2 },
      ),
    ).toMatchObject({ value: null, why: expect.stringContaining('the same') })
    expect(alphaOf([[1, null]], { categories: 2 })).toMatchObject({ value: null, why: 'no item has two answers' })
  })
})

describe('a judge held against people', () => {
  test('the corrected pass rate holds the true one, where the raw one is far off', () => {
    const truth = 0.8
    let held = 0
    let raw = 0
    for (let run = 0; run < RUNS; run++) {
      const random = randomOf(7000 + run)
      const one = () => {
        const people = random() < truth
        return { people, judge: random() < (people ? 0.85 : 0.25) }
      }
      const confusion = confusionOf(Array.from({ length: 200 }, one))
      const others = Array.from({ length: 1000 }, one)
      const passed = others.filter(({ judge }) => judge).length
      const { low, high } = correctedPassRate(confusion, { passed, n: 1000 }, { resamples: 400, seed: run })
      if ((low ?? 1) <= truth && truth <= (high ?? 0)) held++
      if (Math.abs(passed / 1000 - truth) < 0.03) raw++
    }
    expect(held).toBeGreaterThanOrEqual(ENOUGH)
    expect(raw).toBeLessThan(RUNS / 10)
  })

  test('the prediction-powered mean holds the true one, and is narrower than people alone', () => {
    let held = 0
    let narrower = 0
    for (let run = 0; run < RUNS; run++) {
      const random = randomOf(300 + run)
      const one = () => {
        const people = 0.6 + 0.2 * drawNormal(random)
        return { people, judge: people + 0.15 + 0.1 * drawNormal(random) }
      }
      const labelled = Array.from({ length: 100 }, one)
      const others = Array.from({ length: 1000 }, () => one().judge)
      const mean = others.reduce((all, value) => all + value, 0) / 1000
      const variance = others.reduce((all, value) => all + (value - mean) ** 2, 0) / 999
      const { low, high } = predictionPowered(labelled, { n: 1000, mean, variance })
      if ((low ?? 1) <= 0.6 && 0.6 <= (high ?? 0)) held++
      const alone = predictionPowered(labelled, { n: 0, mean: 0, variance: 0 })
      if ((high ?? 9) - (low ?? 0) < (alone.high ?? 0) - (alone.low ?? 0)) narrower++
    }
    expect(held).toBeGreaterThanOrEqual(ENOUGH)
    expect(narrower).toBeGreaterThan(RUNS * 0.99)
  })

  test('what cannot be known is not made up', () => {
    const { why } = correctedPassRate({ truePass: 10, falsePass: 0, falseFail: 2, trueFail: 0 }, { passed: 8, n: 10 })
    expect(why).toContain('people let pass all')
    expect(correctedPassRate({ truePass: 5, falsePass: 5, falseFail: 5, trueFail: 5 }, { passed: 8, n: 10 }).value).toBeNull()
    expect(predictionPowered([], { n: 5, mean: 1, variance: 1 }).value).toBeNull()
  })
})

describe('drift', () => {
  const verdicts = (seed: number, count: number, rate: number) => {
    const random = randomOf(seed)
    return Array.from({ length: count }, () => random() < rate)
  }
  const usual = { errors: 20, n: 200 }

  test('a judge that errs as before raises hardly an alarm in 200 verdicts', () => {
    const alarms = Array.from({ length: 200 }, (_, run) => errorDrift(verdicts(run, 200, 0.1), { usual })).filter(({ alarm }) => alarm)
    expect(alarms.length).toBeLessThanOrEqual(20)
  })

  test('one that errs three times as often is found within 200, and when is said', () => {
    const runs = Array.from({ length: 200 }, (_, run) =>
      errorDrift([...verdicts(run, 50, 0.1), ...verdicts(900 + run, 150, 0.3)], { usual }),
    )
    expect(runs.filter(({ alarm }) => alarm).length).toBeGreaterThan(180)
    expect(runs.every(({ at, alarm }) => (at !== null) === alarm)).toBe(true)
  })
})
