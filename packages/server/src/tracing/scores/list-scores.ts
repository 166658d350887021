import { AppError, type Output, type Parsed } from '@signalbox/schema'
import { spanIdOf, traceIdOf } from '../../lib/ids.ts'
import type { Events } from '../../store/ports.ts'
import { microTime } from '../queries/conditions.ts'
import { type Parameters, parameters } from '../queries/parameters.ts'
import { toMicros } from '../queries/time.ts'
import { type StoredScore, toScore } from './score-row.ts'

type Asked = Omit<Parsed<'scores.list'>, 'limit' | 'cursor'>

/** Scores that match, the newest first by when they were judged; each as it was said last. */
export async function listScores(
  events: Events,
  projectId: string,
  { limit, cursor, ...asked }: Parsed<'scores.list'>,
): Promise<Output<'scores.list'>> {
  const bound = parameters()
  const where = scoreConditions(projectId, asked, bound)
  if (cursor !== undefined) {
    const after = readCursor(cursor)
    where.push(`(at, id) < (${microTime(after.at, bound)}, ${bound.bind('String', after.id)})`)
  }
  const rows = await events.query<StoredScore>(`${scoresWhere(where)} LIMIT ${limit + 1}`, bound.values)
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { scores: page.map(toScore), ...(last && rows.length > limit && { nextCursor: writeCursor({ at: last.atMicros, id: last.id }) }) }
}

/** What a score must be, as conditions on its row. */
export function scoreConditions(projectId: string, asked: Asked, bound: Parameters): string[] {
  const { bind } = bound
  const { traceId, spanId, from, to, ...plain } = asked
  const where = [`projectId = ${bind('String', projectId)}`]
  if (traceId !== undefined) where.push(`traceId = ${bind('String', traceIdOf(projectId, traceId))}`)
  if (spanId !== undefined) where.push(`spanId = ${bind('String', spanIdOf(projectId, spanId))}`)
  if (from !== undefined) where.push(`at >= ${microTime(toMicros(from), bound)}`)
  if (to !== undefined) where.push(`at < ${microTime(toMicros(to), bound)}`)
  for (const name of ['id', 'sessionId', 'runId', 'name', 'type', 'source', 'environment'] as const) {
    if (plain[name] !== undefined) where.push(`${name} = ${bind('String', plain[name])}`)
  }
  return where
}

/** The query for scores as they were said last. `FINAL` reads whole keys, so that a score that moved to another trace is not found at the old one. */
export const scoresWhere = (where: readonly string[]): string =>
  `SELECT * EXCEPT (at, receivedAt), toUnixTimestamp64Micro(at) AS atMicros, toUnixTimestamp64Micro(receivedAt) AS receivedAtMicros
FROM scores FINAL
WHERE ${where.join(' AND ')}
ORDER BY at DESC, id DESC`

type Place = { at: number; id: string }
const writeCursor = ({ at, id }: Place): string => Buffer.from(`${at}.${id}`).toString('base64url')

function readCursor(cursor: string): Place {
  const match = /^(-?\d{1,16})\.(.+)$/s.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match)
    throw new AppError('invalid-request', 'The cursor is not one of ours.', { hint: 'Send `nextCursor` as it was answered, or none.' })
  return { at: Number(match[1]), id: match[2] ?? '' }
}
