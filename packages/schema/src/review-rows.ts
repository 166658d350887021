import { z } from 'zod'
import { ReviewContent, ReviewDispute, ReviewEntry, ReviewEstimate, ReviewGold, ReviewReason, ReviewSource, ReviewState } from './review.ts'

/** What can be set of a queue. */
export const REVIEW_SETTINGS = {
  name: z.string().trim().min(1).max(200),
  description: z.string().max(2000),
  reviewersPerItem: z.int().min(1).max(9).meta({ description: 'How many people answer each item, none of whom sees the others.' }),
  leaseMinutes: z.int().min(1).max(1440).meta({ description: 'So long an item is kept for who has it open.' }),
  dispute: ReviewDispute,
}

export const ReviewCounts = z.object({
  items: z.int(),
  open: z.int(),
  disputed: z.int(),
  done: z.int(),
  answers: z.int(),
  leased: z.int().meta({ description: 'Items that somebody has open.' }),
  mine: z.int().meta({ description: 'What the caller can still answer.' }),
})
export type ReviewCounts = z.output<typeof ReviewCounts>

export const ReviewQueue = z.object({
  id: z.string(),
  ...REVIEW_SETTINGS,
  rubricVersion: z.int(),
  createdAt: z.iso.datetime(),
  createdBy: z.string().nullable(),
  archivedAt: z.iso.datetime().nullable(),
  counts: ReviewCounts,
})
export type ReviewQueue = z.output<typeof ReviewQueue>

/** An item for the one who answers it. `swapped`: of a pair the second answer stands first, by lot. */
export const ReviewTask = z.object({
  itemId: z.string(),
  rubricVersion: z.int(),
  content: ReviewContent,
  swapped: z.boolean(),
  leasedUntil: z.iso.datetime(),
})
export type ReviewTask = z.output<typeof ReviewTask>

export const ReviewItem = z.object({
  itemId: z.string(),
  state: ReviewState,
  reason: ReviewReason,
  rubricVersion: z.int(),
  answered: z.int(),
  wanted: z.int(),
  leased: z.int(),
  preview: z.string(),
  createdAt: z.iso.datetime(),
  source: ReviewSource.nullable().meta({ description: 'Null while answers are missing: it would say who answered.' }),
  entries: z.array(ReviewEntry).meta({ description: 'While answers are missing, those of the caller alone.' }),
  gold: ReviewGold.nullable(),
})
export type ReviewItem = z.output<typeof ReviewItem>

export const ReviewMeasure = z.object({
  id: z.string().meta({ description: 'The question; with many labels QUESTION:LABEL.' }),
  title: z.string(),
  level: z.enum(['nominal', 'ordinal']),
  categories: z.array(z.string()),
})
export type ReviewMeasure = z.output<typeof ReviewMeasure>

export const ReviewAgreement = z.object({
  measure: ReviewMeasure,
  rubricVersion: z.int(),
  items: z.int().meta({ description: 'With two answers or more.' }),
  raw: ReviewEstimate.meta({ description: 'The share of pairs of answers that are the same.' }),
  alpha: ReviewEstimate.meta({ description: 'Krippendorff’s α.' }),
  cohen: ReviewEstimate.nullable().meta({ description: 'Where there are two reviewers in all.' }),
  weighted: ReviewEstimate.nullable().meta({ description: 'Likewise, of ordered answers: quadratic weights.' }),
  fleiss: ReviewEstimate.nullable().meta({ description: 'Where every item has equally many answers.' }),
  gwet: ReviewEstimate.meta({ description: 'Gwet’s AC1, which a rare label does not pull down.' }),
  baseRates: z.record(z.string(), z.number()),
  pairs: z.array(z.object({ a: z.string(), b: z.string(), items: z.int(), agreement: z.number(), kappa: ReviewEstimate })),
})
export type ReviewAgreement = z.output<typeof ReviewAgreement>

export const ReviewerPace = z.object({
  id: z.string(),
  name: z.string().nullable(),
  answers: z.int(),
  skipped: z.int(),
  medianSeconds: z.number().nullable(),
  passRate: z.number().nullable().meta({ description: 'Of the measure that is asked for: how often they let pass.' }),
  bias: z.number().nullable().meta({ description: 'That, less what others said of the same items.' }),
  againstGold: z.number().nullable().meta({ description: 'How often they said what stood in the end.' }),
})
export type ReviewerPace = z.output<typeof ReviewerPace>

export const ReviewHalf = z.object({
  items: z.int(),
  truePass: z.int(),
  falsePass: z.int().meta({ description: 'The judge lets pass what people do not.' }),
  falseFail: z.int(),
  trueFail: z.int(),
  truePassRate: ReviewEstimate.meta({ description: 'Of what people let pass, how much the judge does.' }),
  trueFailRate: ReviewEstimate,
  kappa: ReviewEstimate,
  gwet: ReviewEstimate,
  bias: z.number().nullable().meta({ description: 'The pass rate of the judge, less that of people.' }),
})
export type ReviewHalf = z.output<typeof ReviewHalf>

export const ReviewCalibration = z.object({
  id: z.string(),
  queueId: z.string(),
  queue: z.string(),
  judge: z.string().meta({ description: 'The name of its scores.' }),
  measure: z.string(),
  rubricVersion: z.int(),
  threshold: z.number(),
  basis: z.enum(['random', 'all']).meta({ description: 'Which items count: those drawn by lot, or all.' }),
  tune: ReviewHalf.meta({ description: 'What the judge may be made better with.' }),
  holdout: ReviewHalf.meta({ description: 'What says how good it is.' }),
  ceiling: ReviewEstimate.meta({ description: 'κ between people: no judge can be held to more.' }),
  judged: z.int().meta({ description: 'Verdicts of the judge on what nobody looked at.' }),
  rawPassRate: ReviewEstimate,
  correctedPassRate: ReviewEstimate.meta({ description: 'By the errors it makes in the holdout (Rogan–Gladen).' }),
  predictionPowered: ReviewEstimate.meta({ description: 'The mean score, by the judge on all and by people on some.' }),
  drift: z.object({
    verdicts: z.int(),
    alarm: z.boolean(),
    at: z.iso.datetime().nullable().meta({ description: 'Since when.' }),
    level: z.number().meta({ description: 'Of the CUSUM now.' }),
    limit: z.number(),
  }),
  mayBlock: z.boolean().meta({ description: 'Good enough to stop a release.' }),
  why: z.string(),
  at: z.iso.datetime(),
  by: z.string().nullable(),
})
export type ReviewCalibration = z.output<typeof ReviewCalibration>
