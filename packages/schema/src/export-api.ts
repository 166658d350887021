import { z } from 'zod'
import { Filter } from './query.ts'
import { jsonParam, type Route, route, window } from './route.ts'

export const ExportFormat = z.enum(['jsonl', 'csv', 'parquet'])
export type ExportFormat = z.infer<typeof ExportFormat>

export const ExportQuery = z.strictObject({
  ...window,
  format: ExportFormat.default('jsonl'),
  filter: jsonParam(z.array(Filter).max(50)).optional(),
  content: z
    .enum(['true', 'false'])
    .default('true')
    .meta({ description: '`false` leaves inputs, outputs and attributes out, which is much quicker.' }),
})
export type ExportQuery = z.output<typeof ExportQuery>

/** The rows of the API table about taking spans elsewhere. */
export const exportApi = {
  'export.spans': route({
    method: 'GET',
    path: '/api/v1/export',
    summary: 'All spans that match, oldest first, as JSON lines, CSV or Parquet',
    access: 'traces:read',
    input: ExportQuery,
    output: z.string().meta({ description: 'The file, as it is made.' }),
  }),
} as const satisfies Record<string, Route>
