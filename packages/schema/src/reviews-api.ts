import { z } from 'zod'
import { DatasetItemId, DatasetName, DatasetSplit, DatasetTag } from './dataset.ts'
import { Filter } from './query.ts'
import { ReviewAnswers, ReviewContent, ReviewReason, ReviewRubric, ReviewSource, ReviewState } from './review.ts'
import {
  REVIEW_SETTINGS,
  ReviewAgreement,
  ReviewCalibration,
  ReviewerPace,
  ReviewItem,
  ReviewMeasure,
  ReviewQueue,
  ReviewTask,
} from './review-rows.ts'
import { cursor, jsonParam, limit, nextCursor, none, ok, type Route, route, window } from './route.ts'
import { SpanId } from './span.ts'

const queueId = z.string().min(1).max(100)
const itemId = z.string().min(1).max(100)
const ofItem = { queueId, itemId }
const flag = z.enum(['true', 'false']).default('false')
const rubricVersion = z.int().min(1)
const versionParam = z.coerce.number().pipe(rubricVersion).optional()

const share = z.number().min(0).max(1)
/** What may make an item worth a look. */
const UncertainBy = z.enum(['near-threshold', 'judges-disagree', 'flaky', 'guardrail', 'feedback'])
const added = {
  added: z.int(),
  already: z.int().meta({ description: 'In the queue before.' }),
  missing: z.array(z.object({ source: ReviewSource, why: z.string() })).max(500),
}

