import type { ExperimentProgress } from '@signalbox/schema'
import type { Sql } from '../../store/ports.ts'
import type { Score } from '../plan.ts'
import { buildTable, type Table } from '../report/table.ts'
import type { JudgeFrame, RunFrame, ScoresFrame, TaskFrame } from '../run/frames.ts'
import { ANSWERED, DONE, type ItemNumbers, NOTHING, partsOf } from '../run/journal.ts'
import type { RunRows } from '../run/rows.ts'

/** What became of a row besides its answer. */
export type StoredScores = { scores: Score[]; pass?: boolean | null; score?: number | null }
type Pending = StoredScores & { task: TaskFrame; changed: number }

/** How long what is done waits for what else is done: so much of it a crash may take, and it is asked again. */
const GATHER_MS = 100
const AT_ONCE = 200
const PAGE = 1000

type Whose = { id: string; projectId: string }

/** The rows of an experiment in the database, written in batches. In memory is what each is, and what of it is not written yet. */
export class SqlRows implements RunRows {
  readonly run: RunFrame
  found = 0
  readonly #sql: Sql
  readonly #whose: Whose
  readonly #numbers: ItemNumbers
  /** Rows come from somebody else: what was not sent is not asked. */
  readonly #onlySent: boolean
  #states: Uint8Array
  readonly #pending = new Map<number, Pending>()
  readonly #failed = new Set<number>()
  readonly #dirty = new Map<number, number>()
  #judged: JudgeFrame[] = []
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #broken: unknown
  #count = 0
  readonly progress: Omit<ExperimentProgress, 'total' | 'etaSeconds'> = { done: 0, failed: 0, cached: 0, taskCostUsd: 0, judgeCostUsd: 0 }

  private constructor(sql: Sql, whose: Whose, at: { numbers: ItemNumbers; items: number; run: RunFrame; onlySent: boolean }) {
    this.#sql = sql
    this.#whose = whose
    this.#numbers = at.numbers
    this.#onlySent = at.onlySent
    this.#states = new Uint8Array(at.items)
    this.run = at.run
  }

  static async open(
    sql: Sql,
    whose: Whose,
    at: { numbers: ItemNumbers; items: number; run: RunFrame; onlySent: boolean },
  ): Promise<SqlRows> {
    const rows = new SqlRows(sql, whose, at)
    await rows.#load()
    return rows
  }

