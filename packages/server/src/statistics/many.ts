import { normalBelow, normalQuantile } from './distributions.ts'

type Many = { pValues: readonly number[]; alpha?: number | undefined }

/** p-values that are adjusted for how many there are, in the order in which they came, and which of them stay below `alpha`. */
const adjusted = (pValues: readonly number[], alpha: number) => ({ pValues: [...pValues], rejected: pValues.map((p) => p <= alpha), alpha })

/** Bonferroni: every p-value times their number. */
export const bonferroni = ({ pValues, alpha = 0.05 }: Many) =>
  adjusted(
    pValues.map((p) => Math.min(1, p * pValues.length)),
    alpha,
  )

/** Holm's step-down method (1979): never worse than Bonferroni, without any assumption. */
export function holm({ pValues, alpha = 0.05 }: Many) {
  const order = pValues.map((_, at) => at).sort((one, other) => (pValues[one] ?? 0) - (pValues[other] ?? 0))
  const result = new Array<number>(pValues.length)
  let most = 0
  order.forEach((at, rank) => {
    most = Math.max(most, Math.min(1, (pValues.length - rank) * (pValues[at] ?? 0)))
    result[at] = most
  })
  return adjusted(result, alpha)
}

/** Benjamini & Hochberg (1995): bounds the share of false discoveries. */
export function benjaminiHochberg({ pValues, alpha = 0.05 }: Many) {
  const order = pValues.map((_, at) => at).sort((one, other) => (pValues[other] ?? 0) - (pValues[one] ?? 0))
  const result = new Array<number>(pValues.length)
  let least = 1
  order.forEach((at, rank) => {
    least = Math.min(least, ((pValues[at] ?? 0) * pValues.length) / (pValues.length - rank))
    result[at] = least
  })
  return adjusted(result, alpha)
}

type Power = {
  effect: number
  n?: number | undefined
  power?: number | undefined
  alpha?: number | undefined
  alternative?: 'two-sided' | 'greater' | undefined
}
/**
 * How likely a paired test sees an effect (Cohen's d of the differences: their mean by their standard deviation), by the normal
 * approximation: the power of `n` pairs, or how many pairs reach a `power`.
 */
export function power({ effect, n, power: wanted, alpha = 0.05, alternative = 'two-sided' }: Power) {
  const z = normalQuantile(1 - (alternative === 'two-sided' ? alpha / 2 : alpha))
  const powerOf = (pairs: number) => {
    const shift = Math.abs(effect) * Math.sqrt(pairs)
    return normalBelow(shift - z) + (alternative === 'two-sided' ? normalBelow(-shift - z) : 0)
  }
  if (n !== undefined) return { statistic: powerOf(n), power: powerOf(n), n, alpha }
  const needed = Math.ceil(((z + normalQuantile(wanted ?? 0.8)) / effect) ** 2)
  return { statistic: needed, power: powerOf(needed), n: needed, alpha }
}