/** The rows of the API table about review by people. */
export const reviewsApi = {
  'reviews.list': route({
    method: 'GET',
    path: '/api/v1/reviews',
    summary: 'List review queues, newest first',
    access: 'reviews:read',
    input: z.object({ archived: flag, limit, cursor }),
    output: z.object({ queues: z.array(ReviewQueue), nextCursor }),
  }),
  'reviews.create': route({
    method: 'POST',
    path: '/api/v1/reviews',
    summary: 'Make a review queue with its first rubric',
    access: 'reviews:write',
    input: z.strictObject({
      name: REVIEW_SETTINGS.name,
      description: REVIEW_SETTINGS.description.default(''),
      reviewersPerItem: REVIEW_SETTINGS.reviewersPerItem.default(1),
      leaseMinutes: REVIEW_SETTINGS.leaseMinutes.default(30),
      dispute: REVIEW_SETTINGS.dispute.default('adjudicate'),
      rubric: ReviewRubric,
    }),
    output: ReviewQueue,
  }),
  'reviews.get': route({
    method: 'GET',
    path: '/api/v1/reviews/{queueId}',
    summary: 'One review queue with its rubric',
    access: 'reviews:read',
    input: z.object({ queueId, rubricVersion: versionParam }),
    output: z.object({ queue: ReviewQueue, rubric: ReviewRubric, rubricVersion: z.int(), measures: z.array(ReviewMeasure) }),
  }),
  'reviews.change': route({
    method: 'PATCH',
    path: '/api/v1/reviews/{queueId}',
    summary: 'Change the settings of a review queue, archive it or take it out of the archive',
    access: 'reviews:write',
    input: z.strictObject({
      queueId,
      name: REVIEW_SETTINGS.name.optional(),
      description: REVIEW_SETTINGS.description.optional(),
      reviewersPerItem: REVIEW_SETTINGS.reviewersPerItem.optional().meta({ description: 'Of items that are not done.' }),
      leaseMinutes: REVIEW_SETTINGS.leaseMinutes.optional(),
      dispute: REVIEW_SETTINGS.dispute.optional(),
      archived: z.boolean().optional(),
    }),
    output: ReviewQueue,
  }),
  'reviews.remove': route({
    method: 'DELETE',
    path: '/api/v1/reviews/{queueId}',
    summary: 'Delete a review queue with its items and answers; scores on traces stay',
    access: 'reviews:write',
    input: z.object({ queueId }),
    output: ok,
  }),
  'reviews.setRubric': route({
    method: 'PUT',
    path: '/api/v1/reviews/{queueId}/rubric',
    summary: 'Make the next version of the rubric',
    access: 'reviews:write',
    input: z.strictObject({
      queueId,
      rubric: ReviewRubric,
      message: z.string().max(500).default(''),
      answered: z.enum(['keep', 'ask-again']).meta({
        description:
          'What becomes of items that have an answer. keep: they stay with the version under which they were begun. ask-again: they are asked under the new one; what was said stays readable.',
      }),
      expectedVersion: z.int().min(1).optional(),
    }),
    output: z.object({ rubricVersion: z.int(), moved: z.int(), kept: z.int() }),
  }),
  'reviews.rubrics': route({
    method: 'GET',
    path: '/api/v1/reviews/{queueId}/rubrics',
    summary: 'The versions of a rubric, newest first',
    access: 'reviews:read',
    input: z.object({ queueId }),
    output: z.object({
      rubrics: z.array(
        z.object({
          rubricVersion: z.int(),
          rubric: ReviewRubric,
          message: z.string(),
          items: z.int(),
          createdAt: z.iso.datetime(),
          createdBy: z.string().nullable(),
        }),
      ),
    }),
  }),
  'reviews.addItems': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/items',
    summary: 'Put items into a queue: spans, rows of a dataset, or contents as they are given',
    access: 'reviews:write',
    input: z.strictObject({
      queueId,
      spans: z
        .array(z.strictObject({ traceId: z.string().min(1).max(800), spanId: SpanId }))
        .max(500)
        .default([]),
      dataset: z
        .strictObject({
          name: DatasetName,
          ids: z.array(DatasetItemId).max(500).optional(),
          split: DatasetSplit.optional(),
          tag: DatasetTag.optional(),
          first: z.int().min(1).max(500).default(100),
        })
        .optional(),
      given: z
        .array(
          z.strictObject({
            id: z.string().min(1).max(200),
            content: ReviewContent,
            source: ReviewSource.optional().meta({ description: 'Such as the row of an experiment; by default its id.' }),
          }),
        )
        .max(500)
        .default([]),
      reason: ReviewReason.default('chosen'),
    }),
    output: z.object(added),
  }),
  'reviews.sample': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/sample',
    summary: 'Draw items from calls: always a part by lot, the rest what is uncertain first',
    access: 'reviews:write',
    input: z.strictObject({
      queueId,
      filter: jsonParam(z.array(Filter).max(50)).default([]),
      ...window,
      count: z.int().min(1).max(500).default(100),
      randomShare: share.min(0.05).default(0.1).meta({ description: 'The part that is drawn by lot, never less than 5 %.' }),
      uncertainBy: z.array(UncertainBy).max(5).default(UncertainBy.options),
      threshold: share.default(0.5).meta({ description: 'Where a judge draws its line.' }),
      margin: share.default(0.15).meta({ description: 'How near to the line is near.' }),
      seed: z.int().min(0).optional().meta({ description: 'The same seed draws the same of the same calls.' }),
    }),
    output: z.object({
      ...added,
      candidates: z.int(),
      reasons: z.partialRecord(ReviewReason, z.int()),
    }),
  }),
  'reviews.items': route({
    method: 'GET',
    path: '/api/v1/reviews/{queueId}/items',
    summary: 'The items of a queue, in the order in which they are asked',
    access: 'reviews:read',
    input: z.object({ queueId, state: ReviewState.optional(), rubricVersion: versionParam, limit, cursor }),
    output: z.object({ items: z.array(ReviewItem), nextCursor }),
  }),
  'reviews.item': route({
    method: 'GET',
    path: '/api/v1/reviews/{queueId}/items/{itemId}',
    summary: 'One item with what is to be read; answers of others only when all are in',
    access: 'reviews:read',
    input: z.object(ofItem),
    output: z.object({ item: ReviewItem, content: ReviewContent.nullable(), rubric: ReviewRubric }),
  }),
  'reviews.next': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/next',
    summary: 'Take the next items to answer; they are kept for the caller for a while',
    access: 'reviews:answer',
    input: z.strictObject({ queueId, count: z.int().min(1).max(10).default(2), itemId: itemId.optional() }),
    output: z.object({
      tasks: z.array(ReviewTask),
      left: z.int().meta({ description: 'What the caller can still answer, these among it.' }),
    }),
  }),
  'reviews.answer': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/items/{itemId}/answer',
    summary: 'Answer an item. The same again changes nothing; something else takes its place until the item is decided',
    access: 'reviews:answer',
    input: z.strictObject({
      ...ofItem,
      rubricVersion,
      answers: ReviewAnswers,
      comment: z.string().max(10_000).default(''),
      seconds: z.number().min(0).max(86_400).optional().meta({ description: 'How long the reviewer looked at it.' }),
    }),
    output: z.object({ state: ReviewState, repeated: z.boolean() }),
  }),
  'reviews.pass': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/items/{itemId}/pass',
    summary: 'Leave an item to others (skip), or ask for a decision (escalate), with the reason',
    access: 'reviews:answer',
    input: z.strictObject({ ...ofItem, kind: z.enum(['skip', 'escalate']), reason: z.string().trim().min(1).max(2000) }),
    output: z.object({ state: ReviewState }),
  }),
  'reviews.release': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/release',
    summary: 'Give items back that the caller has taken and not answered',
    access: 'reviews:answer',
    input: z.strictObject({ queueId, itemIds: z.array(itemId).max(100).optional() }),
    output: z.object({ released: z.int() }),
  }),
  'reviews.adjudicate': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/items/{itemId}/adjudicate',
    summary: 'Decide what an item is answered with: its gold',
    access: 'reviews:adjudicate',
    input: z.strictObject({ ...ofItem, answers: ReviewAnswers, reason: z.string().max(2000).default('') }),
    output: ReviewItem,
  }),
  'reviews.agreement': route({
    method: 'GET',
    path: '/api/v1/reviews/{queueId}/agreement',
    summary: 'How far reviewers agree, and how each of them answers; versions of a rubric are never mixed',
    access: 'reviews:read',
    input: z.object({ queueId, rubricVersion: versionParam, measure: z.string().max(200).optional() }),
    output: z.object({ rubricVersion: z.int(), measures: z.array(ReviewAgreement), reviewers: z.array(ReviewerPace) }),
  }),
  'reviews.toDataset': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/dataset',
    summary: 'Write decided items to a dataset, with what reviewers corrected as what should come back',
    access: 'datasets:write',
    input: z.strictObject({
      queueId,
      dataset: DatasetName,
      expected: z.enum(['correction', 'passed', 'none']).default('correction').meta({
        description: 'correction: where there is one. passed: also the answer itself, where it passed every question.',
      }),
      onlyCorrected: z.boolean().default(false),
      split: DatasetSplit.optional(),
      tags: z.array(DatasetTag).max(50).default([]),
    }),
    output: z.object({ version: z.int(), added: z.int(), changed: z.int(), unchanged: z.int(), missing: z.int() }),
  }),
  'reviews.verdicts': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/verdicts',
    summary: 'Say what a judge said of items of the queue, as of a run over the anchor set',
    access: 'reviews:write',
    input: z.strictObject({
      queueId,
      judge: z.string().min(1).max(200),
      judgeVersion: z.string().max(200).default(''),
      verdicts: z
        .array(z.strictObject({ itemId, score: z.number(), at: z.iso.datetime({ offset: true }).optional() }))
        .min(1)
        .max(5000),
    }),
    output: z.object({ stored: z.int(), unknown: z.array(z.string()) }),
  }),
  'reviews.calibrate': route({
    method: 'POST',
    path: '/api/v1/reviews/{queueId}/calibrations',
    summary: 'Hold a judge against what people decided, and keep the result: a judge below its bar blocks no release',
    access: 'reviews:write',
    input: z.strictObject({
      queueId,
      judge: z.string().min(1).max(200).meta({ description: 'The name of its scores.' }),
      measure: z.string().min(1).max(200),
      threshold: z.number().default(0.5).meta({ description: 'It lets pass from this score on.' }),
      rubricVersion: rubricVersion.optional(),
      basis: z.enum(['random', 'all']).optional().meta({ description: 'By default random, where items were drawn by lot.' }),
      bar: z
        .strictObject({ kappa: z.number().min(-1).max(1).default(0.4), youden: z.number().min(0).max(1).default(0.5) })
        .prefault({})
        .meta({ description: 'The low end of κ, and both rates together less one, must reach these in the holdout.' }),
      ...window,
    }),
    output: ReviewCalibration,
  }),
  'reviews.calibrations': route({
    method: 'GET',
    path: '/api/v1/review-calibrations',
    summary: 'How judges were held against people, newest first',
    access: 'reviews:read',
    input: none.extend({ queueId: queueId.optional(), judge: z.string().max(200).optional(), limit, cursor }),
    output: z.object({ calibrations: z.array(ReviewCalibration), nextCursor }),
  }),
  'reviews.judges': route({
    method: 'GET',
    path: '/api/v1/reviews/{queueId}/judges',
    summary: 'Judges that said something of items of a queue',
    access: 'reviews:read',
    input: z.object({ queueId }),
    output: z.object({ judges: z.array(z.object({ judge: z.string(), items: z.int() })) }),
  }),
} as const satisfies Record<string, Route>
