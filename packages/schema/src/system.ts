import { z } from 'zod'

const Engine = z.object({ name: z.string(), version: z.string(), ok: z.boolean(), message: z.string().nullable() })

/** What an operator wants to know at a glance. */
export const SystemStatus = z.object({
  version: z.string(),
  uptimeSeconds: z.number(),
  dataFolder: z.string(),
  disk: z.object({ freeBytes: z.number(), totalBytes: z.number(), usedByData: z.number() }),
  engines: z.object({ sql: Engine, events: Engine, keyValue: Engine, blobs: Engine }),
  config: z.object({ version: z.int().meta({ description: 'Of what edges were given last.' }) }),
  journal: z.object({
    edges: z.array(
      z.object({
        id: z.string(),
        pendingBytes: z.number(),
        full: z.boolean(),
        configVersion: z.int().nullable().meta({ description: 'Of what this edge goes by; null until it has said so.' }),
        lastSeen: z.iso.datetime(),
      }),
    ),
  }),
  spans: z.int(),
  search: z.object({ waitingSpans: z.int(), waitingSeconds: z.int() }).meta({
    description: 'Spans whose words are not in the index of full text yet, and since when. They are found all the same, only slower.',
  }),
  deadLetters: z.int(),
  memory: z.object({ rssBytes: z.number() }),
})
export type SystemStatus = z.infer<typeof SystemStatus>

/** A row that the store refused, kept whole. */
export const DeadLetter = z.object({
  id: z.string(),
  projectId: z.string(),
  reason: z.string(),
  batchId: z.string(),
  table: z.string(),
  createdAt: z.iso.datetime(),
  row: z.json(),
})
export type DeadLetter = z.infer<typeof DeadLetter>
