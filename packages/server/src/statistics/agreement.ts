import { normalQuantile } from './distributions.ts'

export type Label = string | number | boolean
/** A row per item, a column per rater; null where a rater gave none. */
export type Ratings = readonly (readonly (Label | null)[])[]

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const numericFirst = (one: Label, other: Label): number =>
  typeof one === 'number' && typeof other === 'number' ? one - other : String(one) < String(other) ? -1 : 1

/** Every label that was given or named, in order: numbers by size, texts by alphabet, or as `categories` says. */
function categoriesOf(ratings: Ratings, categories?: readonly Label[]): Label[] {
  if (categories) return [...categories]
  return [...new Set(ratings.flat().filter((label): label is Label => label !== null))].sort(numericFirst)
}

/** Shares of each pair of labels that two raters gave to the same items. */
function table(ratings: Ratings, categories: readonly Label[]): { shares: number[][]; n: number } {
  const place = new Map(categories.map((label, at) => [label, at]))
  const pairs = ratings.filter((row) => row[0] !== null && row[0] !== undefined && row[1] !== null && row[1] !== undefined)
  const shares = categories.map(() => categories.map(() => 0))
  for (const [first, second] of pairs) {
    const row = shares[place.get(first as Label) ?? -1]
    const at = place.get(second as Label) ?? -1
    if (!row || at === -1) throw new RangeError(`${first} or ${second} is not among the categories`)
    row[at] = (row[at] ?? 0) + 1 / pairs.length
  }
  return { shares, n: pairs.length }
}

const rowSums = (shares: number[][]): number[] => shares.map(sum)
const columnSums = (shares: number[][]): number[] => shares.map((_, at) => sum(shares.map((row) => row[at] ?? 0)))

type Two = { ratings: Ratings; categories?: readonly Label[] | undefined; confidence?: number | undefined }

/**
 * Cohen's κ of two raters with its interval (Fleiss, Cohen & Everitt 1969), and beside it what tells whether κ suffers from a rare label:
 * the raw agreement, Gwet's AC1 and PABAK.
 */
export const cohen = (input: Two) => kappa(input, 'nominal')

/** Weighted κ: a near miss counts less than a far one. Weights are |i − j| or its square, by the order of the categories. */
export const weighted = ({ weights = 'quadratic', ...input }: Two & { weights?: 'linear' | 'quadratic' | undefined }) =>
  kappa(input, weights)

function kappa({ ratings, categories, confidence = 0.95 }: Two, weights: 'nominal' | 'linear' | 'quadratic') {
  const known = categoriesOf(ratings, categories)
  const { shares, n } = table(ratings, known)
  const k = known.length
  const [rows, columns] = [rowSums(shares), columnSums(shares)]
  const far = Math.max(1, k - 1)
  const weight = (i: number, j: number): number =>
    weights === 'nominal' ? Number(i === j) : 1 - (Math.abs(i - j) / far) ** (weights === 'linear' ? 1 : 2)
  const over = (value: (i: number, j: number) => number) => sum(known.flatMap((_, i) => known.map((__, j) => value(i, j))))
  const at = (i: number, j: number) => shares[i]?.[j] ?? 0
  const observed = over((i, j) => weight(i, j) * at(i, j))
  const expected = over((i, j) => weight(i, j) * (rows[i] ?? 0) * (columns[j] ?? 0))
  const raw = sum(known.map((_, i) => at(i, i)))
  const beside = {
    observed,
    expected,
    agreement: raw,
    gwetAc1: gwet(rows, columns, raw),
    pabak: k > 1 ? (k * raw - 1) / (k - 1) : null,
    baseRates: Object.fromEntries(known.map((label, i) => [String(label), ((rows[i] ?? 0) + (columns[i] ?? 0)) / 2])),
    n,
  }
  // Both always said the same: chance explains everything, and κ is not defined.
  if (expected >= 1) return { statistic: null, reason: 'both raters used one label only, so that κ is not defined', ...beside }
  const statistic = (observed - expected) / (1 - expected)
  const rowWeight = known.map((_, i) => sum(known.map((__, j) => weight(i, j) * (columns[j] ?? 0))))
  const columnWeight = known.map((_, j) => sum(known.map((__, i) => weight(i, j) * (rows[i] ?? 0))))
  const spread = over((i, j) => at(i, j) * (weight(i, j) - ((rowWeight[i] ?? 0) + (columnWeight[j] ?? 0)) * (1 - statistic)) ** 2)
  const variance = (spread - (statistic - expected * (1 - statistic)) ** 2) / (n * (1 - expected) ** 2)
  const se = Math.sqrt(Math.max(0, variance))
  const reach = normalQuantile(1 - (1 - confidence) / 2) * se
  return { statistic, se, ci: { low: statistic - reach, high: Math.min(1, statistic + reach), confidence }, ...beside }
}

/** Gwet's AC1 (2008): chance agreement that does not grow when one label is rare. */
function gwet(rows: readonly number[], columns: readonly number[], agreement: number): number | null {
  const q = rows.length
  if (q < 2) return null
  const chance = sum(rows.map((row, i) => ((row + (columns[i] ?? 0)) / 2) * (1 - (row + (columns[i] ?? 0)) / 2))) / (q - 1)
  return (agreement - chance) / (1 - chance)
}

