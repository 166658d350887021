import { AppError, type Caller, type ReviewItem, type ReviewRubric } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import type { Sql } from '../store/ports.ts'
import type { ContentReader } from './content.ts'
import { next, placeOf } from './pages.ts'
import {
  actorOf,
  entriesOf,
  getItem,
  getQueue,
  ITEMS,
  rubricOf,
  type StoredEntry,
  type StoredQueue,
  type StoredReviewItem,
  toEntry,
  toGold,
} from './rows.ts'
import { assertAnswers } from './rubric.ts'

type Rooms = { sql: Sql; now: () => Date; contentOf: ContentReader; decided(): void }
type ShowHandlers = Pick<HandlersOf<'reviews'>, `reviews.${'items' | 'item' | 'adjudicate'}`>

/** What can be read of items. While answers are missing nobody reads those of others, nor what the item was made of. */
export function showHandlers({ sql, now, contentOf, decided }: Rooms): ShowHandlers {
  const shown = async (caller: Caller, queue: StoredQueue, items: readonly StoredReviewItem[]): Promise<ReviewItem[]> => {
    const ids = items.map(({ id }) => id)
    const entries = Map.groupBy(await entriesOf(sql, ids), ({ item_id }) => item_id)
    const leases = await sql.query<{ item_id: string; count: number }>(
      'select item_id, count(*) as count from review_leases where item_id = any($1::text[]) and until > $2 group by item_id',
      [ids, now()],
    )
    const leased = new Map(leases.map(({ item_id, count }) => [item_id, Number(count)]))
    return items.map((item) => toItem(item, { queue, caller, entries: entries.get(item.id) ?? [], leased: leased.get(item.id) ?? 0 }))
  }
  const one = async (caller: Caller, queue: StoredQueue, id: string) => {
    const [item] = await shown(caller, queue, [await getItem(sql, queue, id)])
    return item as ReviewItem
  }
  return {
    'reviews.items': async ({ queueId, state, rubricVersion, limit, cursor }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      const [after] = placeOf(cursor)
      const rows = await sql.query<StoredReviewItem>(
        `${ITEMS} where i.queue_id = $1 and ($2::text is null or i.state = $2) and ($3::int is null or i.rubric_version = $3)
           and i.position > $4 order by i.position limit $5`,
        [queue.id, state ?? null, rubricVersion ?? null, numberOf(after), limit + 1],
      )
      return { items: await shown(caller, queue, rows.slice(0, limit)), ...next(rows, limit, ({ position }) => [`${position}`, '']) }
    },
    'reviews.item': async ({ queueId, itemId }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      const stored = await getItem(sql, queue, itemId)
      // Who has read what others said can no longer answer on their own.
      if (stored.state !== 'open')
        await sql.query(
          `delete from review_leases l where l.item_id = $1 and l.reviewer_id = $2
             and not exists (select 1 from review_entries e where e.item_id = $1 and e.reviewer_id = $2 and e.rubric_version = $3)`,
          [stored.id, actorOf(caller), stored.rubric_version],
        )
      return {
        item: await one(caller, queue, itemId),
        content: (await contentOf(caller.projectId, stored)) ?? null,
        rubric: await rubricOf(sql, queue, stored.rubric_version),
      }
    },
    'reviews.adjudicate': async ({ queueId, itemId, answers, reason }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      await sql.transaction(async (session) => {
        const item = await getItem(session, queue, itemId, true)
        assertDecidable(item)
        const rubric: ReviewRubric = await rubricOf(session, queue, item.rubric_version)
        assertAnswers(rubric, answers)
        await session.query(
          `update review_items set state = 'done', gold = $2, gold_by = 'adjudicator', gold_reason = $3, decided_by = $4, decided_at = $5, scored_at = null
           where id = $1`,
          [item.id, JSON.stringify(answers), reason, actorOf(caller), now()],
        )
      })
      decided()
      return one(caller, queue, itemId)
    },
  }
}

function assertDecidable({ state }: StoredReviewItem): void {
  if (state === 'open')
    throw new AppError('conflict', 'Answers to this item are missing.', {
      hint: 'Wait until all reviewers have answered: a decision before would not be blind.',
    })
}

const numberOf = (place: string | undefined): number => (place === undefined ? -1 : Number(place))

type Around = { queue: StoredQueue; caller: Caller; entries: readonly StoredEntry[]; leased: number }
function toItem(item: StoredReviewItem, { queue, caller, entries, leased }: Around): ReviewItem {
  const open = item.state === 'open'
  const visible = open ? entries.filter(({ reviewer_id }) => reviewer_id === actorOf(caller)) : entries
  return {
    itemId: item.id,
    state: item.state,
    reason: item.reason,
    rubricVersion: item.rubric_version,
    answered: entries.filter(({ kind, rubric_version }) => kind === 'answered' && rubric_version === item.rubric_version).length,
    wanted: queue.reviewers_per_item,
    leased,
    preview: item.preview,
    createdAt: new Date(item.created_at).toISOString(),
    source: open ? null : item.source,
    entries: visible.map(toEntry),
    gold: toGold(item),
  }
}
