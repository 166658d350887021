import { z } from 'zod'
import { none, ok, type Route, route } from './route.ts'
import { Model, ModelChange, ModelName, NewModel } from './routing.ts'
import { NewSplit, ShownSplit, SplitChange, SplitName } from './split.ts'

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
