import { z } from 'zod'
import { Filter, SearchIn } from './query.ts'
import { none, ok, type Route, route } from './route.ts'
import { TraceSort } from './span.ts'

/** What a list of traces shows, and how. */
export const ViewState = z.strictObject({
  filters: z.array(Filter).max(50).default([]),
  search: z.string().max(200).optional(),
  in: SearchIn.optional(),
  sort: TraceSort.optional(),
  columns: z
    .array(z.string().regex(/^[\w.-]{1,60}$/))
    .max(60)
    .optional()
    .meta({ description: 'Of the page, by their ids.' }),
})
export type ViewState = z.output<typeof ViewState>

const ViewId = z.string().min(1).max(100)
const ViewName = z.string().trim().min(1, { error: 'at least one character' }).max(100).meta({ title: 'Name' })
const shared = z.boolean().meta({ title: 'Shared', description: 'Everybody in the project sees it. Else only who saved it does.' })

export const View = z.object({
  id: ViewId,
  name: z.string(),
  shared: z.boolean(),
  own: z.boolean().meta({ description: 'Saved by who asks.' }),
  mayChange: z.boolean(),
  savedBy: z.string().nullable().meta({ description: 'The e-mail of the account; null for a key.' }),
  state: ViewState,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type View = z.output<typeof View>

/** The rows of the API table about lists of traces that are kept under a name. */
export const viewsApi = {
  'views.list': route({
    method: 'GET',
    path: '/api/v1/views',
    summary: 'Saved views: those that are shared, and the own ones, by name',
    access: 'traces:read',
    input: none,
    output: z.object({ views: z.array(View) }),
  }),
  'views.create': route({
    method: 'POST',
    path: '/api/v1/views',
    summary: 'Save filters, search, order and columns of traces under a name',
    access: 'traces:read',
    input: z.strictObject({ name: ViewName, shared: shared.default(false), state: ViewState }),
    output: View,
  }),
  'views.change': route({
    method: 'PATCH',
    path: '/api/v1/views/{id}',
    summary: 'Rename a saved view, share it or not, or save other filters in it',
    access: 'traces:read',
    input: z.strictObject({ id: ViewId, name: ViewName.optional(), shared: shared.optional(), state: ViewState.optional() }),
    output: View,
  }),
  'views.remove': route({
    method: 'DELETE',
    path: '/api/v1/views/{id}',
    summary: 'Delete a saved view',
    access: 'traces:read',
    input: z.object({ id: ViewId }),
    output: ok,
  }),
} as const satisfies Record<string, Route>
