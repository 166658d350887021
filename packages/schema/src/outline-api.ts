import { z } from 'zod'
import { route } from './route.ts'
import { Span, Trace } from './span.ts'

/** A span as the tree of its trace needs it; the rest of it is read when it is opened. */
export const SpanOutline = Span.pick({
  spanId: true,
  parentId: true,
  kind: true,
  name: true,
  status: true,
  errorType: true,
  statusMessage: true,
  startedAt: true,
  durationMs: true,
  firstTokenMs: true,
  provider: true,
  model: true,
  inputTokens: true,
  outputTokens: true,
  costUsd: true,
  usageRole: true,
})
export type SpanOutline = z.infer<typeof SpanOutline>

/** The rows of the API table about the shape of a trace. */
export const outlineApi = {
  'traces.outline': route({
    method: 'GET',
    path: '/api/v1/traces/{traceId}/outline',
    summary: 'One trace with its spans in short, up to 50,000, or those that changed',
    access: 'traces:read',
    input: z.object({
      traceId: z.string().min(1).max(800),
      since: z.iso.datetime().optional().meta({
        description: 'Only spans received since then, as the live stream names the time; `trace` is always the whole.',
      }),
    }),
    output: z.object({
      trace: Trace,
      spans: z.array(SpanOutline).meta({ description: 'By start; the message of an error is cut at 200 characters.' }),
    }),
  }),
}
