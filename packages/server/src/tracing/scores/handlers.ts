import type { HandlersOf } from '../../lib/handlers.ts'
import { newSpanId } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { wellFormedJson } from '../storable.ts'
import { listScores } from './list-scores.ts'
import { storedScore, toScore, toScoreRow } from './score-row.ts'

/**
 * The part of the API about scores. What a key sends is taken by the edge, through its journal; here come those of
 * people who are logged in, and of keys that ask the core itself.
 */
export const scoreHandlers = ({ events }: { events: Events }): HandlersOf<'scores'> => ({
  'scores.create': async (given, { caller }) => {
    const { projectId, userId, keyId } = caller
    const row = toScoreRow(given, {
      projectId,
      authorId: userId ?? keyId ?? '',
      receivedAt: Date.now() * 1000,
      source: userId ? 'annotation' : 'api',
    })
    await events.insert('scores', [wellFormedJson(JSON.stringify(row))], `score:${newSpanId()}`)
    return toScore(storedScore(row))
  },
  'scores.list': (input, { caller }) => listScores(events, caller.projectId, input),
})
