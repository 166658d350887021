import { z } from 'zod'

const Column = z.object({ name: z.string(), type: z.string(), base64: z.boolean() })

/** The first entry of a backup: what is inside, and how much, so that a file that was cut off is noticed. */
export const Manifest = z.object({
  format: z.literal(1),
  program: z.string(),
  dataVersion: z.int(),
  createdAt: z.iso.datetime(),
  engines: z.object({ sql: z.string(), events: z.string(), blobs: z.string() }),
  /** The number of the newest migration of each store. */
  migrations: z.object({ sql: z.int(), events: z.int() }),
  sql: z.array(z.object({ table: z.string(), columns: z.array(z.string()), rows: z.int() })),
  /** `derived` tables follow from others through views; they come last and replace what the views made. */
  events: z.array(z.object({ table: z.string(), columns: z.array(Column), rows: z.int(), derived: z.boolean() })),
  journal: z.object({ files: z.int(), bytes: z.int() }),
  /** A bucket is not copied: it has copies of its own. */
  blobs: z.enum(['included', 'elsewhere']),
  masterKey: z.boolean(),
})
export type Manifest = z.infer<typeof Manifest>
export type EventsTable = Manifest['events'][number]
export type SqlTable = Manifest['sql'][number]
