import { describe, expect, test } from 'vitest'
import { randomOf } from './means.ts'
import { type Arm, armOf, callsToSee, canaryVerdict, emptyArm, observe, sampleRatio, sequentialDifference } from './sequential.ts'

/** Looks after every call until something is decided; how many calls that took, or undefined. */
function until(limit: number, next: () => [canary: boolean, value: number], decided: (a: Arm, b: Arm) => boolean): number | undefined {
  let [a, b] = [emptyArm(), emptyArm()]
  for (let calls = 1; calls <= limit; calls++) {
    const [toB, value] = next()
    if (toB) b = observe(b, value)
    else a = observe(a, value)
    if (decided(a, b)) return calls
  }
  return undefined
}
const bernoulli =
  (random: () => number, { share = 0.5, a, b }: { share?: number; a: number; b: number }) =>
  () => {
    const toB = random() < share
    return [toB, Number(random() < (toB ? b : a))] as [boolean, number]
  }

describe('a test that may be looked at after every call', () => {
  const differs = (a: Arm, b: Arm) => sequentialDifference(a, b).decided

  test('of two equal arms it says nothing in 95 of 100 cases, however often one looks', () => {
    let alarms = 0
    for (let run = 0; run < 1000; run++) {
      const rate = [0.5, 0.85, 0.97][run % 3] ?? 0.5
      if (until(2000, bernoulli(randomOf(run), { a: rate, b: rate }), differs) !== undefined) alarms++
    }
    expect(alarms).toBeLessThanOrEqual(50)
  })

  test('likewise of ratings', () => {
    let alarms = 0
    for (let run = 0; run < 500; run++) {
      const random = randomOf(5000 + run)
      const rating = () => [random() < 0.5, Math.floor(random() * 5) / 4] as [boolean, number]
      if (until(2000, rating, differs) !== undefined) alarms++
    }
    expect(alarms).toBeLessThanOrEqual(25)
  })

  test('a true difference is found, on the side where it is', () => {
    let found = 0
    for (let run = 0; run < 100; run++) {
      const calls = until(6000, bernoulli(randomOf(run), { a: 0.7, b: 0.78 }), (a, b) => sequentialDifference(a, b).ci.low > 0)
      if (calls !== undefined) found++
    }
    expect(found).toBeGreaterThan(95)
  })

  test('few calls say nothing', () => {
    expect(sequentialDifference(armOf(0, 20), armOf(20, 20))).toMatchObject({ decided: false, ci: { low: -1, high: 1 } })
  })
})

describe('whether calls came as they were meant to', () => {
  test('52 to 48 is found at 20,000 calls; an even split is left alone at every moment', () => {
    expect(sampleRatio({ counts: [10_400, 9_600], shares: [1, 1] })).toMatchObject({ mismatch: true, statistic: [0.52, 0.48] })
    let [found, alarms] = [0, 0]
    for (let run = 0; run < 200; run++) {
      const random = randomOf(run)
      const [even, off] = [
        [0, 0],
        [0, 0],
      ]
      let alarmed = false
      for (let call = 1; call <= 20_000; call++) {
        const drawn = random()
        const [first, other] = [drawn < 0.5 ? 0 : 1, drawn < 0.52 ? 0 : 1]
        even[first] = (even[first] ?? 0) + 1
        off[other] = (off[other] ?? 0) + 1
        if (call % 20 === 0 && !alarmed) alarmed = sampleRatio({ counts: even, shares: [1, 1] }).mismatch
      }
      if (alarmed) alarms++
      if (sampleRatio({ counts: off, shares: [1, 1] }).mismatch) found++
    }
    expect(alarms).toBeLessThanOrEqual(4)
    expect(found).toBeGreaterThan(190)
  })

  test('shares need not be even', () => {
    expect(sampleRatio({ counts: [7500, 2500], shares: [75, 25] }).pValue).toBe(1)
    expect(sampleRatio({ counts: [7000, 3000], shares: [75, 25] }).mismatch).toBe(true)
  })
})

describe('a canary at 25 % of the calls', () => {
  const back = (a: Arm, b: Arm) => canaryVerdict(a, b).rollBack
  const runs = (to: number) =>
    Array.from({ length: 200 }, (_, run) => until(3000, bernoulli(randomOf(40 + run), { share: 0.25, a: 0.85, b: to }), back))

  test('goes back within 3,000 calls where 85 % fall to 75 %, and the time that is said is about the time it takes', () => {
    const taken = runs(0.75)
    expect(taken.filter((calls) => calls !== undefined).length).toBeGreaterThanOrEqual(180)
    const promised = callsToSee({ from: 0.85, to: 0.75, share: 0.25 })
    expect(taken.filter((calls) => calls !== undefined && calls <= promised).length).toBeGreaterThanOrEqual(175)
    expect(promised).toBeLessThan(3000)
  })

  test('stays where nothing is worse', () => {
    expect(runs(0.85).filter((calls) => calls !== undefined).length).toBeLessThanOrEqual(10)
  })

  test('a smaller drop, or a smaller share, takes longer; none takes for ever', () => {
    const calls = (to: number, share: number) => callsToSee({ from: 0.85, to, share })
    expect(calls(0.8, 0.25)).toBeGreaterThan(calls(0.75, 0.25))
    expect(calls(0.75, 0.05)).toBeGreaterThan(calls(0.75, 0.25))
    expect(calls(0.85, 0.25)).toBe(Number.POSITIVE_INFINITY)
  })
})
