import { z } from 'zod'

const Id = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, { error: 'lower-case letters, digits, - and _, at most 40' })
const Title = z.string().trim().min(1, { error: 'at least one character' }).max(200)

/** One of the answers that a question offers. What passes is said per option, so that a judge can be held against people. */
export const ReviewOption = z.strictObject({
  value: z.string().trim().min(1).max(100),
  title: Title.optional().meta({ description: 'What reviewers read; the value by default.' }),
  score: z.number().optional().meta({ description: 'As a number: of ordinal options their place, from 0, by default.' }),
  pass: z.boolean().optional().meta({ description: 'Whether an answer with it is good enough.' }),
})
export type ReviewOption = z.output<typeof ReviewOption>

const options = (least: number) =>
  z
    .array(ReviewOption)
    .min(least)
    .max(20)
    .refine((given) => new Set(given.map(({ value }) => value)).size === given.length, { error: 'two options have the same value' })

const common = {
  id: Id.meta({ description: 'Under it the answers stand; the name of the score, too, where none is given.' }),
  title: Title,
  help: z.string().max(4000).default(''),
  required: z.boolean().default(true),
  scoreName: z.string().min(1).max(200).optional().meta({ description: 'The name of the score on the trace; the id by default.' }),
}

/** One question about an item. */
export const ReviewQuestion = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('binary'),
    ...common,
    yes: Title.default('Yes'),
    no: Title.default('No'),
    passes: z.boolean().default(true),
  }),
  z.strictObject({ kind: z.literal('ordinal'), ...common, options: options(2).meta({ description: 'From the worst to the best.' }) }),
  z.strictObject({ kind: z.literal('labels'), ...common, options: options(1), many: z.boolean().default(false) }),
  z.strictObject({
    kind: z.literal('spans'),
    ...common,
    options: options(1).meta({ description: 'What a marked place of the answer can be.' }),
  }),
  z.strictObject({ kind: z.literal('pairwise'), ...common, tie: z.boolean().default(true) }),
  z.strictObject({ kind: z.literal('correction'), ...common }),
])
export type ReviewQuestion = z.output<typeof ReviewQuestion>
export type ReviewQuestionKind = ReviewQuestion['kind']

/** What reviewers are asked, and by which rules they answer. A version of it never changes. */
export const ReviewRubric = z.strictObject({
  guideline: z.string().max(50_000).default('').meta({ description: 'Markdown: what each answer means, with examples.' }),
  questions: z
    .array(ReviewQuestion)
    .min(1)
    .max(12)
    .refine((given) => new Set(given.map(({ id }) => id)).size === given.length, { error: 'two questions have the same id' }),
})
export type ReviewRubric = z.output<typeof ReviewRubric>

/** A place in the answer, in Unicode code points, end exclusive. */
export const ReviewSpan = z
  .strictObject({ start: z.int().min(0), end: z.int().min(1), label: z.string().min(1).max(100) })
  .refine(({ start, end }) => start < end, { error: 'must end after its start', path: ['end'] })
export type ReviewSpan = z.output<typeof ReviewSpan>
/** binary: true or false. ordinal, labels: the value, or a list where there may be many. spans: places. pairwise: `a`, `b` or `tie`. */
export const ReviewAnswer = z.union([
  z.boolean(),
  z.string().max(50_000),
  z.array(z.string().max(100)).max(20),
  z.array(ReviewSpan).max(200),
])
export type ReviewAnswer = z.output<typeof ReviewAnswer>
/** By the id of the question. */
export const ReviewAnswers = z.record(z.string(), ReviewAnswer)
export type ReviewAnswers = z.output<typeof ReviewAnswers>

/** What reviewers read. Nothing in it says which model, which variant or which judge. */
export const ReviewContent = z.strictObject({
  input: z.json(),
  output: z.json().optional().meta({ description: 'The answer that is judged; of pairs the first one.' }),
  other: z.json().optional().meta({ description: 'Of pairs the second answer.' }),
  expected: z.json().optional(),
  context: z.union([z.string(), z.array(z.string()).max(500)]).optional(),
})
export type ReviewContent = z.output<typeof ReviewContent>

/** What an item was made of. */
export const ReviewSource = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('span'), traceId: z.string().min(1).max(800), spanId: z.string().min(1).max(64) }),
  z.strictObject({ kind: z.literal('dataset'), dataset: z.string().max(255), itemId: z.string().max(200), version: z.int() }),
  z.strictObject({
    kind: z.literal('experiment'),
    runId: z.string().max(200),
    caseId: z.string().max(300),
    variant: z.string().max(200),
    other: z.string().max(200).optional().meta({ description: 'Of pairs the second variant.' }),
  }),
  z.strictObject({ kind: z.literal('given'), id: z.string().min(1).max(200) }),
])
export type ReviewSource = z.output<typeof ReviewSource>

/** Why an item is in the queue. Only `random` ones say what is true of all. */
export const ReviewReason = z.enum(['random', 'chosen', 'near-threshold', 'judges-disagree', 'flaky', 'guardrail', 'feedback', 'rule'])
export type ReviewReason = z.output<typeof ReviewReason>

/** open: answers are missing. disputed: reviewers do not agree, or one asked for help. done: it has its final answer. */
export const ReviewState = z.enum(['open', 'disputed', 'done'])
export type ReviewState = z.output<typeof ReviewState>

/** What an item was answered in the end, and by what right. */
export const ReviewGold = z.object({
  answers: ReviewAnswers,
  by: z.enum(['reviewer', 'consensus', 'majority', 'adjudicator']),
  decidedBy: z.string().nullable(),
  reason: z.string(),
  at: z.iso.datetime(),
})
export type ReviewGold = z.output<typeof ReviewGold>

/** What happens where reviewers do not agree. */
export const ReviewDispute = z.enum(['adjudicate', 'majority'])

/** What somebody said about an item: an answer, or why there is none. */
export const ReviewEntry = z.object({
  reviewer: z.object({ id: z.string(), name: z.string().nullable() }),
  kind: z.enum(['answered', 'skipped', 'escalated']),
  answers: ReviewAnswers,
  reason: z.string(),
  rubricVersion: z.int(),
  seconds: z.number().nullable(),
  at: z.iso.datetime(),
})
export type ReviewEntry = z.output<typeof ReviewEntry>

/** A number of a sample with how far it can be trusted; null where it is not defined, with the reason. */
export const ReviewEstimate = z.object({
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  why: z.string().optional(),
})
export type ReviewEstimate = z.output<typeof ReviewEstimate>
