import type { ReviewAgreement, ReviewAnswers, ReviewEstimate, ReviewerPace } from '@signalbox/schema'
import { cohen, fleiss, weighted } from '../statistics/agreement.ts'
import { alphaOf, gwetAc1, type Rated, rawAgreement } from '../statistics/raters.ts'
import { type Measure, toMeasure } from './rubric.ts'

/** An answer of a reviewer to an item of one version of a rubric. */
export type Given = { itemId: string; reviewer: string; name: string | null; answers: ReviewAnswers; seconds: number | null }

/** How far reviewers agree on one measure. */
export function agreementOn(measure: Measure, given: readonly Given[], rubricVersion: number): ReviewAgreement {
  const reviewers = [...new Set(given.map(({ reviewer }) => reviewer))].sort()
  const column = new Map(reviewers.map((reviewer, at) => [reviewer, at]))
  const rows = new Map<string, (number | null)[]>()
  for (const { itemId, reviewer, answers } of given) {
    const row = rows.get(itemId) ?? reviewers.map(() => null)
    row[column.get(reviewer) ?? 0] = measure.placeOf(answers)
    rows.set(itemId, row)
  }
  const rated: Rated = [...rows.values()].filter((row) => row.filter((label) => label !== null).length >= 2)
  const options = { categories: measure.categories.length, level: measure.level }
  const labels = measure.categories.map((_, at) => at)
  const two = reviewers.length === 2 && rated.length > 0
  const counts = measure.categories.map(() => 0)
  for (const label of rated.flat()) if (label !== null) counts[label] = (counts[label] ?? 0) + 1
  const all = counts.reduce((sum, count) => sum + count, 0)
  return {
    measure: toMeasure(measure),
    rubricVersion,
    items: rated.length,
    raw: rawAgreement(rated, options),
    alpha: alphaOf(rated, options),
    cohen: two ? kappaOf(cohen({ ratings: rated, categories: labels })) : null,
    weighted: two && measure.level === 'ordinal' ? kappaOf(weighted({ ratings: rated, categories: labels })) : null,
    fleiss: fleissOf(rated),
    gwet: gwetAc1(rated, options),
    baseRates: Object.fromEntries(measure.categories.map((name, at) => [name, all === 0 ? 0 : (counts[at] ?? 0) / all])),
    pairs: pairsOf(rated, reviewers, { labels, names: new Map(given.map(({ reviewer, name }) => [reviewer, name ?? reviewer])) }),
  }
}

/** Only where three or more answered every item: of two it is not Cohen's κ, and would be taken for it. */
function fleissOf(rated: Rated): ReviewEstimate | null {
  const sizes = new Set(rated.map((row) => row.filter((label) => label !== null).length))
  const [size = 0] = sizes
  if (rated.length === 0 || sizes.size !== 1 || size < 3) return null
  const { statistic, ...rest } = fleiss({ ratings: rated })
  return { value: statistic, low: null, high: null, ...('reason' in rest && { why: rest.reason }) }
}

type Kappa = ReturnType<typeof cohen>
export const kappaOf = (kappa: Kappa): ReviewEstimate =>
  'ci' in kappa
    ? { value: kappa.statistic, low: kappa.ci.low, high: kappa.ci.high }
    : { value: null, low: null, high: null, why: 'all said the same, so that chance explains everything' }

type About = { labels: number[]; names: ReadonlyMap<string, string> }
function pairsOf(rated: Rated, reviewers: readonly string[], { labels, names }: About): ReviewAgreement['pairs'] {
  const pairs: ReviewAgreement['pairs'] = []
  for (const [first, a] of reviewers.entries())
    for (const [offset, b] of reviewers.slice(first + 1).entries()) {
      const both = rated.map((row) => [row[first] ?? null, row[first + 1 + offset] ?? null]).filter((row) => !row.includes(null))
      if (both.length === 0) continue
      const kappa = cohen({ ratings: both, categories: labels })
      pairs.push({ a: names.get(a) ?? a, b: names.get(b) ?? b, items: both.length, agreement: kappa.agreement, kappa: kappaOf(kappa) })
    }
  return pairs
}

type Said = { given: readonly Given[]; skipped: ReadonlyMap<string, number>; gold: ReadonlyMap<string, ReviewAnswers> }
/** How each reviewer answers: pace, and on one measure how strict, against others and against what stood in the end. */
export function reviewersOf(measure: Measure | undefined, { given, skipped, gold }: Said): ReviewerPace[] {
  const byItem = Map.groupBy(given, ({ itemId }) => itemId)
  const byReviewer = Map.groupBy(given, ({ reviewer }) => reviewer)
  return [...new Set([...byReviewer.keys(), ...skipped.keys()])].sort().map((id) => {
    const own = byReviewer.get(id) ?? []
    const strictness = own.flatMap(({ itemId, answers }) => {
      const score = measure?.scoreOf(answers)
      const others = (byItem.get(itemId) ?? []).flatMap((other) => (other.reviewer === id ? [] : [measure?.scoreOf(other.answers) ?? null]))
      const known = others.filter((value) => value !== null)
      return score === null || score === undefined ? [] : [{ score, others: known.length === 0 ? null : mean(known) }]
    })
    const compared = strictness.filter((row): row is { score: number; others: number } => row.others !== null)
    const decided = own.flatMap(({ itemId, answers }) => {
      const place = measure?.placeOf(answers)
      const right = gold.get(itemId)
      return right === undefined || place === null || place === undefined ? [] : [Number(place === measure?.placeOf(right))]
    })
    const seconds = own.flatMap((entry) => (entry.seconds === null ? [] : [entry.seconds])).sort((one, other) => one - other)
    return {
      id,
      name: own[0]?.name ?? null,
      answers: own.length,
      skipped: skipped.get(id) ?? 0,
      medianSeconds: seconds.length === 0 ? null : (seconds[Math.floor(seconds.length / 2)] ?? null),
      passRate: strictness.length === 0 ? null : mean(strictness.map(({ score }) => score)),
      bias: compared.length === 0 ? null : mean(compared.map(({ score, others }) => score - others)),
      againstGold: decided.length === 0 ? null : mean(decided),
    }
  })
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
