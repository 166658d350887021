import { z } from 'zod'
import { ok, type Route, route, window } from './route.ts'

export const MarkerKind = z.enum(['deploy', 'prompt', 'route', 'config', 'note'])
export type MarkerKind = z.infer<typeof MarkerKind>

/** Markers that the program makes have ids that begin so. */
export const AUTOMATIC = 'auto:'
const MarkerId = z.string().min(1).max(200)
const Environment = z.string().min(1).max(200)

/** Something that happened at a moment and may be why a chart bends. */
export const Marker = z.object({
  id: MarkerId,
  kind: MarkerKind,
  title: z.string(),
  at: z.iso.datetime(),
  url: z.string().nullable(),
  environment: z.string().nullable().meta({ description: 'null: it concerns all of them.' }),
  from: z.enum(['api', 'release', 'change', 'file']).meta({
    description:
      'Who made it: somebody by API, the first span of a new release, a change in the interface or by API, a change of signalbox.yaml.',
  }),
  by: z.string().nullable().meta({ description: 'The e-mail of the account, or the name of the key.' }),
  details: z.array(z.string()).meta({ description: 'What changed, in words. Only for those who may read the configuration.' }),
})
export type Marker = z.output<typeof Marker>

export const NewMarker = z.strictObject({
  id: MarkerId.regex(/^(?!auto:)[\w.:/@+-]+$/, { error: 'letters, digits and . : / @ + - _, and not "auto:" in front' })
    .optional()
    .meta({ description: 'Sent again with the same id, it replaces what was said. Made here where it is left out.' }),
  kind: MarkerKind,
  title: z.string().trim().min(1, { error: 'at least one character' }).max(200),
  at: z.iso.datetime().optional().meta({ description: 'Now where it is left out.' }),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .max(2000)
    .optional()
    .meta({ description: 'What to read about it: the build, the pull request.' }),
  environment: Environment.optional().meta({ description: 'Only of this environment; of all where it is left out.' }),
})
export type NewMarker = z.output<typeof NewMarker>

/** The rows of the API table about what happened when. */
export const markersApi = {
  'markers.create': route({
    method: 'POST',
    path: '/api/v1/markers',
    summary: 'Mark a moment on every chart: a deploy, another prompt, another route; the same id again replaces it',
    access: 'traces:write',
    input: NewMarker,
    output: Marker,
  }),
  'markers.list': route({
    method: 'GET',
    path: '/api/v1/markers',
    summary: 'List what was marked, newest first',
    access: 'traces:read',
    input: z.object({
      ...window,
      environment: Environment.optional().meta({ description: 'Of this one, and of all.' }),
      limit: z.coerce.number().int().min(1).max(500).default(500),
    }),
    output: z.object({ markers: z.array(Marker), more: z.boolean().meta({ description: 'There are older ones in this time.' }) }),
  }),
  'markers.remove': route({
    method: 'DELETE',
    path: '/api/v1/markers/{id}',
    summary: 'Take a marker away; an automatic one does not come back',
    access: 'traces:write',
    input: z.object({ id: MarkerId }),
    output: ok,
  }),
} as const satisfies Record<string, Route>
