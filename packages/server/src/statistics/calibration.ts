import { normalQuantile } from './distributions.ts'
import { randomOf } from './means.ts'
import { between, drawBinomial, type Estimate, type Resampling, undefinedAs } from './resample.ts'

/** How often a judge and people let pass the same. `falsePass`: the judge lets pass, people do not. */
export type Confusion = { truePass: number; falsePass: number; falseFail: number; trueFail: number }

export function confusionOf(rows: Iterable<{ judge: boolean; people: boolean }>): Confusion {
  const counts = { truePass: 0, falsePass: 0, falseFail: 0, trueFail: 0 }
  for (const { judge, people } of rows) counts[people ? (judge ? 'truePass' : 'falseFail') : judge ? 'falsePass' : 'trueFail']++
  return counts
}

/**
 * The pass rate as people would find it, from the verdicts of a judge on `n` rows, by the errors it makes where people looked (Rogan &
 * Gladen 1978). The interval is a bootstrap of both samples; half a row is added to each cell, so that a judge without an error in a few rows
 * is not taken for one that never errs.
 */
export function correctedPassRate(
  { truePass, falsePass, falseFail, trueFail }: Confusion,
  { passed, n }: { passed: number; n: number },
  { resamples = 2000, seed = 1, confidence = 0.95 }: Resampling = {},
): Estimate {
  const good = truePass + falseFail
  const bad = falsePass + trueFail
  if (n === 0) return undefinedAs('the judge said nothing of what nobody looked at')
  if (good === 0 || bad === 0) return undefinedAs('people let pass all or nothing, so that one of its errors is unknown')
  const sensitivity = truePass / good
  const specificity = trueFail / bad
  const power = sensitivity + specificity - 1
  if (power <= 0) return undefinedAs('the judge is no better than chance')
  const correct = (share: number, tpr: number, tnr: number) => clamp((share + tnr - 1) / (tpr + tnr - 1))
  const value = correct(passed / n, sensitivity, specificity)
  const random = randomOf(seed)
  const [tpr, tnr] = [(truePass + 0.5) / (good + 1), (trueFail + 0.5) / (bad + 1)]
  const share = (passed + 0.5) / (n + 1)
  const drawn: number[] = []
  for (let draw = 0; draw < resamples; draw++) {
    const one = drawBinomial(random, good, tpr) / good
    const other = drawBinomial(random, bad, tnr) / bad
    if (one + other > 1) drawn.push(correct(drawBinomial(random, n, share) / n, one, other))
    // A draw in which it is no better than chance could be anything.
    else drawn.push(draw % 2)
  }
  const { low, high } = between(drawn, confidence)
  return { value, low: Math.min(low, value), high: Math.max(high, value) }
}

export type Moments = { n: number; mean: number; variance: number }
/**
 * The mean score as people would give it (prediction-powered inference with tuning, Angelopoulos et al. 2023): the judge on all, put right by
 * what it is off where people scored too. Never wider than from people alone.
 */
export function predictionPowered(
  labelled: readonly { people: number; judge: number }[],
  unlabelled: Moments,
  { confidence = 0.95 }: { confidence?: number } = {},
): Estimate {
  const n = labelled.length
  if (n < 2) return undefinedAs('people scored fewer than two rows')
  const people = labelled.map((row) => row.people)
  const judge = labelled.map((row) => row.judge)
  const [meanPeople, meanJudge] = [meanOf(people), meanOf(judge)]
  const covariance = sum(labelled.map((row) => (row.people - meanPeople) * (row.judge - meanJudge))) / (n - 1)
  const spread = sum(judge.map((value) => (value - meanJudge) ** 2)) / (n - 1)
  const trust = unlabelled.n === 0 || spread === 0 ? 0 : clamp(covariance / ((1 + n / unlabelled.n) * spread))
  const off = labelled.map((row) => row.people - trust * row.judge)
  const value = trust * unlabelled.mean + meanOf(off)
  const middle = meanOf(off)
  const variance =
    sum(off.map((one) => (one - middle) ** 2)) / (n - 1) / n +
    (unlabelled.n === 0 ? 0 : (trust * trust * unlabelled.variance) / unlabelled.n)
  const reach = normalQuantile(1 - (1 - confidence) / 2) * Math.sqrt(variance)
  return { value, low: value - reach, high: value + reach }
}

/** What a right verdict and an error move, so that without drift an alarm comes once in `everyMany` verdicts at most often (Lorden 1971). */
type Watch = { usual: { errors: number; n: number }; rise?: number; everyMany?: number }
/**
 * Whether a judge errs more often than it did: the CUSUM of the likelihood ratio of an error rate higher by `rise` against the usual one.
 * `at` is the first verdict at which it is above the limit.
 */
export function errorDrift(errors: readonly boolean[], { usual, rise = 0.1, everyMany = 1000 }: Watch) {
  const before = (usual.errors + 0.5) / (usual.n + 1)
  const after = Math.min(0.99, before + rise)
  const up = Math.log(after / before)
  const down = Math.log((1 - after) / (1 - before))
  const limit = Math.log(everyMany)
  let level = 0
  let at: number | null = null
  for (const [place, error] of errors.entries()) {
    level = Math.max(0, level + (error ? up : down))
    if (level >= limit && at === null) at = place
  }
  return { alarm: at !== null, at, level, limit }
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
const meanOf = (values: readonly number[]): number => sum(values) / values.length
const clamp = (value: number): number => Math.min(1, Math.max(0, value))
