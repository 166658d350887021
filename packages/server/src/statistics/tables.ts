import { z } from 'zod'
import { cohen, fleiss, krippendorff, scott, weighted } from './agreement.ts'
import { benjaminiHochberg, bonferroni, holm, power } from './many.ts'
import { bootstrap, clusteredSe, pairedT, permutation } from './means.ts'
import { binomialTest, clopperPearson, cochranQ, mcnemar, wilson } from './proportions.ts'
import { kendall, mannWhitney, spearman, wilcoxon } from './ranks.ts'
import { callsToSee, canaryVerdict, sampleRatio, sequentialDifference } from './sequential.ts'

/** A statistic by its id: what it takes, what it is, and what it does. The command line and `--list` read this. */
export type Statistic = { title: string; input: z.ZodType; run(input: unknown): Record<string, unknown> }

const statistic = <I extends z.ZodType>(title: string, input: I, run: (input: z.output<I>) => Record<string, unknown>): Statistic => ({
  title,
  input,
  run: (sent) => run(input.parse(sent)),
})

const numbers = (least = 1) => z.array(z.number()).min(least)
const count = z.int().min(0)
const confidence = z.number().gt(0).lt(1).default(0.95).meta({ description: 'Of the interval.' })
const alternative = z.enum(['two-sided', 'less', 'greater']).default('two-sided')
const alpha = z.number().gt(0).lt(1).default(0.05)
const drawn = {
  resamples: z.int().min(100).max(1_000_000).default(10_000),
  seed: z.int().min(0).default(1).meta({ description: 'The same seed gives the same answer.' }),
}
const samples = (least = 1) => ({ x: numbers(least), y: numbers(least) })
const equallyMany = ({ x, y }: { x: readonly number[]; y: readonly number[] }) => x.length === y.length
const PAIRS = { error: 'x and y must have equally many values: one of each per row', path: ['y'] }

/** Differences, or the two columns whose differences they are. */
const paired = <S extends z.ZodRawShape>(least: number, shape: S) =>
  z
    .strictObject({
      x: numbers(least).optional().meta({ description: 'Scores of the first, one per row.' }),
      y: numbers(least).optional().meta({ description: 'Scores of the second, of the same rows.' }),
      differences: numbers(least).optional().meta({ description: 'x − y, in place of both.' }),
      ...shape,
    })
    .superRefine((input, context) => {
      const { x, y, differences } = input as { x?: number[]; y?: number[]; differences?: number[] }
      if (differences ? x !== undefined || y !== undefined : x === undefined || y === undefined)
        context.addIssue({ code: 'custom', message: 'give either x and y, or differences' })
      else if (x && y && x.length !== y.length) context.addIssue({ code: 'custom', message: PAIRS.error, path: ['y'] })
    })
const differencesOf = (input: unknown): number[] => {
  const { x = [], y = [], differences } = input as { x?: number[]; y?: number[]; differences?: number[] }
  return differences ?? x.map((value, at) => value - (y[at] ?? 0))
}

const proportion = z
  .strictObject({ successes: count, n: z.int().min(1), confidence })
  .refine(({ successes, n }) => successes <= n, { error: 'successes cannot be more than n', path: ['successes'] })
const pValues = z.strictObject({ pValues: z.array(z.number().min(0).max(1)).min(1), alpha })

const share = z.number().min(0).max(1)
const arm = z
  .strictObject({
    n: count,
    sum: z.number().min(0).meta({ description: 'Of values from 0 to 1; of yes and no how many yes.' }),
    squares: z.number().min(0).optional().meta({ description: 'The sum of their squares; of yes and no the same as `sum`.' }),
  })
  .refine(({ n, sum }) => sum <= n, { error: 'cannot be more than n, as values go from 0 to 1', path: ['sum'] })
  .transform(({ n, sum, squares = sum }) => ({ n, sum, squares }))
const watched = {
  alpha,
  tuneFor: z.int().min(10).max(10_000_000).default(2000).meta({ description: 'At about so many calls the interval is narrowest.' }),
  leastPerArm: z.int().min(1).default(30),
}

