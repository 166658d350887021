import { AppError, type Output, type Parsed, type TracedSession, type TraceScore } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { scoresWhere } from '../scores/list-scores.ts'
import { type StoredScore, toScore } from '../scores/score-row.ts'
import { scoresOfSessions } from '../scores/scores-of-traces.ts'
import { figuresOf, type Group } from './sessions-figures.ts'
import { pageOf } from './sessions-order.ts'
import { MOST_SCORES, turnsOf } from './sessions-turns.ts'

/** Sessions, as the API lists them. A trace belongs to each session that one of its spans names. */
export async function listSessions(
  events: Events,
  projectId: string,
  { sort = '-lastAt', limit, cursor, ...asked }: Parsed<'sessions.list'>,
): Promise<Output<'sessions.list'>> {
  const { ids, ...next } = await pageOf(events, projectId, { ...asked, column: 'sessionId', sort, limit, cursor })
  const [known, scores] = await Promise.all([
    figuresOf(events, projectId, { ...asked, column: 'sessionId', ids }),
    scoresOfSessions(events, projectId, ids),
  ])
  return { sessions: ids.flatMap((id) => known.get(id) ?? []).map((group) => toSession(group, scores.get(group.id))), ...next }
}

/** One session with its turns in order: those in which a search finds something, where one is asked for. */
export async function getSession(
  events: Events,
  projectId: string,
  { sessionId, ...asked }: Parsed<'sessions.get'>,
): Promise<Output<'sessions.get'>> {
  const [known, page, scores] = await Promise.all([
    figuresOf(events, projectId, { column: 'sessionId', ids: [sessionId] }),
    turnsOf(events, projectId, sessionId, asked),
    events.query<StoredScore>(
      `${scoresWhere([`projectId = {project:String}`, `sessionId = {session:String}`, `traceId = ''`])} LIMIT ${MOST_SCORES}`,
      { project: projectId, session: sessionId },
    ),
  ])
  const session = known.get(sessionId)
  if (!session)
    throw new AppError('not-found', `There is no session "${sessionId.slice(0, 200)}" in this project.`, {
      hint: 'Check the id and the project. A call is readable about a second after it ended.',
    })
  return { session: toSession(session), scores: scores.map(toScore), ...page }
}

function toSession({ id, sessions: _, ...session }: Group, scores?: TraceScore[]): TracedSession {
  return { sessionId: id, ...session, ...(scores && { scores }) }
}
