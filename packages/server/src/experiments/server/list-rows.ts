import { AppError, type ExperimentAnswer, type ExperimentRow, type Output, type Parsed } from '@signalbox/schema'
import type { Sql } from '../../store/ports.ts'
import { type RowScore, rowScores } from '../report/pairs.ts'
import { buildTable, CELL, type Table } from '../report/table.ts'
import type { TaskFrame } from '../run/frames.ts'
import { partsOf } from '../run/journal.ts'
import { plainCases } from './cases.ts'
import { numbersOf, plainPlan, repeatsOf } from './report.ts'
import type { StoredScores } from './sql-rows.ts'
import { getExperiment, planOfStored, type StoredExperiment, variantNamed } from './stored.ts'

type Wanted = Parsed<'experiments.rows'>
type Kind = 'worse' | 'better' | 'flaky' | 'failed' | 'errors'
/** What each item is, by its place. */
type Kinds = { count: number; of: ReadonlyMap<number, ReadonlySet<Kind>>; change: ReadonlyMap<number, 'worse' | 'better' | 'same'> }

const PAGE = 2000

/** Items of an experiment with what came of them, and of what they are held against. */
export async function listRows(sql: Sql, projectId: string, wanted: Wanted): Promise<Output<'experiments.rows'>> {
  const experiment = await getExperiment(sql, projectId, wanted.id)
  const plan = planOfStored(experiment)
  const variant = wanted.variant === undefined ? undefined : variantNamed(plan, wanted.variant)
  const against = await againstOf(sql, projectId, experiment, wanted)
  const kinds = await kindsOf(sql, experiment, { variant, metric: wanted.metric, against })
  const places = await placesOf(sql, experiment, wanted, kinds)
  const page = places.slice(0, wanted.limit)
  const rows = await rowsAt(sql, experiment, page, { variant, kinds })
  if (against) await addBaseline(sql, against, rows)
  const counted = (kind: Kind) => [...kinds.of.values()].filter((all) => all.has(kind)).length
  return {
    rows,
    counts: {
      all: kinds.count,
      worse: counted('worse'),
      better: counted('better'),
      flaky: counted('flaky'),
      failed: counted('failed'),
      errors: counted('errors'),
    },
    ...(places.length > page.length && { nextCursor: Buffer.from(String(page.at(-1))).toString('base64url') }),
  }
}

type Against = { experiment: StoredExperiment; variant: number; same: boolean }

async function againstOf(
  sql: Sql,
  projectId: string,
  own: StoredExperiment,
  { baseline, baselineVariant }: Wanted,
): Promise<Against | undefined> {
  if (baseline === undefined && baselineVariant === undefined) return undefined
  const same = baseline === undefined || baseline === own.id
  const experiment = same ? own : await getExperiment(sql, projectId, baseline)
  return { experiment, variant: variantNamed(planOfStored(experiment), baselineVariant), same }
}

/** Scores alone, without what was answered. */
async function scoresOf(sql: Sql, experiment: StoredExperiment): Promise<Table> {
  const plan = planOfStored(experiment)
  const { table, take } = buildTable({ numbers: numbersOf(experiment, plan), repeats: await repeatsOf(sql, experiment) })
  for (let after = -1; ; ) {
    const page = await sql.query<{ item: number; ok: boolean; done: boolean; scores: string }>(
      'select item, ok, done, scores from experiment_rows where experiment_id = $1 and item > $2 order by item limit $3',
      [experiment.id, after, PAGE],
    )
    for (const { item, ok, done, scores } of page) {
      const { scores: all, pass = null } = JSON.parse(scores) as StoredScores
      take({ kind: 'task', item, case: '', variant: '', repeat: 0, ok })
      take({ kind: 'scores', item, scores: all, ...(done && { pass }) })
    }
    if (page.length < PAGE) return table
    after = page.at(-1)?.item ?? after
  }
}