/** `signalbox stats`. */
export const STATISTICS: Record<string, Statistic> = {
  mcnemar: statistic(
    'Two paired yes/no outcomes (McNemar)',
    z.strictObject({
      b: count.meta({ description: 'Rows that only the first passed.' }),
      c: count.meta({ description: 'Rows that only the second passed.' }),
      method: z.enum(['exact', 'chi2']).default('exact'),
    }),
    mcnemar,
  ),
  wilcoxon: statistic(
    'Paired scores by ranks (Wilcoxon signed-rank)',
    paired(1, {
      zeros: z.enum(['wilcox', 'pratt', 'zsplit']).default('wilcox'),
      method: z.enum(['auto', 'exact', 'normal']).default('auto'),
      correction: z.boolean().default(false),
      alternative,
    }),
    (input) => wilcoxon({ ...(input as object), differences: differencesOf(input) }),
  ),
  'mann-whitney': statistic(
    'Two independent samples by ranks (Mann–Whitney U)',
    z.strictObject({ ...samples(), method: z.enum(['auto', 'exact', 'normal']).default('auto'), alternative }),
    mannWhitney,
  ),
  binomial: statistic(
    'A count against a chance (exact binomial test)',
    z
      .strictObject({ successes: count, n: z.int().min(1), p: z.number().min(0).max(1).default(0.5), alternative })
      .refine(({ successes, n }) => successes <= n, { error: 'successes cannot be more than n', path: ['successes'] }),
    binomialTest,
  ),
  wilson: statistic('Interval of a proportion (Wilson score)', proportion, wilson),
  'clopper-pearson': statistic('Exact interval of a proportion (Clopper–Pearson)', proportion, clopperPearson),
  'paired-t': statistic('Paired scores by their mean (Student)', paired(2, { confidence }), (input) =>
    pairedT({ ...(input as object), differences: differencesOf(input) }),
  ),
  permutation: statistic('Paired scores by flipped signs (permutation)', paired(1, drawn), (input) =>
    permutation({ ...(input as object), differences: differencesOf(input) }),
  ),
  bootstrap: statistic(
    'Interval of a mean (bootstrap)',
    z.strictObject({ values: numbers(2), method: z.enum(['percentile', 'bca']).default('percentile'), confidence, ...drawn }),
    bootstrap,
  ),
  'cochran-q': statistic(
    'Several paired yes/no outcomes (Cochran’s Q)',
    z
      .strictObject({
        rows: z
          .array(z.array(z.union([z.literal(0), z.literal(1)])).min(2))
          .min(1)
          .meta({ description: 'A row per item, a column of 0 and 1 per treatment.' }),
      })
      .refine(({ rows }) => rows.every((row) => row.length === rows[0]?.length), {
        error: 'every row needs as many columns as the first',
        path: ['rows'],
      }),
    cochranQ,
  ),
  kendall: statistic('Rank correlation (Kendall’s τ-b)', z.strictObject(samples(3)).refine(equallyMany, PAIRS), kendall),
  spearman: statistic('Rank correlation (Spearman’s ρ)', z.strictObject(samples(3)).refine(equallyMany, PAIRS), spearman),
  holm: statistic('Many p-values (Holm)', pValues, holm),
  bh: statistic('Many p-values (Benjamini–Hochberg)', pValues, benjaminiHochberg),
  bonferroni: statistic('Many p-values (Bonferroni)', pValues, bonferroni),
  power: statistic(
    'How many pairs an effect needs, or what chance so many pairs have',
    z
      .strictObject({
        effect: z
          .number()
          .refine((value) => value !== 0, { error: 'must not be 0' })
          .meta({ description: 'Mean of the differences by their standard deviation.' }),
        n: z.int().min(2).optional(),
        power: z.number().gt(0).lt(1).optional(),
        alpha,
        alternative: z.enum(['two-sided', 'greater']).default('two-sided'),
      })
      .refine(({ n, power: wanted }) => n === undefined || wanted === undefined, {
        error: 'give n or power, and hear the other',
        path: ['power'],
      }),
    power,
  ),
  'clustered-se': statistic(
    'Mean of rows that hang together, with an honest error (clustered)',
    z
      .strictObject({ scores: numbers(2), clusters: z.array(z.union([z.string(), z.number()])).min(2), confidence })
      .refine(({ scores, clusters }) => scores.length === clusters.length, {
        error: 'must name the cluster of every score',
        path: ['clusters'],
      })
      .refine(({ clusters }) => new Set(clusters).size > 1, { error: 'must name two clusters at least', path: ['clusters'] }),
    clusteredSe,
  ),
  sequential: statistic(
    'Two arms that may be looked at after every call (confidence sequence)',
    z.strictObject({ a: arm, b: arm, ...watched }),
    ({ a, b, ...rest }) => sequentialDifference(a, b, rest),
  ),
  'sample-ratio': statistic(
    'Whether calls came to the arms in the shares that were meant',
    z
      .strictObject({
        counts: z.array(count).min(2),
        shares: z.array(z.number().positive()).min(2).meta({ description: 'What was meant, such as weights.' }),
        alpha: z.number().gt(0).lt(1).default(0.01),
      })
      .refine(({ counts, shares }) => counts.length === shares.length, { error: 'must name the share of every arm', path: ['shares'] }),
    sampleRatio,
  ),
  canary: statistic(
    'Whether a canary is to go back, at any moment',
    z.strictObject({
      stable: arm,
      canary: arm,
      tolerated: z.number().min(0).max(1).default(0).meta({ description: 'So much worse is no reason.' }),
      ...watched,
    }),
    ({ stable, canary, ...rest }) => canaryVerdict(stable, canary, rest),
  ),
  'canary-time': statistic(
    'How many calls a step of a canary takes to see a drop',
    z.strictObject({
      from: share.meta({ description: 'What passes now, 0.85.' }),
      to: share.meta({ description: 'The drop to be seen, 0.75.' }),
      share: z.number().gt(0).lt(1).meta({ description: 'Of the calls that go to the canary, 0.25.' }),
      power: z.number().gt(0).lt(1).default(0.9),
      alpha,
    }),
    (input) => {
      const calls = callsToSee(input)
      return { statistic: Number.isFinite(calls) ? calls : null, ...(!Number.isFinite(calls) && { reason: 'there is no drop to see' }) }
    },
  ),
}

