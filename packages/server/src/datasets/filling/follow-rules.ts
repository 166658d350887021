import { AppError, type Filter } from '@signalbox/schema'
import { asFraction, hashText } from '../../lib/hash-text.ts'
import type { Sql } from '../../store/ports.ts'
import { getDataset } from '../rows.ts'
import { itemsOfSpans, type SpanReader } from '../spans.ts'
import { writeItems } from '../write-items.ts'
import { FROM_RULES, RULE_COLUMNS, type StoredRule } from './rules.ts'

type Rooms = { sql: Sql; spans: SpanReader; now?: () => Date; lagMs?: number }

/** A call is looked at so long after it began: then it has ended, and its content is there. */
const LAG_MS = 10 * 60_000
const PAGE = 500
/** In one turn; what a rule leaves behind is looked at in the next one. */
const MOST_PAGES = 20

/** Does what the rules of all datasets say, once. Of several cores one follows a rule. */
export async function followRules({ sql, spans, now = () => new Date(), lagMs = LAG_MS }: Rooms): Promise<void> {
  const rules = await sql.query<{ id: string }>(
    `select r.id ${FROM_RULES} where r.enabled and d.archived_at is null and r.looked_at < $1 order by r.looked_at`,
    [new Date(now().getTime() - lagMs)],
  )
  for (const { id } of rules) await follow(id, { sql, spans, now, lagMs })
}

async function follow(id: string, { sql, spans, now, lagMs }: Required<Rooms>): Promise<void> {
  await sql.transaction(async (session) => {
    const [rule] = await session.query<StoredRule>(
      `select ${RULE_COLUMNS} ${FROM_RULES} where r.id = $1 and r.enabled for update of r skip locked`,
      [id],
    )
    if (!rule) return
    const upTo = new Date(now().getTime() - lagMs)
    const from = new Date(rule.looked_at)
    if (from >= upTo) return
    const day = now().toISOString().slice(0, 10)
    const left = Math.max(0, rule.most_per_day - (rule.day === day ? rule.made_today : 0))
    try {
      const { chosen, more } = await choose(rule, { spans, from, upTo, most: left })
      const { items, missing } = await itemsOfSpans(spans, rule.project_id, {
        spans: chosen,
        first: PAGE,
        expected: rule.expected,
        split: rule.split ?? undefined,
        tags: JSON.parse(rule.tags) as string[],
      })
      const dataset = await getDataset(session, rule.project_id, rule.dataset, true)
      const change = await writeItems(session, dataset, {
        items,
        remove: [],
        duplicates: 'skip',
        message: 'Added by a rule',
        by: rule.created_by,
        now: now(),
      })
      await session.query(
        `update dataset_rules set looked_at = $2, day = $3, made_today = $4, added = added + $5, skipped = skipped + $6, missing = missing + $7,
           problem = $8 where id = $1`,
        [
          id,
          upTo,
          day,
          rule.most_per_day - left + change.added,
          change.added,
          change.skipped,
          missing.length,
          more ? `It found more than ${PAGE * MOST_PAGES} calls at once, and looked at the newest of them. Narrow its filter.` : null,
        ],
      )
    } catch (error) {
      // A filter or a dataset that is no longer right is for people to see; what is unavailable is tried again.
      if (!(error instanceof AppError) || error.code === 'unavailable') throw error
      await session.query('update dataset_rules set looked_at = $2, problem = $3 where id = $1', [id, upTo, error.message])
    }
  })
}

type Looking = { spans: SpanReader; from: Date; upTo: Date; most: number }

/** The share of the calls that the rule takes: by a hash of their ids, so that the same call is always in or out. */
async function choose(rule: StoredRule, { spans, from, upTo, most }: Looking) {
  const chosen: { traceId: string; spanId: string }[] = []
  const filter = JSON.parse(rule.filter) as Filter[]
  let cursor: string | undefined
  for (let pages = 0; most > 0 && pages < MOST_PAGES; pages++) {
    const found = await spans.find(rule.project_id, { filter, from: from.toISOString(), to: upTo.toISOString(), limit: PAGE, cursor })
    for (const { traceId, spanId } of found.spans)
      if (asFraction(hashText(`${rule.id}|${traceId}|${spanId}`)) < rule.rate && chosen.length < most) chosen.push({ traceId, spanId })
    cursor = found.nextCursor
    if (cursor === undefined || chosen.length >= most) break
  }
  return { chosen, more: cursor !== undefined && chosen.length < most }
}
