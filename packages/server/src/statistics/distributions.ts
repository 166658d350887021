/**
 * Distribution functions in double precision: the few that tests and intervals need. Relative errors are below 1e-10 in the range that
 * data of experiments come from (checked against tables of scipy 1.x in `distributions.test.ts`).
 */

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** ln Γ(x) for x > 0 (Lanczos, g = 7, n = 9). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x)
  const z = x - 1
  const sum = LANCZOS.reduce((total, coefficient, index) => (index === 0 ? coefficient : total + coefficient / (z + index)), 0)
  const t = z + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}

/** ln of the number of ways to choose k of n. */
export const logChoose = (n: number, k: number): number =>
  k === 0 || k === n ? 0 : logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1)

const TINY = 1e-300
const EPSILON = 1e-16
const MOST_STEPS = 10_000

/** The regularised incomplete beta function I_x(a, b): the distribution function of the beta distribution (Lentz's continued fraction). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a
  let d = away(1 - ((a + b) * x) / (a + 1))
  d = 1 / d
  let c = 1
  let f = d
  for (let m = 1; m < MOST_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    f *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    f *= d * c
    if (Math.abs(d * c - 1) < EPSILON) break
  }
  return front * f
}

const away = (value: number): number => (Math.abs(value) < TINY ? TINY : value)

/** P(X > x) of the chi-squared distribution: the upper regularised incomplete gamma function Q(df / 2, x / 2). */
export function chiSquaredTail(x: number, df: number): number {
  if (x <= 0) return 1
  const [a, half] = [df / 2, x / 2]
  const front = Math.exp(a * Math.log(half) - half - logGamma(a))
  if (half < a + 1) {
    let term = 1 / a
    let sum = term
    for (let n = 1; n < MOST_STEPS && Math.abs(term) > Math.abs(sum) * EPSILON; n++) {
      term *= half / (a + n)
      sum += term
    }
    return 1 - front * sum
  }
  let b = half + 1 - a
  let c = 1 / TINY
  let d = 1 / b
  let f = d
  for (let n = 1; n < MOST_STEPS; n++) {
    const step = -n * (n - a)
    b += 2
    d = 1 / away(step * d + b)
    c = away(b + step / c)
    f *= d * c
    if (Math.abs(d * c - 1) < EPSILON) break
  }
  return front * f
}

/** P(Z > z) of the standard normal distribution. */
export const normalTail = (z: number): number => (z < 0 ? 1 - normalTail(-z) : 0.5 * chiSquaredTail(z * z, 1))
/** P(Z ≤ z) of the standard normal distribution. */
export const normalBelow = (z: number): number => normalTail(-z)

/** The z below which a share `p` of the standard normal distribution lies. */
export const normalQuantile = (p: number): number => inverse(normalBelow, p, -40, 40)

/** P(|T| > |t|) of Student's distribution. */
export const studentTwoSided = (t: number, df: number): number => incompleteBeta(df / (df + t * t), df / 2, 0.5)
/** The t that |T| exceeds with probability `p`. */
export const studentTwoSidedQuantile = (p: number, df: number): number => inverse((t) => 1 - studentTwoSided(t, df), 1 - p, 0, 1e8)

/** The x below which a share `p` of the beta distribution lies. */
export const betaQuantile = (p: number, a: number, b: number): number => inverse((x) => incompleteBeta(x, a, b), p, 0, 1)

/** Where a growing function takes a value: halving, which needs no derivative and cannot run away. */
function inverse(below: (x: number) => number, p: number, from: number, to: number): number {
  let [low, high] = [from, to]
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) return middle
    if (below(middle) < p) low = middle
    else high = middle
  }
  return (low + high) / 2
}

/** P(X = k) of n tries with chance p. */
export const binomialAt = (k: number, n: number, p: number): number => {
  if (p === 0 || p === 1) return k === n * p ? 1 : 0
  return Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p))
}
/** P(X ≤ k) of n tries with chance p. */
export const binomialBelow = (k: number, n: number, p: number): number =>
  k < 0 ? 0 : k >= n ? 1 : incompleteBeta(1 - p, n - Math.floor(k), Math.floor(k) + 1)