const label = z.union([z.string(), z.number(), z.boolean()])
const ratings = z
  .array(z.array(label.nullable()))
  .min(1)
  .meta({ description: 'A row per item, a column per rater; null where there is no rating.' })
const categories = z.array(label).min(1).optional().meta({ description: 'All labels in their order; those that were used, where absent.' })
const ofTwo = ratings.refine((rows) => rows.every((row) => row.length === 2), { error: 'needs two columns, one per rater' })

/** `signalbox agreement`. */
export const AGREEMENTS: Record<string, Statistic> = {
  cohen: statistic('Two raters (Cohen’s κ)', z.strictObject({ ratings: ofTwo, categories, confidence }), cohen),
  weighted: statistic(
    'Two raters, ordered labels (weighted κ)',
    z.strictObject({ ratings: ofTwo, categories, confidence, weights: z.enum(['linear', 'quadratic']).default('quadratic') }),
    weighted,
  ),
  fleiss: statistic('Several raters, no gaps (Fleiss’ κ)', z.strictObject({ ratings, categories }), fleiss),
  scott: statistic('Two raters (Scott’s π)', z.strictObject({ ratings: ofTwo, categories }), scott),
  krippendorff: statistic(
    'Any raters, with gaps (Krippendorff’s α)',
    z.strictObject({ ratings, categories, level: z.enum(['nominal', 'ordinal', 'interval', 'ratio']).default('nominal') }),
    krippendorff,
  ),
}
