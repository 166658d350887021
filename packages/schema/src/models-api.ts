import { z } from 'zod'
import { none, ok, type Route, route } from './route.ts'
import { Model, ModelChange, ModelName, NewModel } from './routing.ts'
import { NewSplit, ShownSplit, SplitChange, SplitName } from './split.ts'

const BreakerState = z.object({
  edge: z.string(),
  provider: z.string(),
  model: z.string(),
  state: z
    .enum(['open', 'half-open'])
    .meta({ description: 'open: the target is left alone. half-open: one call at a time tries it again.' }),
  until: z.iso.datetime().nullable().meta({ description: 'Until when it stays open, at least; null of half-open.' }),
  reason: z.string(),
})
/** What the breakers of each edge say, as of its last heartbeat. */
export const TargetHealth = z.object({
  edges: z
    .array(
      z.object({
        id: z.string(),
        at: z.iso.datetime(),
        more: z.int().meta({ description: 'Breakers that are not closed and not told here.' }),
      }),
    )
    .meta({ description: 'Edges that are there. What of them is not among `breakers` is closed.' }),
  breakers: z.array(BreakerState).meta({ description: 'Those that are not closed.' }),
})
export type TargetHealth = z.output<typeof TargetHealth>

/** The rows of the API table about what an app can ask for, and how its calls are divided. */
export const modelsApi = {
  'models.list': route({
    method: 'GET',
    path: '/api/v1/models',
    summary: 'List the models an app can ask for',
    access: 'models:read',
    input: none,
    output: z.object({ models: z.array(Model) }),
  }),
  'models.health': route({
    method: 'GET',
    path: '/api/v1/models/health',
    summary: 'Which targets are left alone by their breakers, at each edge',
    access: 'models:read',
    input: none,
    output: TargetHealth,
  }),
  'models.create': route({
    method: 'POST',
    path: '/api/v1/models',
    summary: 'Add an alias to the project',
    access: 'models:write',
    input: NewModel,
    output: Model,
  }),
  'models.change': route({
    method: 'PATCH',
    path: '/api/v1/models/{name}',
    summary: 'Change an alias that was added to the project',
    access: 'models:write',
    input: ModelChange.extend({ name: ModelName }),
    output: Model,
  }),
  'models.remove': route({
    method: 'DELETE',
    path: '/api/v1/models/{name}',
    summary: 'Remove an alias that was added to the project',
    access: 'models:write',
    input: z.object({ name: ModelName }),
    output: ok,
  }),
  'splits.list': route({
    method: 'GET',
    path: '/api/v1/splits',
    summary: 'List how the calls of aliases are divided',
    access: 'models:read',
    input: none,
    output: z.object({ splits: z.array(ShownSplit) }),
  }),
  'splits.create': route({
    method: 'POST',
    path: '/api/v1/splits',
    summary: 'Divide the calls of an alias: by weights, mirrored, or moved over in steps',
    access: 'models:write',
    input: NewSplit,
    output: ShownSplit,
  }),
  'splits.change': route({
    method: 'PATCH',
    path: '/api/v1/splits/{name}',
    summary: 'Change a split that was added to the project',
    access: 'models:write',
    input: SplitChange.extend({ name: SplitName }),
    output: ShownSplit,
  }),
  'splits.remove': route({
    method: 'DELETE',
    path: '/api/v1/splits/{name}',
    summary: 'Remove a split that was added to the project',
    access: 'models:write',
    input: z.object({ name: SplitName }),
    output: ok,
  }),
} as const satisfies Record<string, Route>