  async #load(): Promise<void> {
    for await (const { item, task, scores, done } of storedRows(this.#sql, this.#whose.id)) {
      if (item >= this.#states.length) continue
      this.found++
      this.#states[item] = done ? DONE : ANSWERED
      if (!done) this.#pending.set(item, { task, ...scores, changed: 0 })
      if (!task.ok) this.#failed.add(item)
      this.#noteTask(task)
      if (done) this.progress.done++
    }
    this.progress.judgeCostUsd = await judgeCostOf(this.#sql, this.#whose.id)
  }

  #noteTask(task: TaskFrame): void {
    const { progress } = this
    if (!task.ok) progress.failed++
    if (task.cached) progress.cached++
    else if (task.ok)
      progress.taskCostUsd =
        progress.taskCostUsd === null || task.costUsd === undefined || task.costUsd === null ? null : progress.taskCostUsd + task.costUsd
  }

  stateOf(item: number): number {
    const state = this.#states[item] ?? NOTHING
    return state === NOTHING && this.#onlySent ? DONE : state
  }

  read(item: number): { task: TaskFrame | undefined; scores: ScoresFrame[] } {
    const pending = this.#pending.get(item)
    if (pending) return { task: pending.task, scores: [{ kind: 'scores', item, scores: pending.scores }] }
    // Of what is done only this is asked: whether it failed.
    if (this.#failed.has(item)) return { task: { kind: 'task', item, case: '', variant: '', repeat: 0, ok: false }, scores: [] }
    return { task: undefined, scores: [] }
  }

  add(frame: TaskFrame | ScoresFrame): void {
    if (this.#broken !== undefined) throw this.#broken
    const { item } = frame
    this.#count++
    if (frame.kind === 'task') {
      if (this.#states[item] === DONE) this.progress.done--
      if (this.#failed.delete(item)) this.progress.failed--
      if (!frame.ok) this.#failed.add(item)
      this.#noteTask(frame)
      this.#states[item] = ANSWERED
      this.#pending.set(item, { task: frame, scores: [], changed: this.#count })
    } else {
      const pending = this.#pending.get(item)
      if (!pending) throw new Error(`Scores of row ${item} came before its answer.`)
      pending.scores.push(...frame.scores)
      pending.changed = this.#count
      if (frame.pass !== undefined) {
        pending.pass = frame.pass
        pending.score = frame.score ?? null
        this.#states[item] = DONE
        this.progress.done++
      }
    }
    this.#dirty.set(item, this.#count)
    this.#later()
  }

  addJudge(frame: JudgeFrame): void {
    this.progress.judgeCostUsd += frame.costUsd ?? 0
    this.#judged.push(frame)
    this.#later()
  }

  grow(items: number): void {
    const states = new Uint8Array(items)
    states.set(this.#states)
    this.#states = states
  }

  async flush(): Promise<void> {
    while (this.#dirty.size > 0 || this.#judged.length > 0) await this.#write()
    await this.#writing
    if (this.#broken !== undefined) throw this.#broken
  }

  table(repeats: number): Promise<Table> {
    return tableOf(this.#sql, this.#whose.id, { numbers: this.#numbers, repeats })
  }

  #later(): void {
    if (this.#dirty.size >= AT_ONCE) void this.#write()
    else this.#timer ??= setTimeout(() => void this.#write(), GATHER_MS)
  }

  #write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing
      .then(() => this.#writeNow())
      .catch((error: unknown) => {
        this.#broken ??= error
      })
    return this.#writing.then(() => {
      if (this.#broken !== undefined) this.#dirty.clear()
    })
  }

  async #writeNow(): Promise<void> {
    const dirty = [...this.#dirty].slice(0, AT_ONCE)
    for (const [item] of dirty) this.#dirty.delete(item)
    const judged = this.#judged.splice(0)
    if (dirty.length === 0 && judged.length === 0) return
    const rows = dirty.flatMap(([item]) => {
      const pending = this.#pending.get(item)
      return pending ? [{ item, ...pending }] : []
    })
    const seen = new Map(rows.map(({ item, changed }) => [item, changed]))
    await this.#sql.transaction(async (session) => {
      if (rows.length > 0)
        await session.query(UPSERT_ROWS, [this.#whose.id, this.#whose.projectId, JSON.stringify(rows.map((row) => this.#recordOf(row)))])
      if (judged.length > 0)
        await session.query(
          `insert into experiment_judged (experiment_id, key, project_id, answer, ms, cost_usd)
           select $1, r.key, $2, r.answer, r.ms, r.cost from jsonb_to_recordset($3::text::jsonb)
             as r (key text, answer text, ms double precision, cost double precision)
           on conflict (experiment_id, key) do nothing`,
          [
            this.#whose.id,
            this.#whose.projectId,
            JSON.stringify(judged.map(({ key, answer, ms, costUsd }) => ({ key, answer: JSON.stringify(answer), ms, cost: costUsd }))),
          ],
        )
    })
    for (const [item, changed] of seen)
      if (this.#states[item] === DONE && this.#pending.get(item)?.changed === changed) this.#pending.delete(item)
  }

  #recordOf({ item, task, scores, pass, score }: Pending & { item: number }) {
    return recordOf(item, task, { scores, ...(pass !== undefined && { pass, score: score ?? null }) }, partsOf(this.#numbers, item).case)
  }
}

export const recordOf = (item: number, task: TaskFrame, scores: StoredScores, place: number) => ({
  item,
  place,
  ok: task.ok,
  done: scores.pass !== undefined,
  pass: scores.pass ?? null,
  answer: JSON.stringify(task),
  scores: JSON.stringify(scores),
  key: task.key ?? null,
  trace: task.traceId ?? null,
})

/** $1 experiment, $2 project, $3 records. */
export const UPSERT_ROWS = `insert into experiment_rows (experiment_id, item, project_id, place, ok, done, pass, answer, scores, cache_key, trace_id, at)
  select $1, r.item, $2, r.place, r.ok, r.done, r.pass, r.answer, r.scores, r.key, r.trace, now() from jsonb_to_recordset($3::text::jsonb)
    as r (item integer, place integer, ok boolean, done boolean, pass boolean, answer text, scores text, key text, trace text)
  on conflict (experiment_id, item) do update set ok = excluded.ok, done = excluded.done, pass = excluded.pass, answer = excluded.answer,
    scores = excluded.scores, cache_key = excluded.cache_key, trace_id = excluded.trace_id, at = excluded.at`

export type RowOfSql = { item: number; task: TaskFrame; scores: StoredScores; done: boolean }

/** All rows in their order, a page at a time. */
export async function* storedRows(sql: Pick<Sql, 'query'>, id: string): AsyncGenerator<RowOfSql> {
  for (let after = -1; ; ) {
    const page = await sql.query<{ item: number; answer: string; scores: string; done: boolean }>(
      'select item, answer, scores, done from experiment_rows where experiment_id = $1 and item > $2 order by item limit $3',
      [id, after, PAGE],
    )
    for (const { item, answer, scores, done } of page)
      yield { item, task: JSON.parse(answer) as TaskFrame, scores: JSON.parse(scores) as StoredScores, done }
    if (page.length < PAGE) return
    after = page.at(-1)?.item ?? after
  }
}

/** The table of an experiment, from its rows. */
export async function tableOf(sql: Pick<Sql, 'query'>, id: string, size: { numbers: ItemNumbers; repeats: number }): Promise<Table> {
  const { table, take } = buildTable(size)
  for await (const { item, task, scores, done } of storedRows(sql, id)) {
    take({ ...task, item })
    take({ kind: 'scores', item, scores: scores.scores, ...(done && { pass: scores.pass ?? null, score: scores.score ?? null }) })
  }
  table.judgeCostUsd = await judgeCostOf(sql, id)
  return table
}

export async function judgeCostOf(sql: Pick<Sql, 'query'>, id: string): Promise<number> {
  const [row] = await sql.query<{ cost: number | null }>('select sum(cost_usd) as cost from experiment_judged where experiment_id = $1', [
    id,
  ])
  return row?.cost ?? 0
}
