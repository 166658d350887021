import { AppError, type DatasetRule, type Filter, type Parsed } from '@signalbox/schema'
import { actorName } from '../../lib/actor-name.ts'
import type { HandlersOf } from '../../lib/handlers.ts'
import { newId } from '../../lib/ids.ts'
import type { Sql, SqlSession } from '../../store/ports.ts'
import { getDataset } from '../rows.ts'

export type StoredRule = {
  id: string
  project_id: string
  dataset_id: string
  dataset: string
  filter: string
  rate: number
  most_per_day: number
  expected: 'output' | 'none'
  split: DatasetRule['split'] | null
  tags: string
  enabled: boolean
  looked_at: Date
  day: string
  made_today: number
  added: number
  skipped: number
  missing: number
  problem: string | null
  created_at: Date
  created_by: string
  by: string | null
}
export const RULE_COLUMNS = `r.id, r.project_id, r.dataset_id, d.name as dataset, r.filter, r.rate, r.most_per_day, r.expected, r.split, r.tags, r.enabled,
  r.looked_at, r.day, r.made_today, r.added, r.skipped, r.missing, r.problem, r.created_at, r.created_by, ${actorName('r.created_by')} as by`
export const FROM_RULES = 'from dataset_rules r join datasets d on d.id = r.dataset_id'
const MOST_RULES = 50

/** Rules by which calls become items. */
export function datasetRuleHandlers({ sql, now = () => new Date() }: { sql: Sql; now?: () => Date }): HandlersOf<'datasetRules'> {
  const find = async (session: SqlSession, projectId: string, { name, id }: { name: string; id: string }): Promise<StoredRule> => {
    const [row] = await session.query<StoredRule>(
      `select ${RULE_COLUMNS} ${FROM_RULES} where r.project_id = $1 and d.name = $2 and r.id = $3`,
      [projectId, name, id],
    )
    if (!row)
      throw new AppError('not-found', `There is no such rule of ${JSON.stringify(name)}.`, { hint: 'List them, and name one by its id.' })
    return row
  }
  return {
    'datasetRules.list': async ({ name }, { caller }) => {
      const { id } = await getDataset(sql, caller.projectId, name)
      const rows = await sql.query<StoredRule>(`select ${RULE_COLUMNS} ${FROM_RULES} where r.dataset_id = $1 order by r.created_at, r.id`, [
        id,
      ])
      return { rules: rows.map(shown) }
    },
    'datasetRules.create': async ({ name, ...rule }, { caller }) => {
      const dataset = await getDataset(sql, caller.projectId, name)
      const [held] = await sql.query<{ count: number }>('select count(*)::int as count from dataset_rules where dataset_id = $1', [
        dataset.id,
      ])
      if ((held?.count ?? 0) >= MOST_RULES)
        throw new AppError('conflict', `A dataset has at most ${MOST_RULES} rules.`, {
          hint: 'Remove one, or put filters together with `in`.',
        })
      const id = newId('dsr')
      await sql.query(
        `insert into dataset_rules (id, project_id, dataset_id, filter, rate, most_per_day, expected, split, tags, enabled, looked_at, day, made_today,
           added, skipped, missing, created_at, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', 0, 0, 0, 0, $11, $12)`,
        [
          id,
          caller.projectId,
          dataset.id,
          JSON.stringify(rule.filter),
          rule.rate,
          rule.mostPerDay,
          rule.expected,
          rule.split ?? null,
          JSON.stringify(rule.tags),
          rule.enabled,
          now(),
          caller.userId ?? caller.keyId ?? '',
        ],
      )
      return shown(await find(sql, caller.projectId, { name, id }))
    },
    'datasetRules.change': async ({ name, id, ...change }, { caller }) => {
      const before = await find(sql, caller.projectId, { name, id })
      const next = changedBy(before, change)
      await sql.query(
        `update dataset_rules set filter = $2, rate = $3, most_per_day = $4, expected = $5, tags = $6, enabled = $7, looked_at = $8, problem = null where id = $1`,
        [
          id,
          JSON.stringify(next.filter),
          next.rate,
          next.mostPerDay,
          next.expected,
          JSON.stringify(next.tags),
          next.enabled,
          // A rule that rested does not make up for that time.
          !before.enabled && next.enabled ? now() : before.looked_at,
        ],
      )
      return shown(await find(sql, caller.projectId, { name, id }))
    },
    'datasetRules.remove': async ({ name, id }, { caller }) => {
      await find(sql, caller.projectId, { name, id })
      await sql.query('delete from dataset_rules where id = $1', [id])
      return { ok: true }
    },
  }
}

type Change = Omit<Parsed<'datasetRules.change'>, 'name' | 'id'>
const changedBy = (before: StoredRule, change: Change) => {
  const rule = shown(before)
  return {
    filter: change.filter ?? rule.filter,
    rate: change.rate ?? rule.rate,
    mostPerDay: change.mostPerDay ?? rule.mostPerDay,
    expected: change.expected ?? rule.expected,
    tags: change.tags ?? rule.tags,
    enabled: change.enabled ?? rule.enabled,
  }
}

const shown = (row: StoredRule): DatasetRule => ({
  id: row.id,
  filter: JSON.parse(row.filter) as Filter[],
  rate: row.rate,
  mostPerDay: row.most_per_day,
  expected: row.expected,
  ...(row.split && { split: row.split }),
  tags: JSON.parse(row.tags) as string[],
  enabled: row.enabled,
  added: row.added,
  skipped: row.skipped,
  missing: row.missing,
  lookedAt: new Date(row.looked_at).toISOString(),
  problem: row.problem,
  createdAt: new Date(row.created_at).toISOString(),
  createdBy: row.by,
})
