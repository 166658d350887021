import type { HandlersOf } from '../../lib/handlers.ts'
import type { Sql } from '../../store/ports.ts'
import { createStoredPlaygrounds } from './stored.ts'

/** Playgrounds that are handed on. */
export function playgroundHandlers({ sql }: { sql: Sql }): HandlersOf<'playgrounds'> {
  const stored = createStoredPlaygrounds({ sql })
  return {
    'playgrounds.create': async ({ state }, { caller: { projectId, userId, keyId } }) =>
      stored.save({ projectId, owner: userId ?? keyId ?? '' }, state),
    'playgrounds.get': async ({ id }, { caller: { projectId } }) => stored.open(projectId, id),
  }
}
