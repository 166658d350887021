import { z } from 'zod'
import { PlaygroundState } from './playground.ts'
import { type Route, route } from './route.ts'

export const SavedPlayground = z.object({
  id: z.string().meta({ description: 'The same content has the same id.' }),
  state: PlaygroundState,
  createdAt: z.iso.datetime(),
  savedBy: z.string().nullable().meta({ description: 'The e-mail of the account that saved it first; null for a key.' }),
})
export type SavedPlayground = z.output<typeof SavedPlayground>

/**
 * The rows of the API table about playgrounds that are handed on by a link. Calls of a playground are not among them: they stream, at
 * `POST /api/v1/playground/chat/completions` and `/embeddings`.
 */
export const playgroundApi = {
  'playgrounds.create': route({
    method: 'POST',
    path: '/api/v1/playgrounds',
    summary: 'Keep what a playground asks, so that a link leads to it',
    access: 'gateway:call',
    input: z.strictObject({ state: PlaygroundState }),
    output: SavedPlayground,
  }),
  'playgrounds.get': route({
    method: 'GET',
    path: '/api/v1/playgrounds/{id}',
    summary: 'What a playground asks that was kept',
    access: 'traces:read',
    input: z.strictObject({ id: z.string().min(1).max(100) }),
    output: SavedPlayground,
  }),
} as const satisfies Record<string, Route>
