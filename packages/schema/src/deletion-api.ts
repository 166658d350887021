import { z } from 'zod'
import { cursor, limit, nextCursor, type Route, route } from './route.ts'

/** What is to be deleted: exactly one of these. */
export const NewDeletion = z
  .strictObject({
    traceId: z
      .string()
      .min(1)
      .max(800)
      .optional()
      .meta({ title: 'Trace', description: 'The 32 hex digits, or the id as the client wrote it.' }),
    userId: z.string().min(1).max(800).optional().meta({ title: 'User', description: 'Every trace in which a span names this user.' }),
    sessionId: z.string().min(1).max(800).optional().meta({ title: 'Session', description: 'Every trace of this session.' }),
    keyId: z.string().min(1).max(200).optional().meta({ title: 'Key', description: 'Every span that came in with this key.' }),
    from: z.iso.datetime().optional().meta({ description: 'Every span that began at or after this time. Give `to` as well.' }),
    to: z.iso.datetime().optional().meta({ description: 'And before this one.' }),
  })
  .refine(
    ({ traceId, userId, sessionId, keyId, from, to }) =>
      [traceId, userId, sessionId, keyId, from ?? to].filter((one) => one !== undefined).length === 1,
    {
      error: 'give exactly one of traceId, userId, sessionId, keyId, or from and to',
    },
  )
  .refine(
    ({ from, to }) =>
      (from === undefined) === (to === undefined) && (from === undefined || to === undefined || Date.parse(from) < Date.parse(to)),
    {
      error: 'give from and to together, from before to',
    },
  )
export type NewDeletion = z.output<typeof NewDeletion>

/**
 * requested: being looked for. hidden: gone from every read. removed: gone from every table. erased: the files that held it are
 * gone from the disk as well.
 */
export const DeletionStatus = z.enum(['requested', 'hidden', 'removed', 'erased'])
export type DeletionStatus = z.infer<typeof DeletionStatus>

/** The receipt of a deletion: what was asked for, by whom, and what was removed from where. */
export const Deletion = z.object({
  id: z.string(),
  subject: z.enum(['trace', 'user', 'session', 'key', 'time']),
  value: z.string().meta({ description: 'The id that was asked for; a hash of it a week after the deletion is through.' }),
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
  requestedAt: z.iso.datetime(),
  requestedBy: z.string().meta({ description: 'The account or the key.' }),
  status: DeletionStatus,
  hiddenAt: z.iso.datetime().nullable().meta({ description: 'From then on no read showed it.' }),
  removedAt: z.iso.datetime().nullable(),
  erasedAt: z.iso.datetime().nullable(),
  traces: z.int(),
  spans: z.int(),
  late: z.int().meta({ description: 'Spans, parts and scores that were still on their way and were dropped as they came.' }),
  removed: z
    .array(
      z.object({
        where: z.string().meta({ description: 'The table, or `blobs`.' }),
        rows: z.int(),
        bytes: z.int().nullable().meta({ description: 'Of content, before compression; null where it is not measured.' }),
      }),
    )
    .meta({ description: 'Rows that were removed, by the place where they were.' }),
  kept: z.array(z.string()).meta({ description: 'What this deletion does not reach, in words.' }),
  problem: z.string().nullable().meta({ description: 'Why it is not through yet; it is tried again.' }),
})
export type Deletion = z.infer<typeof Deletion>

/** What a deletion would find now. */
export const DeletionPreview = z.object({
  traces: z.int(),
  spans: z.int(),
  firstAt: z.iso.datetime().nullable().meta({ description: 'When the first of them began.' }),
  lastAt: z.iso.datetime().nullable(),
})
export type DeletionPreview = z.infer<typeof DeletionPreview>

const Days = z.int().min(1).max(3650).nullable()
/** For how long a project keeps what it was sent. Null is for ever. */
export const Retention = z
  .strictObject({
    payloadDays: Days.default(null).meta({
      title: 'Inputs and outputs',
      description: 'Days after which inputs, outputs and attributes go. Null: never.',
    }),
    metadataDays: Days.default(null).meta({
      title: 'Everything else',
      description: 'Days after which whole spans, scores and counts go. Null: never.',
    }),
  })
  .refine(({ payloadDays, metadataDays }) => metadataDays === null || (payloadDays ?? metadataDays) <= metadataDays, {
    error: 'inputs and outputs cannot be kept for longer than the spans they belong to',
    path: ['payloadDays'],
  })
export type Retention = z.output<typeof Retention>

/** The rows of the API table about what goes, when and on whose request. */
export const deletionApi = {
  'deletions.trace': route({
    method: 'DELETE',
    path: '/api/v1/traces/{traceId}',
    summary: 'Delete a trace: gone from every read at once, from the disk after the job',
    access: 'traces:delete',
    input: z.object({ traceId: z.string().min(1).max(800) }),
    output: Deletion,
  }),
  'deletions.create': route({
    method: 'POST',
    path: '/api/v1/deletions',
    summary: 'Delete a trace, a user, a session, what a key sent, or a time',
    access: 'traces:delete',
    input: NewDeletion,
    output: Deletion,
  }),
  'deletions.preview': route({
    method: 'GET',
    path: '/api/v1/deletion-preview',
    summary: 'How much a deletion would find. Deletes nothing',
    access: 'traces:delete',
    input: NewDeletion,
    output: DeletionPreview,
  }),
  'deletions.list': route({
    method: 'GET',
    path: '/api/v1/deletions',
    summary: 'Receipts of deletions, newest first',
    access: 'traces:delete',
    input: z.object({ limit, cursor }),
    output: z.object({ deletions: z.array(Deletion), nextCursor }),
  }),
  'deletions.get': route({
    method: 'GET',
    path: '/api/v1/deletions/{id}',
    summary: 'The receipt of a deletion: what was removed from where',
    access: 'traces:delete',
    input: z.object({ id: z.string().min(1).max(100) }),
    output: Deletion,
  }),
  'retention.get': route({
    method: 'GET',
    path: '/api/v1/retention',
    summary: 'For how long the project keeps payloads and metadata, and who says so',
    access: 'projects:read',
    input: z.strictObject({}),
    output: z.object({
      payloadDays: Days,
      metadataDays: Days,
      from: z.enum(['file', 'project', 'default']).meta({ description: '`file`: signalbox.yaml says so, and only it can change it.' }),
      nextRunAt: z.iso.datetime().nullable(),
    }),
  }),
  'retention.set': route({
    method: 'PUT',
    path: '/api/v1/retention',
    summary: 'Set for how long the project keeps payloads and metadata',
    access: 'projects:write',
    input: Retention,
    output: z.object({ payloadDays: Days, metadataDays: Days }),
  }),
} as const satisfies Record<string, Route>
