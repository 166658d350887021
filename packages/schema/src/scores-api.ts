import { z } from 'zod'
import { FeedbackOrigins, NewFeedback } from './feedback.ts'
import { limit, nextCursor, type Route, route, window } from './route.ts'
import { NewScore, Score, ScoreSource } from './score.ts'
import { ScoreType } from './score-type.ts'

const ref = z.string().min(1).max(800).optional()

/** The rows of the API table about judgements. */
export const scoresApi = {
  'scores.create': route({
    method: 'POST',
    path: '/api/v1/scores',
    summary: 'Score a trace, a span or a session; the same id again replaces the score',
    access: 'scores:write',
    input: NewScore,
    output: Score,
  }),
  'scores.delete': route({
    method: 'DELETE',
    path: '/api/v1/scores/{id}',
    summary: 'Withdraw a score that the same account or key has given',
    access: 'scores:write',
    input: z.object({ id: z.string().min(1).max(800) }),
    output: z.object({ id: z.string() }),
  }),
  'feedback.create': route({
    method: 'POST',
    path: '/api/v1/feedback',
    summary: 'Say thumbs up or down, a rating or a comment about an answer: one request becomes its scores',
    access: 'scores:write',
    input: NewFeedback,
    output: z.object({ id: z.string().meta({ description: 'Send it again to change what was said.' }), scores: z.array(Score) }),
  }),
  'origins.get': route({
    method: 'GET',
    path: '/api/v1/feedback/origins',
    summary: 'Whose pages may send feedback with a public key of the project, and who says so',
    access: 'projects:read',
    input: z.strictObject({}),
    output: z.object({
      origins: z.array(z.string()).meta({ description: 'As people of the project said.' }),
      declared: z.array(z.string()).meta({ description: 'As signalbox.yaml says.' }),
      server: z.array(z.string()).meta({ description: 'Of all projects: the address of Signalbox, and SIGNALBOX_ALLOWED_ORIGINS.' }),
    }),
  }),
  'origins.set': route({
    method: 'PUT',
    path: '/api/v1/feedback/origins',
    summary: 'Say whose pages may send feedback, beside those of signalbox.yaml; the list takes the place of the one before',
    access: 'projects:write',
    input: z.strictObject({ origins: FeedbackOrigins }),
    output: z.object({ origins: z.array(z.string()) }),
  }),
  'scores.list': route({
    method: 'GET',
    path: '/api/v1/scores',
    summary: 'List scores, newest first',
    access: 'traces:read',
    input: z.object({
      ...window,
      traceId: ref.meta({ description: 'The 32 hex digits, or the id as the client wrote it.' }),
      spanId: ref,
      sessionId: ref,
      runId: ref,
      id: ref,
      name: z.string().max(200).optional(),
      type: ScoreType.optional(),
      source: ScoreSource.optional(),
      environment: z.string().max(200).optional(),
      limit,
      // It holds an id, which may be long.
      cursor: z.string().max(2000).optional(),
    }),
    output: z.object({ scores: z.array(Score), nextCursor }),
  }),
} as const satisfies Record<string, Route>