/** Scott's π of two raters: chance by the labels of both together. */
export function scott({ ratings, categories }: Two) {
  const known = categoriesOf(ratings, categories)
  const { shares, n } = table(ratings, known)
  const [rows, columns] = [rowSums(shares), columnSums(shares)]
  const observed = sum(known.map((_, i) => shares[i]?.[i] ?? 0))
  const expected = sum(known.map((_, i) => (((rows[i] ?? 0) + (columns[i] ?? 0)) / 2) ** 2))
  if (expected >= 1) return { statistic: null, reason: 'both raters used one label only, so that π is not defined', observed, expected, n }
  return { statistic: (observed - expected) / (1 - expected), observed, expected, n }
}

/** Fleiss' κ of three or more raters (1971): every item needs as many ratings as the others. */
export function fleiss({ ratings, categories }: Omit<Two, 'confidence'>) {
  const known = categoriesOf(ratings, categories)
  const given = ratings.map((row) => row.filter((label): label is Label => label !== null))
  const raters = given[0]?.length ?? 0
  if (raters < 2 || given.some((row) => row.length !== raters))
    throw new RangeError('every item needs the same number of ratings, two at least; Krippendorff’s α takes items with gaps')
  const counts = given.map((row) => known.map((label) => row.filter((one) => one === label).length))
  const observed = sum(counts.map((row) => (sum(row.map((count) => count * count)) - raters) / (raters * (raters - 1)))) / counts.length
  const shares = known.map((_, at) => sum(counts.map((row) => row[at] ?? 0)) / (counts.length * raters))
  const expected = sum(shares.map((share) => share * share))
  const baseRates = Object.fromEntries(known.map((label, at) => [String(label), shares[at] ?? 0]))
  const beside = { observed, expected, items: counts.length, raters, baseRates }
  if (expected >= 1) return { statistic: null, reason: 'all raters used one label only, so that κ is not defined', ...beside }
  return { statistic: (observed - expected) / (1 - expected), ...beside }
}

export type Level = 'nominal' | 'ordinal' | 'interval' | 'ratio'
/**
 * Krippendorff's α (2011) for any number of raters, with gaps: 1 − observed by expected disagreement, from the coincidence matrix. How far
 * two values are apart depends on `level`; ordinal goes by the order of the categories.
 */
export function krippendorff({
  ratings,
  level = 'nominal',
  categories,
}: {
  ratings: Ratings
  level?: Level | undefined
  categories?: readonly Label[] | undefined
}) {
  const known = categoriesOf(ratings, categories)
  const place = new Map(known.map((label, at) => [label, at]))
  const coincidences = known.map(() => known.map(() => 0))
  let units = 0
  for (const row of ratings) {
    const given = row.flatMap((label) => (label === null ? [] : [place.get(label) ?? -1]))
    if (given.includes(-1)) throw new RangeError('a rating is not among the categories')
    if (given.length < 2) continue
    units++
    for (let i = 0; i < given.length; i++)
      for (let j = 0; j < given.length; j++) {
        if (i === j) continue
        const line = coincidences[given[i] ?? 0]
        if (line) line[given[j] ?? 0] = (line[given[j] ?? 0] ?? 0) + 1 / (given.length - 1)
      }
  }
  const totals = rowSums(coincidences)
  const n = sum(totals)
  const apart = distanceOf(level, known, totals)
  let observed = 0
  let expected = 0
  for (let c = 0; c < known.length; c++)
    for (let k = 0; k < known.length; k++) {
      const distance = apart(c, k)
      observed += (coincidences[c]?.[k] ?? 0) * distance
      expected += (totals[c] ?? 0) * (totals[k] ?? 0) * distance
    }
  const beside = { units, values: n, level }
  if (n < 2) return { statistic: null, reason: 'no item has two ratings', ...beside }
  if (expected === 0) return { statistic: null, reason: 'all ratings are the same, so that α is not defined', ...beside }
  return { statistic: 1 - ((n - 1) * observed) / expected, ...beside }
}

function distanceOf(level: Level, known: readonly Label[], totals: readonly number[]): (c: number, k: number) => number {
  if (level === 'nominal') return (c, k) => Number(c !== k)
  if (level === 'ordinal')
    return (c, k) => {
      const [low, high] = [Math.min(c, k), Math.max(c, k)]
      return low === high ? 0 : (sum(totals.slice(low, high + 1)) - ((totals[low] ?? 0) + (totals[high] ?? 0)) / 2) ** 2
    }
  const value = (at: number): number => {
    const label = known[at]
    if (typeof label !== 'number') throw new RangeError(`for the level ${level} every rating must be a number`)
    return label
  }
  if (level === 'interval') return (c, k) => (value(c) - value(k)) ** 2
  return (c, k) => (value(c) === value(k) ? 0 : ((value(c) - value(k)) / (value(c) + value(k))) ** 2)
}
