import { z } from 'zod'
import { none, type Route, route } from './route.ts'

export const SqlAnswer = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string().meta({ description: 'As the engine names it.' }) })),
  rows: z.array(z.array(z.unknown())),
  truncated: z.boolean().meta({ description: 'There are more rows than are answered.' }),
  tookMs: z.number(),
})
export type SqlAnswer = z.output<typeof SqlAnswer>

/** The rows of the API table about reading with SQL. */
export const sqlApi = {
  'sql.run': route({
    method: 'POST',
    path: '/api/v1/sql',
    summary: 'One SELECT over the spans, payloads and scores of the project, at most 10,000 rows',
    access: 'sql:read',
    input: z.strictObject({ sql: z.string().trim().min(1).max(20_000).meta({ title: 'SQL' }) }),
    output: SqlAnswer,
  }),
  'sql.tables': route({
    method: 'GET',
    path: '/api/v1/sql/tables',
    summary: 'The tables that SQL can read, with their columns',
    access: 'sql:read',
    input: none,
    output: z.object({
      tables: z.array(z.object({ name: z.string(), columns: z.array(z.object({ name: z.string(), type: z.string() })) })),
    }),
  }),
} as const satisfies Record<string, Route>
