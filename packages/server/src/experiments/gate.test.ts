import { Gate } from '@signalbox/schema/experiment'
import { describe, expect, it } from 'vitest'
import { randomOf } from '../statistics/means.ts'
import { decide, ruleFor } from './gate.ts'
import { compare, type Pair, pairedProportions } from './report/compare.ts'

const about = { metric: 'm', variant: 'b', baseline: 'a', unpaired: 0, higherIsBetter: true, seed: 1, alpha: 0.05 }
const gate = Gate.parse({})
const outcomeOf = (pairs: Pair[]) => {
  const comparison = compare(pairs, about)
  return decide(ruleFor(comparison, gate), comparison, gate)
}

/** Rows most of which always pass or always fail, and some that do either by chance, as systems with a temperature have them. */
function pairsOf(random: () => number, { n, drop, flaky = 0.2 }: { n: number; drop: number; flaky?: number }): Pair[] {
  return Array.from({ length: n }, (_, index) => {
    const chance = random() < flaky ? 0.25 + 0.5 * random() : random() < 0.94 ? 1 : 0
    const draw = (p: number) => (random() < p ? 1 : 0)
    const baseline = draw(chance)
    const candidate = draw(chance)
    return {
      id: String(index),
      baseline,
      candidate: candidate === 1 && random() < drop / 0.85 ? 0 : candidate,
      flaky: false,
      cluster: undefined,
    }
  })
}

describe('the default gate', () => {
  it.each([50, 100, 300])('fails at most 5 of 100 pairs of runs of the same system, with %i rows', (n) => {
    const random = randomOf(n)
    let failed = 0
    for (let pair = 0; pair < 1000; pair++) if (outcomeOf(pairsOf(random, { n, drop: 0 })).outcome === 'fail') failed++
    expect(failed).toBeLessThanOrEqual(50)
  })

  it('finds a drop of 10 points among 300 rows in 4 of 5 runs or more', () => {
    const random = randomOf(7)
    let found = 0
    for (let pair = 0; pair < 300; pair++) if (outcomeOf(pairsOf(random, { n: 300, drop: 0.1 })).outcome === 'fail') found++
    expect(found).toBeGreaterThanOrEqual(240)
  })

  it('does the same for scores that are not yes or no', () => {
    const random = randomOf(3)
    const scores = (drop: number): Pair[] =>
      Array.from({ length: 60 }, (_, index) => {
        const quality = random()
        const noisy = () => Math.min(1, Math.max(0, quality + 0.3 * (random() - 0.5)))
        return { id: String(index), baseline: noisy(), candidate: noisy() - drop, flaky: false, cluster: undefined }
      })
    const rate = (drop: number) => Array.from({ length: 100 }, () => outcomeOf(scores(drop)).outcome).filter((one) => one === 'fail').length
    expect(rate(0)).toBeLessThanOrEqual(6)
    expect(rate(0.1)).toBeGreaterThanOrEqual(80)
  })

  it('passes what is the same, is inconclusive on few rows, and says what would show', () => {
    const same = (n: number, worse: number): Pair[] =>
      Array.from({ length: n }, (_, index) => ({
        id: String(index),
        baseline: 1,
        candidate: index < worse ? 0 : 1,
        flaky: false,
        cluster: undefined,
      }))
    expect(outcomeOf(same(300, 0)).outcome).toBe('pass')
    expect(outcomeOf(same(30, 2)).outcome).toBe('inconclusive')
    expect(outcomeOf(same(30, 2)).message).toMatch(/can neither show nor rule out/)
    expect(outcomeOf(same(30, 10)).outcome).toBe('fail')
    expect(outcomeOf(same(4, 0)).message).toMatch(/too few/)
  })

  it('turns round where less is better', () => {
    const pairs = Array.from({ length: 40 }, (_, index) => ({
      id: String(index),
      baseline: 100,
      candidate: 60 + index,
      flaky: false,
      cluster: undefined,
    }))
    const comparison = compare(pairs, { ...about, higherIsBetter: false })
    expect(comparison.verdict).toBe('better')
    expect(decide(ruleFor(comparison, gate), comparison, gate).outcome).toBe('pass')
    expect(compare(pairs, about).verdict).toBe('worse')
  })
})

describe('the interval of a difference of paired proportions', () => {
  it('holds the true difference in about 95 of 100 draws, also where hardly a row changes', () => {
    const random = randomOf(11)
    for (const { lose, win } of [
      { lose: 0.1, win: 0.02 },
      { lose: 0.02, win: 0.01 },
    ]) {
      let held = 0
      for (let draw = 0; draw < 1000; draw++) {
        const counts = { onlyBaseline: 0, onlyCandidate: 0 }
        for (let row = 0; row < 150; row++) {
          const chance = random()
          if (chance < lose) counts.onlyBaseline++
          else if (chance < lose + win) counts.onlyCandidate++
        }
        const { low, high } = pairedProportions(counts, 150)
        if (low <= win - lose && win - lose <= high) held++
      }
      expect(held).toBeGreaterThanOrEqual(935)
    }
  })
})

describe('rows that hang together', () => {
  it('count as one: 30 rows of 3 conversations prove less than 30 rows', () => {
    const rows = (cluster: (index: number) => string | undefined): Pair[] =>
      Array.from({ length: 30 }, (_, index) => ({
        id: String(index),
        baseline: 1,
        candidate: index < 10 ? 0 : 1,
        flaky: false,
        cluster: cluster(index),
      }))
    expect(
      compare(
        rows(() => undefined),
        about,
      ).verdict,
    ).toBe('worse')
    expect(
      compare(
        rows((index) => `c${Math.floor(index / 10)}`),
        about,
      ).verdict,
    ).not.toBe('worse')
  })
})
