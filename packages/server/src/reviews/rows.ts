import {
  AppError,
  type Caller,
  type ReviewAnswers,
  type ReviewContent,
  type ReviewEntry,
  type ReviewGold,
  type ReviewReason,
  type ReviewRubric,
  type ReviewSource,
  type ReviewState,
} from '@signalbox/schema'
import type { SqlSession } from '../store/ports.ts'

export type StoredQueue = {
  id: string
  project_id: string
  name: string
  description: string
  reviewers_per_item: number
  lease_minutes: number
  dispute: 'adjudicate' | 'majority'
  rubric_version: number
  next_position: number
  archived_at: Date | null
  created_at: Date
  by: string | null
}
export type StoredReviewItem = {
  id: string
  queue_id: string
  source: ReviewSource
  trace_id: string | null
  content: string | null
  preview: string
  reason: ReviewReason
  position: number
  rubric_version: number
  state: ReviewState
  gold: string | null
  gold_by: ReviewGold['by'] | null
  gold_reason: string
  decided_by: string | null
  decider: string | null
  decided_at: Date | null
  created_at: Date
}
export type StoredEntry = {
  item_id: string
  reviewer_id: string
  reviewer: string | null
  rubric_version: number
  kind: ReviewEntry['kind']
  answers: string
  reason: string
  seconds: number | null
  at: Date
}

/** The name of who did something, for people. */
export const nameOf = (column: string): string =>
  `coalesce((select email from accounts where accounts.id = ${column}), (select name from keys where keys.id = ${column}))`
const QUEUE_COLUMNS = `q.id, q.project_id, q.name, q.description, q.reviewers_per_item, q.lease_minutes, q.dispute, q.rubric_version, q.next_position,
  q.archived_at, q.created_at, ${nameOf('q.created_by')} as by`
export const QUEUES = `select ${QUEUE_COLUMNS} from review_queues q`
const ITEM_COLUMNS = `i.id, i.queue_id, i.source, i.trace_id, i.content, i.preview, i.reason, i.position, i.rubric_version, i.state, i.gold, i.gold_by,
  i.gold_reason, i.decided_by, ${nameOf('i.decided_by')} as decider, i.decided_at, i.created_at`
export const ITEMS = `select ${ITEM_COLUMNS} from review_items i`
export const ENTRIES = `select e.item_id, e.reviewer_id, ${nameOf('e.reviewer_id')} as reviewer, e.rubric_version, e.kind, e.answers, e.reason, e.seconds, e.at
  from review_entries e`

export const actorOf = ({ userId, keyId }: Caller): string => userId ?? keyId ?? ''

export async function getQueue(session: SqlSession, projectId: string, id: string, lock = false): Promise<StoredQueue> {
  const [found] = await session.query<StoredQueue>(`${QUEUES} where q.project_id = $1 and q.id = $2${lock ? ' for update' : ''}`, [
    projectId,
    id,
  ])
  if (!found)
    throw new AppError('not-found', `There is no review queue ${JSON.stringify(id)}.`, { hint: 'List them with GET /api/v1/reviews.' })
  return found
}

export async function getItem(session: SqlSession, queue: StoredQueue, id: string, lock = false): Promise<StoredReviewItem> {
  const [found] = await session.query<StoredReviewItem>(`${ITEMS} where i.queue_id = $1 and i.id = $2${lock ? ' for update' : ''}`, [
    queue.id,
    id,
  ])
  if (!found)
    throw new AppError('not-found', `There is no item ${JSON.stringify(id)} in the queue ${JSON.stringify(queue.name)}.`, {
      hint: 'It may have been deleted with its trace. List the items of the queue.',
    })
  return found
}

export const entriesOf = (session: SqlSession, itemIds: readonly string[]): Promise<StoredEntry[]> =>
  session.query<StoredEntry>(`${ENTRIES} where e.item_id = any($1::text[]) order by e.rubric_version, e.at, e.reviewer_id`, [itemIds])

export async function rubricOf(session: SqlSession, queue: StoredQueue, version: number): Promise<ReviewRubric> {
  const [found] = await session.query<{ rubric: string }>('select rubric from review_rubrics where queue_id = $1 and version = $2', [
    queue.id,
    version,
  ])
  if (!found)
    throw new AppError('not-found', `${JSON.stringify(queue.name)} has no rubric version ${version}.`, {
      hint: `The newest one is ${queue.rubric_version}.`,
    })
  return JSON.parse(found.rubric) as ReviewRubric
}

// What is in the database was checked on its way in.
export const readAnswers = (stored: string): ReviewAnswers => JSON.parse(stored) as ReviewAnswers
export const readReviewed = (stored: string): ReviewContent => JSON.parse(stored) as ReviewContent

export const toEntry = ({ reviewer_id, reviewer, kind, answers, reason, rubric_version, seconds, at }: StoredEntry): ReviewEntry => ({
  reviewer: { id: reviewer_id, name: reviewer },
  kind,
  answers: readAnswers(answers),
  reason,
  rubricVersion: rubric_version,
  seconds,
  at: new Date(at).toISOString(),
})

export const toGold = ({ gold, gold_by, decider, decided_by, gold_reason, decided_at }: StoredReviewItem): ReviewGold | null =>
  gold === null || gold_by === null || decided_at === null
    ? null
    : {
        answers: readAnswers(gold),
        by: gold_by,
        decidedBy: decider ?? decided_by,
        reason: gold_reason,
        at: new Date(decided_at).toISOString(),
      }