async function kindsOf(
  sql: Sql,
  experiment: StoredExperiment,
  { variant, metric, against }: { variant: number | undefined; metric: string; against: Against | undefined },
): Promise<Kinds> {
  const plan = planOfStored(experiment)
  const table = await scoresOf(sql, experiment)
  const numbers = numbersOf(experiment, plan)
  const of = new Map<number, Set<Kind>>()
  const note = (place: number, kind: Kind) => of.set(place, (of.get(place) ?? new Set<Kind>()).add(kind))
  const shown = (index: number) => variant === undefined || index === variant
  for (const [name, { states, scores }] of table.metrics)
    for (let item = 0; item < table.items; item++) {
      const at = partsOf(numbers, item)
      if (!shown(at.variant)) continue
      if (states[item] === CELL.error || table.calls[item] === 2) note(at.case, 'errors')
      if (name === 'pass' && states[item] === CELL.scored && scores[item] === 0) note(at.case, 'failed')
    }
  for (const [index] of plan.variants.entries())
    if (shown(index))
      for (const name of new Set([metric, 'pass']))
        for (const [place, { flaky }] of rowScores(table, name, index)) if (flaky) note(place, 'flaky')
  const change = new Map<number, 'worse' | 'better' | 'same'>()
  if (against) {
    const candidate = variant ?? variantNamed(plan, undefined, against.same ? { not: plan.variants[against.variant]?.id ?? '' } : {})
    const higher = plan.metrics.find((one) => one.metric === metric)?.higherIsBetter ?? true
    const before = await baselineScores(sql, experiment, { metric, against, table })
    for (const [place, own] of rowScores(table, metric, candidate)) {
      const other = before.get(place)
      if (!other) continue
      if (other.flaky) note(place, 'flaky')
      const gain = (own.mean - other.mean) * (higher ? 1 : -1)
      const kind = gain === 0 ? 'same' : gain > 0 ? 'better' : 'worse'
      change.set(place, kind)
      if (kind !== 'same' && !own.flaky && !other.flaky) note(place, kind)
    }
  }
  return { count: experiment.items, of, change }
}

async function baselineScores(
  sql: Sql,
  experiment: StoredExperiment,
  { metric, against, table }: { metric: string; against: Against; table: Table },
): Promise<Map<number, RowScore>> {
  if (against.same) return rowScores(table, metric, against.variant)
  const other = rowScores(await scoresOf(sql, against.experiment), metric, against.variant)
  const [own, theirs] = await Promise.all(
    [experiment, against.experiment].map(async (one) => plainPlan(one, await plainCases(sql, { id: one.id, hash: '' })).cases),
  )
  const places = new Map(Array.from({ length: own?.count ?? 0 }, (_, place) => [own?.idAt(place) ?? '', place]))
  const found = new Map<number, RowScore>()
  for (const [place, score] of other) {
    const here = places.get(theirs?.idAt(place) ?? '')
    if (here !== undefined) found.set(here, score)
  }
  return found
}

/** One more than is shown, where there is one. */
async function placesOf(sql: Sql, { id }: StoredExperiment, wanted: Wanted, kinds: Kinds): Promise<number[]> {
  const after = wanted.cursor === undefined ? -1 : placeOf(wanted.cursor)
  const only =
    wanted.show === 'all'
      ? null
      : [...kinds.of]
          .filter(([, all]) => (wanted.show === 'changed' ? all.has('worse') || all.has('better') : all.has(wanted.show as Kind)))
          .map(([place]) => place)
  const rows = await sql.query<{ place: number }>(
    `select i.place from experiment_items i where i.experiment_id = $1 and i.place > $2
       and ($3::text is null or i.place in (select e::int from jsonb_array_elements_text($3::text::jsonb) as t (e)))
       and ($4::text is null or i.item_id = $4)
       and ($5::text is null or exists (select 1 from experiment_rows r where r.experiment_id = $1 and r.place = i.place and r.trace_id = $5))
       and ($6::text is null or strpos(lower(i.item_id collate "default"), lower($6)) > 0 or (i.split is distinct from 'holdout'
         and (strpos(lower(i.content), lower($6)) > 0
           or exists (select 1 from experiment_rows r where r.experiment_id = $1 and r.place = i.place and strpos(lower(r.answer), lower($6)) > 0))))
     order by i.place limit $7`,
    [id, after, only && JSON.stringify(only), wanted.itemId ?? null, wanted.traceId ?? null, wanted.search ?? null, wanted.limit + 1],
  )
  return rows.map(({ place }) => place)
}

function placeOf(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString('utf8')
  if (!/^\d{1,9}$/.test(text))
    throw new AppError('invalid-request', 'The cursor is not one that this list gave out.', { hint: 'Start again without `cursor`.' })
  return Number(text)
}

type ItemRow = { place: number; item_id: string; content: string; split: string | null; tags: string[] }

