import { z } from 'zod'
import { cursor, limit, nextCursor, type Route, route, window } from './route.ts'

const Name = z.string().max(400).optional()

/** One client software that sends with one key to one endpoint. */
export const IngestSender = z.object({
  keyId: z.string(),
  keyName: z.string().nullable().meta({ description: 'Null where the key is gone.' }),
  sdk: z.string().meta({ description: 'As it names itself: the header of its SDK, or its user agent.' }),
  endpoint: z.string(),
  requests: z.int(),
  accepted: z.int().meta({ description: 'Items that were acknowledged: spans, events, runs, scores.' }),
  rejected: z.int(),
  lastAt: z.iso.datetime(),
  reasons: z
    .array(z.object({ reason: z.string(), items: z.int(), lastAt: z.iso.datetime() }))
    .meta({ description: 'Why items were rejected, most frequent first.' }),
})
export type IngestSender = z.infer<typeof IngestSender>

/** A payload that was refused: cut, and without what looks like a secret. */
export const RejectedPayload = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  keyId: z.string(),
  sdk: z.string(),
  endpoint: z.string(),
  reason: z.string(),
  message: z.string().meta({ description: 'What the sender was told.' }),
  body: z.string().nullable().meta({ description: 'Null where the project keeps no content, or nothing of it could be read.' }),
  bytes: z.int(),
  cut: z.boolean().meta({ description: 'Only the beginning is shown.' }),
  replayable: z.boolean().meta({ description: 'It is kept whole (up to 256 KB) and can be sent again.' }),
  replayedAt: z.iso.datetime().nullable().meta({ description: 'When it was sent again and taken.' }),
})
export type RejectedPayload = z.infer<typeof RejectedPayload>

const Id = z.string().min(1).max(100)

/** A refused payload as it came, or made into a request of its own where it was one item of many. */
export const WholePayload = z.object({
  id: z.string(),
  method: z.string(),
  path: z.string(),
  contentType: z.string(),
  text: z.string().nullable().meta({ description: 'Null where it is no text: see `base64`.' }),
  base64: z.string(),
})
export type WholePayload = z.infer<typeof WholePayload>

/** What came of sending a refused payload again. */
export const Replay = z.object({
  stored: z.boolean().meta({ description: 'All of it was taken.' }),
  accepted: z.int(),
  rejected: z.array(z.object({ reason: z.string(), items: z.int() })),
  status: z.int().meta({ description: 'What the endpoint answered.' }),
  answer: z.string().meta({ description: 'What the endpoint answered, or its beginning.' }),
  refused: z.int().meta({ description: 'Rows that the store refused: they are among the dead letters.' }),
  traceIds: z.array(z.string()).meta({ description: 'Where it can be read now; the first ten.' }),
})
export type Replay = z.infer<typeof Replay>

/** The rows of the API table about what comes in. */
export const inspectorApi = {
  'ingest.senders': route({
    method: 'GET',
    path: '/api/v1/ingest/senders',
    summary: 'Who sends traces with what: how much was accepted, what was rejected and why, and how long it takes',
    access: 'traces:read',
    input: z.object({ ...window }),
    output: z.object({
      senders: z.array(IngestSender),
      minutes: z.array(z.object({ minute: z.iso.datetime(), accepted: z.int(), rejected: z.int() })),
      lags: z
        .array(z.object({ keyId: z.string(), bodies: z.int(), averageMs: z.number(), maxMs: z.number() }))
        .meta({ description: 'By key: from when a body was received until it could be read.' }),
    }),
  }),
  'ingest.rejected': route({
    method: 'GET',
    path: '/api/v1/ingest/rejected',
    summary: 'The last payloads that were refused, newest first',
    access: 'traces:read',
    input: z.object({ keyId: Name, sdk: Name, endpoint: Name, limit, cursor }),
    output: z.object({ rejected: z.array(RejectedPayload), nextCursor }),
  }),
  'ingest.payload': route({
    method: 'GET',
    path: '/api/v1/ingest/rejected/{id}',
    summary: 'A payload that was refused, whole and as it came: secrets in it are not taken out',
    access: 'traces:write',
    input: z.object({ id: Id }),
    output: WholePayload,
  }),
  'ingest.replay': route({
    method: 'POST',
    path: '/api/v1/ingest/rejected/{id}/replay',
    summary: 'Send a payload that was refused again, as it is or edited, with the key that it came with; it is taken once',
    access: 'traces:write',
    input: z.strictObject({
      id: Id,
      body: z.string().max(1_000_000).optional().meta({ description: 'In its place: an edited text.' }),
      contentType: z.string().max(200).optional().meta({ description: 'In place of the one that it came with.' }),
    }),
    output: Replay,
  }),
} as const satisfies Record<string, Route>
