import { AppError, scoresOfFeedback } from '@signalbox/schema'
import type { HandlersOf } from '../../lib/handlers.ts'
import { newId, newSpanId } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { wellFormedJson } from '../storable.ts'
import { listScores } from './list-scores.ts'
import { storedScore, toScore, toScoreRow } from './score-row.ts'

/**
 * The part of the API about scores. What a key sends is taken by the edge, through its journal; here come those of
 * people who are logged in, and of keys that ask the core itself.
 */
export const scoreHandlers = ({ events }: { events: Events }): HandlersOf<'scores' | 'feedback'> => {
  const insert = async (rows: readonly object[]) => {
    await events.insert(
      'scores',
      rows.map((row) => wellFormedJson(JSON.stringify(row))),
      `score:${newSpanId()}`,
    )
  }
  return {
    'scores.create': async (given, { caller }) => {
      const { projectId, userId, keyId } = caller
      const row = toScoreRow(given, {
        projectId,
        authorId: userId ?? keyId ?? '',
        receivedAt: Date.now() * 1000,
        source: userId ? 'annotation' : 'api',
      })
      await insert([row])
      return toScore(storedScore(row))
    },
    'feedback.create': async (given, { caller }) => {
      const { projectId, userId, keyId } = caller
      const id = given.id ?? newId('feedback')
      const context = { projectId, authorId: userId ?? keyId ?? '', receivedAt: Date.now() * 1000, source: 'feedback' as const }
      const rows = scoresOfFeedback(given, id).map((score) => toScoreRow(score, context))
      await insert(rows)
      return { id, scores: rows.map((row) => toScore(storedScore(row))) }
    },
    'scores.delete': async ({ id }, { caller }) => {
      const [score] = (await listScores(events, caller.projectId, { id, limit: 1 })).scores
      if (!score) throw new AppError('not-found', `There is no score "${id}" in this project.`)
      if (score.authorId === null || score.authorId !== (caller.userId ?? caller.keyId))
        throw new AppError('permission-denied', 'Only who gave a score can withdraw it.', { hint: 'Give one of your own beside it.' })
      await events.command('DELETE FROM scores WHERE projectId = {project:String} AND id = {id:String}', { project: caller.projectId, id })
      return { id }
    },
    'scores.list': (input, { caller }) => listScores(events, caller.projectId, input),
  }
}
