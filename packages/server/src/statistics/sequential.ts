import { normalQuantile } from './distributions.ts'

/** What was seen of one arm so far: values from 0 to 1, such as passed or not, a thumb, a rating divided by its range. */
export type Arm = { n: number; sum: number; squares: number }
export const emptyArm = (): Arm => ({ n: 0, sum: 0, squares: 0 })
export const observe = ({ n, sum, squares }: Arm, value: number): Arm => ({ n: n + 1, sum: sum + value, squares: squares + value * value })
/** Of yes and no alone. */
export const armOf = (successes: number, n: number): Arm => ({ n, sum: successes, squares: successes })

type Compared = { alpha?: number; tuneFor?: number; leastPerArm?: number }
/**
 * The difference of two means (B less A) with an interval that holds at every moment at once, so that it may be looked at after every call and
 * stopped when it leaves zero: an asymptotic confidence sequence of a Gaussian mixture (Robbins 1970; Waudby-Smith and others 2021). It is
 * narrowest at about `tuneFor` calls. Below `leastPerArm` calls an arm says nothing: the variance is not known before.
 */
export function sequentialDifference(a: Arm, b: Arm, { alpha = 0.05, tuneFor = 2000, leastPerArm = 30 }: Compared = {}) {
  const difference = mean(b) - mean(a)
  if (a.n < leastPerArm || b.n < leastPerArm)
    return { statistic: difference, ci: { low: -1, high: 1, confidence: 1 - alpha }, decided: false }
  const variance = spread(a) / a.n + spread(b) / b.n
  const reach = Math.sqrt(variance) * boundary(a.n + b.n, { alpha, tuneFor })
  const [low, high] = [Math.max(-1, difference - reach), Math.min(1, difference + reach)]
  return { statistic: difference, ci: { low, high, confidence: 1 - alpha }, decided: low > 0 || high < 0 }
}

/** How many standard errors the interval reaches after n looks. */
function boundary(n: number, { alpha, tuneFor }: { alpha: number; tuneFor: number }): number {
  // The mixture is told by its weight against n: narrowest where n is about `tuneFor`.
  const weight = (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1)) / tuneFor
  return Math.sqrt(((n * weight + 1) / (n * weight)) * (Math.log(n * weight + 1) - 2 * Math.log(alpha)))
}

const mean = ({ n, sum }: Arm): number => (n === 0 ? 0 : sum / n)
/** Half a success and half a failure are added, so that an arm without a failure so far is not taken for one that never fails. */
function spread({ n, sum, squares }: Arm): number {
  const middle = (sum + 0.5) / (n + 1)
  return Math.max(1e-9, (squares + 0.5) / (n + 1) - middle * middle)
}

/**
 * Whether calls came to the arms in the shares that were meant: a mixture of likelihood ratios (Lindon and Malek 2020), which may be looked at
 * at any time. `pValue` only ever falls as evidence grows; below 0.01 something is wrong with the assignment, and no result is to be read.
 */
export function sampleRatio({ counts, shares, alpha = 0.01 }: { counts: readonly number[]; shares: readonly number[]; alpha?: number }) {
  const all = counts.reduce((sum, count) => sum + count, 0)
  const total = shares.reduce((sum, share) => sum + share, 0)
  // A Dirichlet around the shares that are meant, as sure of them as of a thousand calls: small errors of a split are what is looked for.
  const sureness = 1000
  let evidence = logGamma(sureness) - logGamma(sureness + all)
  for (const [at, count] of counts.entries()) {
    const share = (shares[at] ?? 0) / total
    evidence += logGamma(sureness * share + count) - logGamma(sureness * share) - count * Math.log(share)
  }
  const pValue = Math.min(1, Math.exp(-evidence))
  return { statistic: counts.map((count) => (all === 0 ? 0 : count / all)), pValue, mismatch: pValue < alpha }
}

/** Of large arguments, too, where factorials are not. */
function logGamma(x: number): number {
  if (x < 10) return logGamma(x + 1) - Math.log(x)
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
}

type Canary = { alpha?: number; tolerated?: number; tuneFor?: number; leastPerArm?: number }
/**
 * Whether a canary is to go back: when it is worse than what is there by more than is tolerated, whatever moment one looks at. One-sided, as
 * one that is better is no reason to stop.
 */
export function canaryVerdict(stable: Arm, canary: Arm, { alpha = 0.05, tolerated = 0, ...rest }: Canary = {}) {
  const { statistic, ci } = sequentialDifference(stable, canary, { alpha: 2 * alpha, ...rest })
  return { difference: statistic, atBest: ci.high, rollBack: ci.high < -tolerated }
}

type Step = { from: number; to: number; share: number; power?: number; alpha?: number; tuneFor?: number }
/**
 * How many calls in all a step of a canary takes until it sees a drop of this size, mostly: by the normal approximation of the same
 * sequence, so that what the page promises is what the rule does.
 */
export function callsToSee({ from, to, share, power = 0.9, alpha = 0.05, tuneFor = 2000 }: Step): number {
  const drop = Math.abs(from - to)
  if (drop === 0 || share <= 0 || share >= 1) return Number.POSITIVE_INFINITY
  const unit = (from * (1 - from)) / (1 - share) + (to * (1 - to)) / share
  const sees = (n: number) => (boundary(n, { alpha: 2 * alpha, tuneFor }) + normalQuantile(power)) * Math.sqrt(unit / n) <= drop
  let [low, high] = [1, 1]
  while (!sees(high) && high < 1e12) high *= 2
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (sees(middle)) high = middle
    else low = middle + 1
  }
  return low
}
