import { wilson } from './proportions.ts'
import { bootstrapOf, type Estimate, type Resampling, undefinedAs } from './resample.ts'

/** The label of each rater as a place among the categories; null where there is none. */
export type Rated = readonly (readonly (number | null)[])[]
type Options = Resampling & { categories: number; level?: 'nominal' | 'ordinal' }

/** Of items with two answers or more: how often each category was given. */
const countsOf = (rated: Rated, categories: number): Float64Array[] =>
  rated.flatMap((row) => {
    const counts = new Float64Array(categories)
    let given = 0
    for (const label of row)
      if (label !== null) {
        counts[label] = (counts[label] ?? 0) + 1
        given++
      }
    return given < 2 ? [] : [counts]
  })
const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0)

/** The share of pairs of answers to the same item that are the same, with its interval over items. */
export function rawAgreement(rated: Rated, { categories, ...drawn }: Options): Estimate {
  const counts = countsOf(rated, categories)
  if (counts.length === 0) return undefinedAs('no item has two answers')
  const same = counts.map(shareOfSame)
  const estimate = bootstrapOf(counts.length, (weights) => meanOf(same, weights), drawn)
  if (estimate.low !== estimate.high || estimate.value === null) return estimate
  // All draws are alike where all items are: what a few items without a difference say of others is what Wilson's interval says.
  const { ci } = wilson({ successes: estimate.value * counts.length, n: counts.length, confidence: drawn.confidence })
  return { value: estimate.value, low: ci.low, high: ci.high }
}

/** Gwet's AC1 (2008) of any number of raters with gaps: chance agreement that does not grow when one label is rare. */
export function gwetAc1(rated: Rated, { categories, ...drawn }: Options): Estimate {
  const counts = countsOf(rated, categories)
  if (counts.length === 0) return undefinedAs('no item has two answers')
  if (categories < 2) return undefinedAs('there is one answer only')
  const same = counts.map(shareOfSame)
  const shares = counts.map((row) => row.map((count) => count / total(row)))
  const estimate = bootstrapOf(
    counts.length,
    (weights) => {
      let chance = 0
      for (let label = 0; label < categories; label++) {
        let share = 0
        for (let at = 0; at < shares.length; at++) share += (weights[at] ?? 0) * (shares[at]?.[label] ?? 0)
        share /= shares.length
        chance += share * (1 - share)
      }
      chance /= categories - 1
      return (meanOf(same, weights) - chance) / (1 - chance)
    },
    drawn,
  )
  if (estimate.low !== estimate.high) return estimate
  return { value: estimate.value, low: null, high: null, why: 'all items are alike, so that they say nothing of how far others differ' }
}

/** Krippendorff's α with a bootstrap interval over items. The point is that of `krippendorff`, here from counts, as it is worked out so often. */
export function alphaOf(rated: Rated, { categories, level = 'nominal', ...drawn }: Options): Estimate {
  const counts = countsOf(rated, categories)
  if (counts.length === 0) return undefinedAs('no item has two answers')
  const sizes = counts.map(total)
  const estimate = bootstrapOf(
    counts.length,
    (weights) => {
      const totals = new Float64Array(categories)
      for (let at = 0; at < counts.length; at++)
        for (let label = 0; label < categories; label++)
          totals[label] = (totals[label] ?? 0) + (weights[at] ?? 0) * (counts[at]?.[label] ?? 0)
      const apart = distances(totals, level)
      let observed = 0
      for (let at = 0; at < counts.length; at++) {
        const weight = weights[at] ?? 0
        if (weight > 0) observed += (weight * disagreement(counts[at] as Float64Array, apart)) / ((sizes[at] ?? 2) - 1)
      }
      const expected = disagreement(totals, apart)
      return expected === 0 ? null : 1 - ((total(totals) - 1) * observed) / expected
    },
    drawn,
  )
  return estimate.value === null ? undefinedAs('all answers are the same, so that chance explains everything') : estimate
}

function disagreement(counts: Float64Array, apart: readonly Float64Array[]): number {
  let sum = 0
  for (let one = 0; one < counts.length; one++) {
    const times = counts[one] ?? 0
    if (times > 0) for (let other = 0; other < counts.length; other++) sum += times * (counts[other] ?? 0) * (apart[one]?.[other] ?? 0)
  }
  return sum
}

/** How far two categories are apart; of ordered ones by how many answers lie between them. */
function distances(totals: Float64Array, level: 'nominal' | 'ordinal'): Float64Array[] {
  const categories = totals.length
  const table = Array.from({ length: categories }, () => new Float64Array(categories))
  for (let low = 0; low < categories; low++) {
    let between = 0
    for (let high = low; high < categories; high++) {
      between += totals[high] ?? 0
      if (high === low) continue
      const apart = level === 'nominal' ? 1 : (between - ((totals[low] ?? 0) + (totals[high] ?? 0)) / 2) ** 2
      const [row, mirrored] = [table[low], table[high]]
      if (row) row[high] = apart
      if (mirrored) mirrored[low] = apart
    }
  }
  return table
}

function shareOfSame(counts: Float64Array): number {
  const given = total(counts)
  return (counts.reduce((sum, count) => sum + count * count, 0) - given) / (given * (given - 1))
}

function meanOf(values: readonly number[], weights: Uint16Array): number {
  let sum = 0
  for (let at = 0; at < values.length; at++) sum += (weights[at] ?? 0) * (values[at] ?? 0)
  return sum / values.length
}
