import { z } from 'zod'
import { Filter, searching } from './query.ts'
import { jsonParam, limit, nextCursor, type Route, route, window } from './route.ts'
import { Score } from './score.ts'
import { TraceScore } from './score-type.ts'
import { SpanId, SpanKind, SpanStatus, Trace } from './span.ts'

const Usd = z.string().nullable().meta({ description: 'Decimal US dollars; null where no price is known.' })
/** A place in the list; it holds no id of a client, which may be long. */
const cursor = z.string().max(200).optional()

/** What traces add up to, of a session or of a user alike. Tokens and money are counted once, as of a trace. */
export const GroupFigures = z.object({
  traces: z.int(),
  calls: z.int().meta({ description: 'Calls of models, ended.' }),
  errors: z.int().meta({ description: 'Traces in which a step failed; a try of the gateway that was made again is none.' }),
  inputTokens: z.int(),
  outputTokens: z.int(),
  costUsd: Usd,
  unpricedCount: z.int().meta({ description: 'Steps with tokens but no known price: `costUsd` leaves them out.' }),
  models: z.array(z.string()).meta({ description: 'Up to 20.' }),
  environments: z.array(z.string()).meta({ description: 'Up to 20.' }),
  feedback: z
    .object({ up: z.int(), down: z.int() })
    .meta({ description: 'Scores named `thumbs`: above 0, true or `up`; and 0, below, false or `down`.' }),
})
export type GroupFigures = z.output<typeof GroupFigures>

export const TracedSession = z.object({
  sessionId: z.string(),
  userIds: z.array(z.string()).meta({ description: 'Up to 20.' }),
  startedAt: z.iso.datetime(),
  lastAt: z.iso.datetime().meta({ description: 'The start of the newest span that names the session.' }),
  durationMs: z.number().meta({ description: 'From the first start to the last end.' }),
  ...GroupFigures.shape,
  firstInput: z.string().meta({ description: 'How the first input begins.' }),
  lastOutput: z.string().meta({ description: 'How the last output begins.' }),
  scores: z.array(TraceScore).optional().meta({ description: 'Of the session itself, summed up by name; absent where there is none.' }),
})
export type TracedSession = z.output<typeof TracedSession>

export const SESSION_SORTS = ['lastAt', 'costUsd', 'traces', 'calls', 'errors', 'totalTokens'] as const
const both = <const N extends string>(names: readonly N[]) => names.flatMap((name) => [`-${name}`, name]) as (N | `-${N}`)[]
/** What a list of sessions can be sorted by; `-` is most, largest or newest first. */
export const SessionSort = z.enum(both(SESSION_SORTS))
export type SessionSort = z.output<typeof SessionSort>

/** What was said at one end of a turn. */
const Said = z.object({
  spanId: SpanId.meta({ description: 'Whose payload it is: GET /api/v1/spans/{spanId} has all of it.' }),
  value: z.json().nullable().meta({ description: 'As it was sent; of a list of messages those that are new in this turn.' }),
  earlier: z.int().meta({ description: 'Messages that were sent along and belong to turns before.' }),
  bytes: z.int().meta({ description: 'Of the whole payload.' }),
  cut: z.boolean().meta({ description: 'Too long for a list: `value` is null, and the span has it.' }),
})

export const TurnStep = z.object({
  spanId: SpanId,
  kind: SpanKind,
  name: z.string(),
  status: SpanStatus,
  statusMessage: z.string().nullable(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
  inputPreview: z.string(),
  outputPreview: z.string(),
})
export type TurnStep = z.output<typeof TurnStep>

export const Turn = z.object({
  trace: Trace,
  statusMessage: z.string().nullable().meta({ description: 'Of the first failed step, where one failed.' }),
  input: Said.nullable().meta({ description: 'What the root read; where it says nothing, what the first call of a model read.' }),
  output: Said.nullable().meta({ description: 'What the root wrote; where it says nothing, what the last call of a model wrote.' }),
  steps: z.array(TurnStep).meta({ description: 'Tools, retrievals, guardrails and what failed, by start; the first 50.' }),
  stepCount: z.int(),
  scores: z.array(Score).meta({ description: 'Of the trace and its spans, the newest first; up to 50.' }),
})
export type Turn = z.output<typeof Turn>

/** The rows of the API table about sessions: traces that belong to one conversation. */
export const sessionsApi = {
  'sessions.list': route({
    method: 'GET',
    path: '/api/v1/sessions',
    summary: 'List sessions with what their traces add up to, last active first or as asked for',
    access: 'traces:read',
    input: z.object({
      ...window,
      filter: jsonParam(z.array(Filter).max(50)).optional(),
      ...searching,
      sort: SessionSort.optional().meta({
        description:
          '`-lastAt` by default. With anything but `lastAt` give `from`: the spans of that time are read. What is unknown comes last.',
      }),
      limit,
      cursor,
    }),
    output: z.object({
      sessions: z
        .array(TracedSession)
        .meta({ description: 'Figures are of the spans in the time asked for, in traces that match the filter.' }),
      nextCursor,
    }),
  }),
  'sessions.get': route({
    method: 'GET',
    path: '/api/v1/sessions/{sessionId}',
    summary: 'One session as a conversation: its turns in order',
    access: 'traces:read',
    input: z.object({
      sessionId: z.string().min(1).max(4000),
      ...searching,
      limit: z.coerce.number().int().min(1).max(100).default(25),
      cursor,
    }),
    output: z.object({
      session: TracedSession,
      scores: z.array(Score).meta({ description: 'Of the session itself, the newest first; up to 50.' }),
      turns: z.array(Turn),
      nextCursor,
    }),
  }),
} as const satisfies Record<string, Route>
