import { z } from 'zod'
import type { NewScore } from './score.ts'

const Ref = z.string().min(1).max(800)

/**
 * What a person says about an answer, in one request. It is stored as scores of one convention, so that whatever reads scores reads feedback:
 * `thumbs` (true or false), `rating` (1 to 5), `comment` (text, where there is neither of the two to hold it) and `edited` (the text that the
 * person made of the answer). All have the source `feedback`.
 */
export const NewFeedback = z
  .strictObject({
    id: Ref.max(700)
      .optional()
      .meta({ description: 'Sent again with the same id, what it says replaces what was said. Made here where it is left out.' }),
    traceId: Ref.optional().meta({
      description: 'The 32 hex digits (`x-signalbox-trace-id` of an answer), or the id as the client wrote it.',
    }),
    spanId: Ref.optional().meta({ description: 'Of this span of the trace; without it the feedback is on the trace.' }),
    sessionId: Ref.optional().meta({ description: 'On a session, in place of a trace.' }),
    thumbs: z.enum(['up', 'down']).optional(),
    rating: z.int().min(1).max(5).optional(),
    comment: z.string().trim().min(1).max(10_000).optional(),
    edited: z
      .string()
      .max(100_000)
      .optional()
      .meta({ description: 'The answer as the person changed it. How far it is from the answer is measured by the server.' }),
    user: z.string().min(1).max(800).optional().meta({ description: 'Who says so, in the words of the app; kept in the metadata.' }),
    environment: z.string().max(200).optional(),
    metadata: z.record(z.string().max(200), z.string().max(10_000)).optional(),
  })
  .refine(({ traceId, sessionId }) => traceId !== undefined || sessionId !== undefined, {
    error: 'is missing: say what the feedback is on, with `traceId` or `sessionId`',
    path: ['traceId'],
  })
  .refine(({ traceId, spanId }) => spanId === undefined || traceId !== undefined, {
    error: 'needs the `traceId` of its span',
    path: ['spanId'],
  })
  .refine(({ thumbs, rating, comment, edited }) => [thumbs, rating, comment, edited].some((one) => one !== undefined), {
    error: 'or `rating`, `comment` or `edited` is missing: the feedback says nothing',
    path: ['thumbs'],
  })
export type NewFeedback = z.output<typeof NewFeedback>

/** The scores that feedback stands for; `id` names them all, so that the same feedback again replaces each. */
export function scoresOfFeedback(given: NewFeedback, id: string): (NewScore & { id: string })[] {
  const { traceId, spanId, sessionId, thumbs, rating, comment, edited, user, environment, metadata } = given
  const common = {
    ...(traceId !== undefined && { traceId }),
    ...(spanId !== undefined && { spanId }),
    ...(sessionId !== undefined && { sessionId }),
    ...(environment !== undefined && { environment }),
    ...((user !== undefined || metadata) && { metadata: { ...metadata, ...(user !== undefined && { user }) } }),
    source: 'feedback' as const,
  }
  const said = comment === undefined ? {} : { comment }
  const scores: (NewScore & { id: string })[] = []
  if (thumbs !== undefined) scores.push({ ...common, id: `${id}:thumbs`, name: 'thumbs', type: 'boolean', value: thumbs === 'up', ...said })
  if (rating !== undefined)
    scores.push({ ...common, id: `${id}:rating`, name: 'rating', type: 'numeric', value: rating, ...(thumbs === undefined && said) })
  if (comment !== undefined && thumbs === undefined && rating === undefined)
    scores.push({ ...common, id: `${id}:comment`, name: 'comment', type: 'text', value: comment })
  if (edited !== undefined) scores.push({ ...common, id: `${id}:edited`, name: 'edited', type: 'text', value: edited })
  return scores
}

const isOrigin = (text: string) => /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
const Origin = z.string().refine(isOrigin, { error: 'must be the origin of pages, without a path: https://app.example.com' })

/** Whose pages are heard. */
export const FeedbackOrigins = z.array(Origin).max(200)

/** `feedback` of a project in `signalbox.yaml`. */
export const FeedbackSettings = z.strictObject({
  origins: FeedbackOrigins.default([]).meta({
    description: 'Whose pages may send feedback with a public key of the project, beside those of SIGNALBOX_ALLOWED_ORIGINS.',
  }),
  perMinute: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(600)
    .meta({ description: 'How many requests a minute one public key may send at one edge. More are refused with 429, and counted.' }),
  perMinuteOfAddress: z.int().min(1).max(1_000_000).default(30).meta({ description: 'Likewise from one network address.' }),
  implicit: z
    .strictObject({
      repeats: z.boolean().default(true).meta({
        description: 'Finds questions that are asked again soon, and regenerated answers: the score `repeated` of the earlier trace.',
      }),
      withinMinutes: z.int().min(1).max(1440).default(10),
      similarity: z
        .number()
        .min(0.5)
        .max(1)
        .default(0.8)
        .meta({ description: 'From which likeness of their words on two questions count as the same; 1 is exactly the same words.' }),
    })
    .prefault({}),
})
export type FeedbackSettings = z.output<typeof FeedbackSettings>
