import { AppError, type Caller, type ReviewAnswers, type ReviewTask } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import { sha256 } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'
import type { ContentReader } from './content.ts'
import { decide } from './decide.ts'
import { answerable } from './queues.ts'
import { actorOf, entriesOf, getItem, getQueue, ITEMS, readAnswers, rubricOf, type StoredQueue, type StoredReviewItem } from './rows.ts'
import { assertAnswers } from './rubric.ts'

type Rooms = { sql: Sql; now: () => Date; contentOf: ContentReader; decided(): void }
type WorkHandlers = Pick<HandlersOf<'reviews'>, `reviews.${'next' | 'answer' | 'pass' | 'release'}`>

/**
 * What reviewers do. The row of the queue is held while items are given out, that of an item while it is answered: two reviewers at once
 * come one after the other, and each is told what is so then.
 */
export function workHandlers({ sql, now, contentOf, decided }: Rooms): WorkHandlers {
  return {
    'reviews.next': async ({ queueId, count, itemId }, { caller }) => {
      const reviewer = actorOf(caller)
      const { taken, left, queue } = await sql.transaction(async (session) => {
        const queue = await getQueue(session, caller.projectId, queueId, true)
        assertActive(queue)
        return { queue, ...(await take(session, queue, { reviewer, count, itemId, now: now() })) }
      })
      const tasks: ReviewTask[] = []
      for (const item of taken) {
        const content = await contentOf(queue.project_id, item)
        if (content === undefined) await withoutContent(sql, item)
        else
          tasks.push({
            itemId: item.id,
            rubricVersion: item.rubric_version,
            content,
            swapped: content.other !== undefined && isSwapped(item.id, reviewer),
            leasedUntil: item.until.toISOString(),
          })
      }
      return { tasks, left }
    },
    'reviews.answer': async ({ queueId, itemId, ...given }, { caller }) => {
      const answer = await sql.transaction(async (session) => {
        const queue = await getQueue(session, caller.projectId, queueId)
        const item = await getItem(session, queue, itemId, true)
        return answerItem(session, { queue, item, caller, now: now(), ...given })
      })
      if (answer.state === 'done' && !answer.repeated) decided()
      return answer
    },
    'reviews.pass': ({ queueId, itemId, kind, reason }, { caller }) =>
      sql.transaction(async (session) => {
        const queue = await getQueue(session, caller.projectId, queueId)
        const item = await getItem(session, queue, itemId, true)
        const reviewer = actorOf(caller)
        if (item.state === 'done') throw isDecided()
        const own = (await entriesOf(session, [item.id])).find(
          (entry) => entry.reviewer_id === reviewer && entry.rubric_version === item.rubric_version,
        )
        if (own?.kind === 'answered')
          throw new AppError('conflict', 'You have answered this item already.', { hint: 'Change your answer instead.' })
        await writeEntry(session, {
          item,
          reviewer,
          kind: kind === 'skip' ? 'skipped' : 'escalated',
          answers: {},
          reason,
          seconds: null,
          at: now(),
        })
        await session.query('delete from review_leases where item_id = $1 and reviewer_id = $2', [item.id, reviewer])
        if (kind === 'skip') return { state: item.state }
        await session.query(`update review_items set state = 'disputed' where id = $1`, [item.id])
        return { state: 'disputed' }
      }),
    'reviews.release': async ({ queueId, itemIds }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      const released = await sql.query(
        `delete from review_leases l using review_items i where i.id = l.item_id and i.queue_id = $1 and l.reviewer_id = $2
           and ($3::text[] is null or i.id = any($3::text[]))
           and not exists (select 1 from review_entries e where e.item_id = i.id and e.reviewer_id = $2 and e.rubric_version = i.rubric_version)
         returning 1`,
        [queue.id, actorOf(caller), itemIds ?? null],
      )
      return { released: released.length }
    },
  }
}

/** Which of two answers stands first is a lot of its own for each reviewer, and the same whenever they look. */
const isSwapped = (itemId: string, reviewer: string): boolean => Number.parseInt(sha256(`${itemId} ${reviewer}`).slice(0, 2), 16) % 2 === 1

type Taken = StoredReviewItem & { until: Date }
type Taking = { reviewer: string; count: number; itemId?: string | undefined; now: Date }

/** What they have open comes first, so that who comes back goes on where they were. */
async function take(session: SqlSession, queue: StoredQueue, { reviewer, count, itemId, now }: Taking) {
  const mine = answerable({ reviewer: '$2', now: '$3' })
  const from = `${ITEMS} join review_queues q on q.id = i.queue_id
    left join review_leases own on own.item_id = i.id and own.reviewer_id = $2 and own.until > $3 where i.queue_id = $1 and ${mine}`
  const items = await session.query<StoredReviewItem>(
    `${from} and ($5::text is null or i.id = $5) order by own.until is null, i.position limit $4`,
    [queue.id, reviewer, now, count, itemId ?? null],
  )
  if (itemId !== undefined && items.length === 0) {
    await getItem(session, queue, itemId)
    throw new AppError('conflict', 'This item is not free for you.', {
      hint: 'You answered it, others have it open, or it is decided. Take the next one.',
    })
  }
  const until = new Date(now.getTime() + queue.lease_minutes * 60_000)
  for (const { id } of items)
    await session.query(
      'insert into review_leases (item_id, reviewer_id, until) values ($1, $2, $3) on conflict (item_id, reviewer_id) do update set until = excluded.until',
      [id, reviewer, until],
    )
  const [left] = await session.query<{ left: number }>(
    `select count(*) as left from review_items i join review_queues q on q.id = i.queue_id where i.queue_id = $1 and ${mine}`,
    [queue.id, reviewer, now],
  )
  return { taken: items.map((item): Taken => ({ ...item, until })), left: Number(left?.left ?? 0) }
}

