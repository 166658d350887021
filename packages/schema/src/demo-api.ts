import { z } from 'zod'
import { none, type Route, route } from './route.ts'

/** What the demo is to be like. The same seed gives the same conversations each time. */
export const NewDemo = z.strictObject({
  days: z.int().min(1).max(30).default(7).meta({ title: 'Days', description: 'They end now.' }),
  scale: z
    .number()
    .min(0.01)
    .max(20)
    .default(1)
    .meta({ title: 'Scale', description: 'How many conversations: 1 makes about 430 traces a day.' }),
  seed: z.string().min(1).max(100).default('kestrel').meta({ title: 'Seed', description: 'Another one makes other conversations.' }),
  beside: z.boolean().default(false).meta({ description: 'Also into a project that has traces of its own.' }),
})
export type NewDemo = z.output<typeof NewDemo>

/** Which demo data a project holds. */
export const Demo = z.object({
  state: z
    .enum(['none', 'loading', 'ready', 'failed'])
    .meta({ description: '`failed`: what came in before is there, and can be removed.' }),
  days: z.int().nullable(),
  scale: z.number().nullable(),
  seed: z.string().nullable(),
  startedAt: z.iso.datetime().nullable().meta({ description: 'When it was asked for. Its days end then.' }),
  traces: z.int().meta({ description: 'How many it has, in all.' }),
  sent: z.int().meta({ description: 'How many of them were sent so far.' }),
  problem: z.string().nullable(),
  worthSeeing: z
    .array(z.object({ title: z.string(), path: z.string() }))
    .meta({ description: 'What to look at; `path` is a page behind `/p/PROJECT`.' }),
})
export type Demo = z.output<typeof Demo>

/** The rows of the API table about demo data: a believable week, loaded and removed in one step each. */
export const demoApi = {
  'demo.get': route({
    method: 'GET',
    path: '/api/v1/demo',
    summary: 'Which demo data the project holds',
    access: 'traces:read',
    input: none,
    output: Demo,
  }),
  'demo.load': route({
    method: 'POST',
    path: '/api/v1/demo',
    summary: 'Fill an empty project with demo data: a week of a customer-support copilot',
    access: 'projects:write',
    input: NewDemo,
    output: Demo,
  }),
  'demo.remove': route({
    method: 'DELETE',
    path: '/api/v1/demo',
    summary: 'Remove everything that the demo brought, and nothing else',
    access: 'projects:write',
    input: none,
    output: z.object({
      traces: z.int().meta({ description: 'How many traces are being removed; from now on no read shows them.' }),
      deletionId: z.string().nullable().meta({ description: 'Of the receipt.' }),
    }),
  }),
} as const satisfies Record<string, Route>
