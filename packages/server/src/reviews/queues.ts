import { AppError, type Caller, type Parsed, type ReviewCounts, type ReviewQueue } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import { newId } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'
import { next, placeOf } from './pages.ts'
import { actorOf, getQueue, nameOf, QUEUES, rubricOf, type StoredQueue } from './rows.ts'
import { measuresOf, toMeasure } from './rubric.ts'

type Rooms = { sql: Sql; now: () => Date }
type Part = 'list' | 'create' | 'get' | 'change' | 'remove' | 'setRubric' | 'rubrics'
type QueueHandlers = Pick<HandlersOf<'reviews'>, `reviews.${Part}`>

/** Queues and their rubrics. */
export function queueHandlers({ sql, now }: Rooms): QueueHandlers {
  const shown = async (caller: Caller, queue: StoredQueue): Promise<ReviewQueue> => {
    const counts = await countsOf(sql, [queue.id], { reviewer: actorOf(caller), now: now() })
    return toQueue(queue, counts.get(queue.id))
  }
  return {
    'reviews.list': async ({ archived, limit, cursor }, { caller }) => {
      const [at, id] = placeOf(cursor)
      const rows = await sql.query<StoredQueue>(
        `${QUEUES} where q.project_id = $1 and (q.archived_at is not null) = $2
           and ($3::timestamptz is null or (q.created_at, q.id) < ($3, $4)) order by q.created_at desc, q.id desc limit $5`,
        [caller.projectId, archived === 'true', at ?? null, id ?? '', limit + 1],
      )
      const page = rows.slice(0, limit)
      const counts = await countsOf(
        sql,
        page.map((queue) => queue.id),
        { reviewer: actorOf(caller), now: now() },
      )
      return {
        queues: page.map((queue) => toQueue(queue, counts.get(queue.id))),
        ...next(rows, limit, (row) => [new Date(row.created_at).toISOString(), row.id]),
      }
    },
    'reviews.create': async ({ rubric, ...given }, { caller }) => {
      const id = newId('rvq')
      const at = now()
      await sql.transaction(async (session) => {
        await session.query(
          `insert into review_queues (id, project_id, name, description, reviewers_per_item, lease_minutes, dispute, rubric_version,
             next_position, created_at, created_by) values ($1, $2, $3, $4, $5, $6, $7, 1, 0, $8, $9)`,
          [
            ...[id, caller.projectId, given.name, given.description, given.reviewersPerItem, given.leaseMinutes],
            ...[given.dispute, at, actorOf(caller)],
          ],
        )
        await insertRubric(session, { queueId: id, version: 1, rubric, message: '', at, by: actorOf(caller) })
      })
      return shown(caller, await getQueue(sql, caller.projectId, id))
    },
    'reviews.get': async ({ queueId, rubricVersion }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      const version = rubricVersion ?? queue.rubric_version
      const rubric = await rubricOf(sql, queue, version)
      return { queue: await shown(caller, queue), rubric, rubricVersion: version, measures: measuresOf(rubric).map(toMeasure) }
    },
    'reviews.change': async ({ queueId, archived, ...given }, { caller }) => {
      await sql.transaction(async (session) => {
        const queue = await getQueue(session, caller.projectId, queueId, true)
        const archivedAt = archived === undefined ? queue.archived_at : archived ? (queue.archived_at ?? now()) : null
        await session.query(
          `update review_queues set name = $2, description = $3, reviewers_per_item = $4, lease_minutes = $5, dispute = $6, archived_at = $7 where id = $1`,
          [
            ...[queue.id, given.name ?? queue.name, given.description ?? queue.description],
            ...[given.reviewersPerItem ?? queue.reviewers_per_item, given.leaseMinutes ?? queue.lease_minutes],
            ...[given.dispute ?? queue.dispute, archivedAt],
          ],
        )
      })
      return shown(caller, await getQueue(sql, caller.projectId, queueId))
    },
    'reviews.remove': async ({ queueId }, { caller }) => {
      await sql.query('delete from review_queues where id = $1', [(await getQueue(sql, caller.projectId, queueId)).id])
      return { ok: true }
    },
    'reviews.setRubric': (wanted, { caller }) => sql.transaction((session) => setRubric(session, caller, { ...wanted, now: now() })),
    'reviews.rubrics': async ({ queueId }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      const rows = await sql.query<{
        version: number
        rubric: string
        message: string
        items: number
        created_at: Date
        by: string | null
      }>(
        `select r.version, r.rubric, r.message, r.created_at, ${nameOf('r.created_by')} as by,
           (select count(*) from review_items i where i.queue_id = r.queue_id and i.rubric_version = r.version) as items
         from review_rubrics r where r.queue_id = $1 order by r.version desc`,
        [queue.id],
      )
      return {
        rubrics: rows.map(({ version, rubric, message, items, created_at, by }) => ({
          rubricVersion: version,
          rubric: JSON.parse(rubric),
          message,
          items: Number(items),
          createdAt: new Date(created_at).toISOString(),
          createdBy: by,
        })),
      }
    },
  }
}

