import { z } from 'zod'
import { PromptName } from './prompt.ts'
import { cursor, limit, nextCursor, ok, type Route, route, window } from './route.ts'

export const PromptDriftKind = z.enum(['unregistered', 'stale', 'variable']).meta({
  description:
    'unregistered: calls with a system text that no version of a prompt makes. stale: a client uses a version that the label has left. ' +
    'variable: what a client sends for a variable has changed.',
})
export type PromptDriftKind = z.infer<typeof PromptDriftKind>

/** How a variable is not what it was: it is null or missing more often, longer or shorter, or of another type. */
export const VariableChange = z.enum(['null', 'missing', 'length', 'type'])
export type VariableChange = z.infer<typeof VariableChange>

/** Something about prompts that was seen in calls and that nobody decided. */
export const PromptDrift = z.object({
  id: z.string(),
  kind: PromptDriftKind,
  count: z.int().meta({ description: 'Calls in which it was seen; of busy minutes those that were looked at.' }),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  traceId: z.string().meta({ description: 'One of the calls, the last one that was seen.' }),
  spanId: z.string(),
  app: z.string().meta({ description: 'Who calls: the service, else the id of the key.' }),
  route: z.string().nullable().meta({ description: 'The model that was asked for; of `unregistered`.' }),
  text: z.string().nullable().meta({ description: 'How the system text begins; of `unregistered`.' }),
  nearest: z
    .object({ prompt: z.string(), version: z.int(), similarity: z.number() })
    .nullable()
    .meta({ description: 'The version whose text is most like it, and how much: 0 to 1; of `unregistered`.' }),
  prompt: z.string().nullable(),
  version: z.string().nullable(),
  current: z
    .object({ label: z.string(), version: z.int(), since: z.iso.datetime() })
    .nullable()
    .meta({ description: 'Where the label points by now, and since when; of `stale`.' }),
  variable: z
    .object({ name: z.string(), change: VariableChange, before: z.string(), now: z.string() })
    .nullable()
    .meta({ description: 'Of `variable`: in words, such as "missing in 2 % of calls".' }),
  dismissedAt: z.iso.datetime().nullable(),
})
export type PromptDrift = z.output<typeof PromptDrift>

/** The rows of the API table about prompts that are not used as they are written down. */
export const promptDriftApi = {
  'prompts.drift': route({
    method: 'GET',
    path: '/api/v1/prompt-drift',
    summary: 'Prompts that are not used as they are written down: unregistered texts, old versions, changed variables; last seen first',
    access: 'prompts:read',
    input: z.object({
      kind: PromptDriftKind.optional(),
      prompt: PromptName.optional().meta({ description: 'What concerns one prompt; of unregistered texts those that are most like it.' }),
      dismissed: z
        .enum(['true', 'false'])
        .default('false')
        .meta({ description: 'Those that somebody has dismissed, in place of the others.' }),
      ...window,
      limit,
      cursor,
    }),
    output: z.object({
      drifts: z.array(PromptDrift),
      nextCursor,
      counts: z.record(PromptDriftKind, z.int()).meta({ description: 'How many there are of each kind, whichever is listed.' }),
    }),
  }),
  'prompts.dismissDrift': route({
    method: 'POST',
    path: '/api/v1/prompt-drift/{id}/dismiss',
    summary: 'Say that it is meant to be so, or with `dismissed: false` that it is not',
    access: 'prompts:write',
    input: z.strictObject({ id: z.string().max(100), dismissed: z.boolean().default(true) }),
    output: ok,
  }),
} as const satisfies Record<string, Route>