type Answering = {
  queue: StoredQueue
  item: StoredReviewItem
  caller: Caller
  now: Date
  rubricVersion: number
  answers: ReviewAnswers
  comment: string
  seconds?: number | undefined
}

async function answerItem(session: SqlSession, { queue, item, caller, now, rubricVersion, answers, comment, seconds }: Answering) {
  const reviewer = actorOf(caller)
  assertActive(queue)
  if (rubricVersion !== item.rubric_version)
    throw new AppError('conflict', `This item is asked under version ${item.rubric_version} of the rubric now, not ${rubricVersion}.`, {
      hint: 'Nothing was stored. Read the questions again, and answer those.',
      data: { reason: 'rubric-changed', rubricVersion: item.rubric_version },
    })
  const rubric = await rubricOf(session, queue, item.rubric_version)
  assertAnswers(rubric, answers)
  const entries = (await entriesOf(session, [item.id])).filter((entry) => entry.rubric_version === item.rubric_version)
  const own = entries.find((entry) => entry.reviewer_id === reviewer)
  const said = JSON.stringify(answers)
  if (own?.kind === 'answered' && own.answers === said && own.reason === comment) return { state: item.state, repeated: true }
  const others = entries.filter((entry) => entry.kind === 'answered' && entry.reviewer_id !== reviewer)
  if (own?.kind === 'answered' && (item.state !== 'open' || others.length + 1 >= queue.reviewers_per_item)) throw isDecided()
  if (!own) {
    const [lease] = await session.query('select 1 from review_leases where item_id = $1 and reviewer_id = $2', [item.id, reviewer])
    if (!lease)
      throw new AppError('conflict', 'You do not have this item.', {
        hint: 'Nothing was stored. Take it first, with POST /api/v1/reviews/{queueId}/next; who gave it back or read what others said cannot answer it.',
        data: { reason: 'not-taken' },
      })
  }
  await writeEntry(session, {
    item,
    reviewer,
    kind: 'answered',
    answers,
    reason: comment,
    seconds: seconds ?? own?.seconds ?? null,
    at: now,
  })
  await session.query('delete from review_leases where item_id = $1 and reviewer_id = $2', [item.id, reviewer])
  // It ran out meanwhile, and others decided the item: an independent answer all the same, which counts for agreement.
  if (item.state !== 'open') return { state: item.state, repeated: false }
  const given = [...others.map((entry) => readAnswers(entry.answers)), answers]
  if (given.length < queue.reviewers_per_item) return { state: item.state, repeated: false }
  const decision = decide(rubric, given, queue.dispute)
  if (decision.state === 'disputed') await session.query(`update review_items set state = 'disputed' where id = $1`, [item.id])
  else
    await session.query(
      `update review_items set state = 'done', gold = $2, gold_by = $3, gold_reason = '', decided_by = $4, decided_at = $5, scored_at = null where id = $1`,
      [item.id, JSON.stringify(decision.answers), decision.by, decision.by === 'reviewer' ? reviewer : null, now],
    )
  return { state: decision.state, repeated: false }
}

type NewEntry = {
  item: StoredReviewItem
  reviewer: string
  kind: 'answered' | 'skipped' | 'escalated'
  answers: ReviewAnswers
  reason: string
  seconds: number | null
  at: Date
}
const writeEntry = (session: SqlSession, { item, reviewer, kind, answers, reason, seconds, at }: NewEntry) =>
  session.query(
    `insert into review_entries (item_id, reviewer_id, rubric_version, kind, answers, reason, seconds, at) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (item_id, reviewer_id, rubric_version) do update
       set kind = excluded.kind, answers = excluded.answers, reason = excluded.reason, seconds = excluded.seconds, at = excluded.at`,
    [item.id, reviewer, item.rubric_version, kind, JSON.stringify(answers), reason, seconds, at],
  )

/** Nobody can answer what cannot be read: somebody has to decide, or to take it out. */
const withoutContent = (sql: Sql, { id }: StoredReviewItem) =>
  sql.query(`update review_items set state = 'disputed', gold_reason = 'what was said in this call is not there any more' where id = $1`, [
    id,
  ])

function assertActive(queue: StoredQueue): void {
  if (queue.archived_at)
    throw new AppError('conflict', `The queue ${JSON.stringify(queue.name)} is archived.`, { hint: 'Take it out of the archive first.' })
}

const isDecided = () =>
  new AppError('conflict', 'All answers to this item are in.', {
    hint: 'Yours stays as it was. Who may adjudicate can decide otherwise.',
    data: { reason: 'decided' },
  })