/** Items that nobody answered always go over to the new version. Of the rest the caller says what becomes of them. */
async function setRubric(session: SqlSession, caller: Caller, wanted: Parsed<'reviews.setRubric'> & { now: Date }) {
  const queue = await getQueue(session, caller.projectId, wanted.queueId, true)
  if (wanted.expectedVersion !== undefined && wanted.expectedVersion !== queue.rubric_version)
    throw new AppError(
      'conflict',
      `The rubric of ${JSON.stringify(queue.name)} is at version ${queue.rubric_version}, not ${wanted.expectedVersion}.`,
      {
        hint: 'Somebody else changed it. Read it again, and make your change there.',
        data: { rubricVersion: queue.rubric_version },
      },
    )
  const version = queue.rubric_version + 1
  await insertRubric(session, {
    queueId: queue.id,
    version,
    rubric: wanted.rubric,
    message: wanted.message,
    at: wanted.now,
    by: actorOf(caller),
  })
  await session.query('update review_queues set rubric_version = $2 where id = $1', [queue.id, version])
  const untouched = `not exists (select 1 from review_entries e where e.item_id = i.id and e.rubric_version = i.rubric_version and e.kind = 'answered')
    and i.gold is null`
  const moved = await session.query(
    `update review_items i set rubric_version = $2, state = 'open', gold = null, gold_by = null, gold_reason = '', decided_by = null, decided_at = null
     where i.queue_id = $1 and ($3 or (${untouched})) returning 1`,
    [queue.id, version, wanted.answered === 'ask-again'],
  )
  const [rest] = await session.query<{ kept: number }>(
    'select count(*) as kept from review_items where queue_id = $1 and rubric_version <> $2',
    [queue.id, version],
  )
  return { rubricVersion: version, moved: moved.length, kept: Number(rest?.kept ?? 0) }
}

type NewRubric = { queueId: string; version: number; rubric: object; message: string; at: Date; by: string }
const insertRubric = (session: SqlSession, { queueId, version, rubric, message, at, by }: NewRubric) =>
  session.query('insert into review_rubrics (queue_id, version, rubric, message, created_at, created_by) values ($1, $2, $3, $4, $5, $6)', [
    ...[queueId, version, JSON.stringify(rubric), message, at, by],
  ])

/** An item `i` of the queue `q` that a reviewer can still answer: not theirs already, and not all places of it taken. */
export const answerable = ({ reviewer, now }: { reviewer: string; now: string }): string => `i.state = 'open'
  and not exists (select 1 from review_entries e where e.item_id = i.id and e.reviewer_id = ${reviewer} and e.rubric_version = i.rubric_version)
  and (select count(*) from review_entries e where e.item_id = i.id and e.rubric_version = i.rubric_version and e.kind = 'answered')
    + (select count(*) from review_leases l where l.item_id = i.id and l.until > ${now} and l.reviewer_id <> ${reviewer}
         and not exists (select 1 from review_entries e where e.item_id = i.id and e.reviewer_id = l.reviewer_id and e.rubric_version = i.rubric_version))
    < q.reviewers_per_item`

async function countsOf(session: SqlSession, ids: readonly string[], { reviewer, now }: { reviewer: string; now: Date }) {
  if (ids.length === 0) return new Map<string, ReviewCounts>()
  const rows = await session.query<{ id: string } & Record<keyof ReviewCounts, number>>(
    `select q.id, count(*) as items, count(*) filter (where i.state = 'open') as open, count(*) filter (where i.state = 'disputed') as disputed,
       count(*) filter (where i.state = 'done') as done,
       coalesce(sum((select count(*) from review_entries e where e.item_id = i.id and e.kind = 'answered')), 0) as answers,
       count(*) filter (where i.state = 'open' and exists (select 1 from review_leases l where l.item_id = i.id and l.until > $2)) as leased,
       count(*) filter (where ${answerable({ reviewer: '$3', now: '$2' })}) as mine
     from review_queues q join review_items i on i.queue_id = q.id where q.id = any($1::text[]) group by q.id`,
    [ids, now, reviewer],
  )
  return new Map(
    rows.map(({ id, ...counts }) => [
      id,
      Object.fromEntries(Object.entries(counts).map(([name, value]) => [name, Number(value)])) as ReviewCounts,
    ]),
  )
}

const NOTHING: ReviewCounts = { items: 0, open: 0, disputed: 0, done: 0, answers: 0, leased: 0, mine: 0 }
const toQueue = (queue: StoredQueue, counts: ReviewCounts = NOTHING): ReviewQueue => ({
  id: queue.id,
  name: queue.name,
  description: queue.description,
  reviewersPerItem: queue.reviewers_per_item,
  leaseMinutes: queue.lease_minutes,
  dispute: queue.dispute,
  rubricVersion: queue.rubric_version,
  createdAt: new Date(queue.created_at).toISOString(),
  createdBy: queue.by,
  archivedAt: queue.archived_at && new Date(queue.archived_at).toISOString(),
  counts,
})
