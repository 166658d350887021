import { z } from 'zod'

/**
 * The events of Langfuse's `POST /api/public/ingestion`, as far as it matters here: what is not named is kept as it was sent. As lenient as
 * can be, since one event that is refused makes its client send the whole batch again, three times.
 */
const Id = z.string().min(1, { error: 'must not be empty' }).max(800, { error: 'at most 800 characters' })
const text = z.string().nullish()
const time = z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with its zone, such as 2026-01-31T12:00:00Z' }).nullish()

const Common = {
  name: text,
  environment: text,
  version: text,
  metadata: z.unknown().optional(),
  input: z.unknown().optional(),
  output: z.unknown().optional(),
}

const TraceBody = z.looseObject({
  ...Common,
  id: Id.nullish(),
  timestamp: time,
  sessionId: text,
  userId: text,
  release: text,
  tags: z.array(z.string()).nullish(),
  public: z.boolean().nullish(),
})
export type TraceBody = z.output<typeof TraceBody>

const ObservationBody = z.looseObject({
  ...Common,
  id: Id,
  traceId: Id.nullish(),
  parentObservationId: text,
  type: text,
  startTime: time,
  endTime: time,
  completionStartTime: time,
  level: text,
  statusMessage: text,
  model: text,
  modelParameters: z.unknown().optional(),
  usage: z.unknown().optional(),
  usageDetails: z.unknown().optional(),
  costDetails: z.unknown().optional(),
  promptName: text,
  promptVersion: z.number().nullish(),
})
export type ObservationBody = z.output<typeof ObservationBody>

const ScoreBody = z
  .looseObject({
    id: Id.nullish(),
    name: z.string().min(1, { error: 'must not be empty' }).max(800, { error: 'at most 800 characters' }),
    traceId: Id.nullish(),
    observationId: Id.nullish(),
    sessionId: Id.nullish(),
    datasetRunId: Id.nullish(),
    environment: text,
    value: z.union([z.number(), z.string(), z.boolean()], { error: 'must be a number or a text' }),
    dataType: z.enum(['NUMERIC', 'CATEGORICAL', 'BOOLEAN', 'TEXT', 'CORRECTION']).nullish(),
    comment: text,
    metadata: z.unknown().optional(),
    source: text,
  })
  .refine(({ traceId, sessionId, datasetRunId }) => traceId || sessionId || datasetRunId, {
    error: 'is missing: a score is of a trace, a session or a dataset run (traceId, sessionId or datasetRunId)',
    path: ['traceId'],
  })
  .refine(({ traceId, observationId }) => !observationId || traceId, { error: 'needs its traceId', path: ['observationId'] })
  .refine(({ dataType, value }) => dataType !== 'NUMERIC' || typeof value === 'number', {
    error: 'of a NUMERIC score must be a number',
    path: ['value'],
  })
  .refine(({ dataType, value }) => dataType !== 'BOOLEAN' || value === 0 || value === 1 || typeof value === 'boolean', {
    error: 'of a BOOLEAN score must be 0 or 1',
    path: ['value'],
  })
export type ScoreBody = z.output<typeof ScoreBody>

/** What each type of event carries. An `sdk-log` is what a client says about itself. */
const BODIES = {
  'trace-create': TraceBody,
  'score-create': ScoreBody,
  'event-create': ObservationBody,
  'span-create': ObservationBody,
  'span-update': ObservationBody,
  'generation-create': ObservationBody,
  'generation-update': ObservationBody,
  'agent-create': ObservationBody,
  'tool-create': ObservationBody,
  'chain-create': ObservationBody,
  'retriever-create': ObservationBody,
  'evaluator-create': ObservationBody,
  'embedding-create': ObservationBody,
  'guardrail-create': ObservationBody,
  'observation-create': ObservationBody,
  'observation-update': ObservationBody,
  'sdk-log': z.looseObject({}),
} as const
type EventType = keyof typeof BODIES

const Envelope = z.looseObject({
  id: Id,
  type: z.string({ error: 'is missing' }),
  timestamp: z.iso.datetime({ offset: true, error: 'must be an ISO 8601 time with its zone, such as 2026-01-31T12:00:00Z' }),
})

type Of<Type, Body> = { id: string; timestamp: string; type: Type; body: Body }
export type TraceEvent = Of<'trace-create', TraceBody>
export type ScoreEvent = Of<'score-create', ScoreBody>
export type ObservationEvent = Of<Exclude<EventType, 'trace-create' | 'score-create' | 'sdk-log'>, ObservationBody>
export type LangfuseEvent = TraceEvent | ScoreEvent | ObservationEvent | Of<'sdk-log', Record<string, unknown>>

/** One event of a batch; else what is wrong with it, in words for its sender. */
export function readEvent(sent: unknown): { event: LangfuseEvent } | { wrong: string[] } {
  const envelope = Envelope.safeParse(sent)
  if (!envelope.success) return { wrong: problems(envelope.error) }
  const { id, type, timestamp } = envelope.data
  if (!Object.hasOwn(BODIES, type))
    return { wrong: [`type: ${JSON.stringify(type.slice(0, 60))} is not one of ${Object.keys(BODIES).join(', ')}`] }
  if (isDeep(envelope.data, MOST_LEVELS)) return { wrong: [`it: is nested deeper than ${MOST_LEVELS} levels`] }
  const body = BODIES[type as EventType].safeParse(envelope.data.body)
  if (!body.success) return { wrong: problems(body.error).map((problem) => `body.${problem}`) }
  return { event: { id, type, timestamp, body: body.data } as LangfuseEvent }
}

/** What is nested deeper can be read, but not written again. */
const MOST_LEVELS = 500

function isDeep(value: unknown, left: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (left === 0) return true
  return Object.values(value).some((inner) => isDeep(inner, left - 1))
}

const problems = ({ issues }: z.ZodError): string[] => issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`)
