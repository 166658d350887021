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
  cut: z.boolean().meta({ description: 'Only the beginning is kept.' }),
})
export type RejectedPayload = z.infer<typeof RejectedPayload>

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
} as const satisfies Record<string, Route>