async function rowsAt(
  sql: Sql,
  experiment: StoredExperiment,
  places: readonly number[],
  { variant, kinds }: { variant: number | undefined; kinds: Kinds },
): Promise<ExperimentRow[]> {
  const items = await sql.query<ItemRow>(
    'select place, item_id, content, split, tags from experiment_items where experiment_id = $1 and place = any($2::int[]) order by place',
    [experiment.id, places],
  )
  const answers = await answersAt(sql, experiment, places, variant)
  return items.map(({ place, item_id: itemId, content, split, tags }) => {
    const sealed = split === 'holdout'
    const { input, expected, context } = JSON.parse(content) as { input?: unknown; expected?: unknown; context?: unknown }
    return {
      index: place,
      itemId,
      sealed,
      ...(!sealed && { input, expected, context }),
      tags: sealed ? [] : tags,
      split,
      flaky: kinds.of.get(place)?.has('flaky') ?? false,
      change: kinds.change.get(place) ?? null,
      answers: (answers.get(place) ?? []).map((answer) => (sealed ? withoutContent(answer) : answer)),
      baseline: [],
    }
  })
}

async function addBaseline(sql: Sql, { experiment, variant }: Against, rows: ExperimentRow[]): Promise<void> {
  const places = await sql.query<{ place: number; item_id: string; split: string | null }>(
    'select place, item_id, split from experiment_items where experiment_id = $1 and item_id = any($2::text[])',
    [experiment.id, rows.map(({ itemId }) => itemId)],
  )
  const answers = await answersAt(
    sql,
    experiment,
    places.map(({ place }) => place),
    variant,
  )
  const byId = new Map(places.map(({ item_id, place, split }) => [item_id, { place, sealed: split === 'holdout' }]))
  for (const row of rows) {
    const at = byId.get(row.itemId)
    const found = at === undefined ? [] : (answers.get(at.place) ?? [])
    row.baseline = at?.sealed || row.sealed ? found.map(withoutContent) : found
  }
}

const withoutContent = ({ output: _, ...answer }: ExperimentAnswer): ExperimentAnswer => ({
  ...answer,
  error: answer.error === null ? null : 'It failed.',
  scores: answer.scores.map(({ reason: _reason, evidence: _evidence, ...score }) => score),
})

async function answersAt(
  sql: Sql,
  experiment: StoredExperiment,
  places: readonly number[],
  variant: number | undefined,
): Promise<Map<number, ExperimentAnswer[]>> {
  const { variants } = planOfStored(experiment)
  const numbers = { cases: experiment.items, variants: variants.length }
  const rows = await sql.query<{ item: number; answer: string; scores: string; done: boolean }>(
    'select item, answer, scores, done from experiment_rows where experiment_id = $1 and place = any($2::int[]) order by item',
    [experiment.id, places],
  )
  const found = new Map<number, (ExperimentAnswer & { at: number })[]>()
  for (const { item, answer, scores, done } of rows) {
    const at = partsOf(numbers, item)
    if (variant !== undefined && at.variant !== variant) continue
    const one = {
      ...toAnswer(JSON.parse(answer) as TaskFrame, JSON.parse(scores) as StoredScores, done),
      repeat: at.repeat,
      at: at.variant,
    }
    found.set(at.case, [...(found.get(at.case) ?? []), { ...one, variant: variants[at.variant]?.id ?? '' }])
  }
  return new Map(
    [...found].map(([place, all]) => [place, all.sort((a, b) => a.at - b.at || a.repeat - b.repeat).map(({ at: _, ...answer }) => answer)]),
  )
}

function toAnswer(task: TaskFrame, { scores, pass = null, score = null }: StoredScores, done: boolean): Omit<ExperimentAnswer, 'variant'> {
  return {
    repeat: task.repeat,
    state: !task.ok ? 'failed' : done ? 'scored' : 'answered',
    ...(task.ok && { output: task.output }),
    error: task.ok ? null : (task.error?.message ?? 'It failed.'),
    pass,
    score,
    scores: scores.map((one) => ({ ...one })),
    latencyMs: task.ms ?? null,
    costUsd: task.costUsd ?? null,
    inputTokens: task.tokens?.[0] ?? null,
    outputTokens: task.tokens?.[1] ?? null,
    cached: task.cached === true,
    traceId: task.traceId ?? null,
  }
}
