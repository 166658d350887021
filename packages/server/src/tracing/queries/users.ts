import { AppError, type EndUser, type Output, type Parsed, toUsd } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { scope } from './conditions.ts'
import { once } from './once.ts'
import { parameters } from './parameters.ts'
import { bucketSql } from './run-query.ts'
import { CALLED, FAILED_STEP, figuresOf, type Group, LEAF } from './sessions-figures.ts'
import { namedTraces } from './sessions-named.ts'
import { type Asked, pageOf } from './sessions-order.ts'
import { toIso } from './time.ts'

/** The users of the app, as the API lists them. A trace belongs to each user that one of its spans names. */
export async function listUsers(
  events: Events,
  projectId: string,
  { sort = '-lastSeen', limit, cursor, ...asked }: Parsed<'users.list'>,
): Promise<Output<'users.list'>> {
  const { ids, ...next } = await pageOf(events, projectId, { ...asked, column: 'userId', sort, limit, cursor })
  const known = await figuresOf(events, projectId, { ...asked, column: 'userId', ids })
  return { users: ids.flatMap((id) => known.get(id) ?? []).map(toUser), ...next }
}

/** One user with what they used over time and by model. */
export async function getUser(
  events: Events,
  projectId: string,
  { userId, bucket, ...asked }: Parsed<'users.get'>,
): Promise<Output<'users.get'>> {
  const known = await figuresOf(events, projectId, { ...asked, column: 'userId', ids: [userId] })
  const user = known.get(userId)
  if (!user)
    throw new AppError(
      'not-found',
      `No trace of this project${asked.from ? ' in this time' : ''} names the user "${userId.slice(0, 200)}".`,
      {
        hint: 'Check the id, the project and the time. A call is readable about a second after it ended.',
      },
    )
  const [times, models] = await Promise.all([
    partsOf<{ at: number }>(events, projectId, userId, asked, {
      columns: `${bucketSql('startedAt', bucket)} AS at`,
      by: 'at',
      order: 'at DESC LIMIT 1000',
    }),
    partsOf<{ model: string; provider: string }>(events, projectId, userId, asked, {
      columns: 'model, provider',
      by: 'model, provider',
      having: 'calls > 0 OR inputTokens + outputTokens > 0',
      order: 'cost DESC NULLS LAST, model, provider LIMIT 100',
    }),
  ])
  return { user: toUser(user), times: times.map(({ at, ...part }) => ({ at: toIso(at * 1_000_000), ...part })).reverse(), models }
}

type Part = { traces: number; calls: number; errors: number; inputTokens: number; outputTokens: number; cost: number | null }

/** What the spans of a user's traces add up to, by something. */
async function partsOf<K>(
  events: Events,
  projectId: string,
  userId: string,
  asked: Asked,
  { columns, by, having, order }: { columns: string; by: string; having?: string; order: string },
): Promise<(K & Omit<Part, 'cost'> & { costUsd: string | null })[]> {
  const final = await once(events, projectId, asked)
  const named = await namedTraces(events, { projectId, column: 'userId', ids: [userId], ...asked }, final)
  const bound = parameters()
  const inTime = scope(projectId, asked, bound)
  const rows = await events.query<K & Part>(
    `SELECT ${columns}, uniqExact(traceId) AS traces, countIf(${CALLED}) AS calls, uniqExactIf(traceId, ${FAILED_STEP}) AS errors,
  sumIf(s.inputTokens, ${LEAF}) AS inputTokens, sumIf(s.outputTokens, ${LEAF}) AS outputTokens, sumIf(s.cost, ${LEAF}) AS cost
FROM spans AS s${final}
WHERE ${inTime.join(' AND ')} AND ${named(bound)}
GROUP BY ${by}${having === undefined ? '' : ` HAVING ${having}`}
ORDER BY ${order}`,
    bound.values,
  )
  return rows.map(
    ({ cost, ...row }) => ({ ...row, costUsd: toUsd(cost) }) as unknown as K & Omit<Part, 'cost'> & { costUsd: string | null },
  )
}

function toUser({ id, startedAt, lastAt, durationMs: _, userIds: __, firstInput: ___, lastOutput: ____, ...user }: Group): EndUser {
  return { userId: id, firstSeen: startedAt, lastSeen: lastAt, ...user }
}
