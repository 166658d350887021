import { AppError, type ReviewAnswers, type ReviewCalibration, type ReviewReason } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import { newId } from '../lib/ids.ts'
import type { Sql, SqlSession } from '../store/ports.ts'
import { calibrate, type Verdict } from './calibrate.ts'
import { next, placeOf } from './pages.ts'
import { agreementOn, type Given, reviewersOf } from './report.ts'
import { actorOf, ENTRIES, getQueue, nameOf, readAnswers, rubricOf, type StoredEntry, type StoredQueue } from './rows.ts'
import { measuresOf } from './rubric.ts'
import type { CallScore, ReviewSurroundings } from './surroundings.ts'

type Rooms = Pick<ReviewSurroundings, 'scoresOf' | 'judgedApart'> & { sql: Sql; now: () => Date }
type JudgeHandlers = Pick<HandlersOf<'reviews'>, `reviews.${'agreement' | 'calibrate' | 'calibrations' | 'judges'}`>
type Item = { id: string; traceId: string | null; spanId: string; reason: ReviewReason; gold: string | null }

/** Reports over what people said: between each other, and against judges. */
export function judgeHandlers({ sql, now, scoresOf, judgedApart }: Rooms): JudgeHandlers {
  /** Everything that was said under one version of the rubric. */
  const saidUnder = async (queue: StoredQueue, version: number) => {
    const entries = await sql.query<StoredEntry>(
      `${ENTRIES} join review_items i on i.id = e.item_id where i.queue_id = $1 and e.rubric_version = $2 order by e.at`,
      [queue.id, version],
    )
    const given: Given[] = entries
      .filter(({ kind }) => kind === 'answered')
      .map(({ item_id, reviewer_id, reviewer, answers, seconds }) => ({
        itemId: item_id,
        reviewer: reviewer_id,
        name: reviewer,
        answers: readAnswers(answers),
        seconds,
      }))
    // What is told of an item before all its answers are in would tell the others what was said.
    const open = new Set(
      (await sql.query<{ id: string }>(`select id from review_items where queue_id = $1 and state = 'open'`, [queue.id])).map(
        ({ id }) => id,
      ),
    )
    const skipped = new Map<string, number>()
    for (const { kind, reviewer_id } of entries) if (kind !== 'answered') skipped.set(reviewer_id, (skipped.get(reviewer_id) ?? 0) + 1)
    return { given: given.filter(({ itemId }) => !open.has(itemId)), skipped }
  }
  const decidedUnder = async (queue: StoredQueue, version: number) =>
    (await itemsOf(sql, queue, version)).flatMap(({ id, gold, ...item }) =>
      gold === null ? [] : [{ ...item, itemId: id, answers: readAnswers(gold) as ReviewAnswers }],
    )

  return {
    'reviews.agreement': async ({ queueId, rubricVersion, measure }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      const version = rubricVersion ?? queue.rubric_version
      const measures = measuresOf(await rubricOf(sql, queue, version))
      const of = measure === undefined ? measures[0] : measures.find(({ id }) => id === measure)
      if (measure !== undefined && !of) throw noMeasure(measure, measures)
      const { given, skipped } = await saidUnder(queue, version)
      const gold = new Map((await decidedUnder(queue, version)).map(({ itemId, answers }) => [itemId, answers]))
      return {
        rubricVersion: version,
        measures: measures.map((one) => agreementOn(one, given, version)),
        reviewers: reviewersOf(of, { given, skipped, gold }),
      }
    },
    'reviews.judges': async ({ queueId }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      const items = await itemsOf(sql, queue, undefined)
      const posted = await sql.query<{ judge: string; item_id: string }>(
        'select distinct v.judge, v.item_id from review_verdicts v join review_items i on i.id = v.item_id where i.queue_id = $1',
        [queue.id],
      )
      const scored = (await scoresOf(caller.projectId, tracesOf(items))).filter(isVerdict)
      const judged = new Map<string, Set<string>>()
      const note = (judge: string, item: string) => judged.set(judge, (judged.get(judge) ?? new Set()).add(item))
      for (const { judge, item_id } of posted) note(judge, item_id)
      for (const score of scored) for (const item of itemsOfScore(items, score)) note(score.name, item.id)
      return { judges: [...judged].map(([judge, of]) => ({ judge, items: of.size })).sort((one, other) => other.items - one.items) }
    },
    'reviews.calibrate': async ({ queueId, judge, measure: id, rubricVersion, from, to, ...wanted }, { caller }) => {
      const { projectId } = caller
      const queue = await getQueue(sql, projectId, queueId)
      const version = rubricVersion ?? queue.rubric_version
      const measures = measuresOf(await rubricOf(sql, queue, version))
      const measure = measures.find((one) => one.id === id)
      if (!measure) throw noMeasure(id, measures)
      const items = await itemsOf(sql, queue, version)
      const traces = tracesOf(items)
      const numbers = calibrate({
        measure,
        decided: await decidedUnder(queue, version),
        given: (await saidUnder(queue, version)).given,
        verdicts: await verdictsOf(sql, { queue, items, judge, scores: (await scoresOf(projectId, traces, judge)).filter(isVerdict) }),
        apart: await judgedApart(projectId, { judge, threshold: wanted.threshold, without: traces, from, to }),
        wanted,
      })
      const [account] = await sql.query<{ name: string | null }>(`select ${nameOf('$1')} as name`, [actorOf(caller)])
      const report: ReviewCalibration = {
        ...{ id: newId('rvc'), queueId: queue.id, queue: queue.name, judge, measure: id, rubricVersion: version },
        ...numbers,
        ...{ at: now().toISOString(), by: account?.name ?? null },
      }
      await sql.query('insert into review_calibrations (id, project_id, queue_id, judge, report, at) values ($1, $2, $3, $4, $5, $6)', [
        ...[report.id, projectId, queue.id, judge, JSON.stringify(report), report.at],
      ])
      return report
    },
    'reviews.calibrations': async ({ queueId, judge, limit, cursor }, { caller }) => {
      const [at, id] = placeOf(cursor)
      const rows = await sql.query<{ id: string; report: string; at: Date }>(
        `select id, report, at from review_calibrations where project_id = $1 and ($2::text is null or queue_id = $2) and ($3::text is null or judge = $3)
           and ($4::timestamptz is null or (at, id) < ($4, $5)) order by at desc, id desc limit $6`,
        [caller.projectId, queueId ?? null, judge ?? null, at ?? null, id ?? '', limit + 1],
      )
      return {
        calibrations: rows.slice(0, limit).map(({ report }) => JSON.parse(report) as ReviewCalibration),
        ...next(rows, limit, (row) => [new Date(row.at).toISOString(), row.id]),
      }
    },
  }
}

/**
 * Whether the scores of a judge may stop a release: by its last calibration. One that was never held against people may, and it is said that it was
 * not: only what is known to be below its bar is kept from it.
 */
export async function judgeStanding(
  sql: SqlSession,
  projectId: string,
  judge: string,
): Promise<{ mayBlock: boolean; why: string; calibratedAt: string | null }> {
  const [last] = await sql.query<{ report: string }>(
    'select report from review_calibrations where project_id = $1 and judge = $2 order by at desc, id desc limit 1',
    [projectId, judge],
  )
  if (!last) return { mayBlock: true, why: 'It was never held against people.', calibratedAt: null }
  const { mayBlock, why, at } = JSON.parse(last.report) as ReviewCalibration
  return { mayBlock, why, calibratedAt: at }
}

const itemsOf = async (sql: Sql, queue: StoredQueue, version: number | undefined): Promise<Item[]> =>
  await sql.query<Item>(
    `select id, trace_id as "traceId", coalesce(source->>'spanId', '') as "spanId", reason, gold from review_items
     where queue_id = $1 and ($2::int is null or rubric_version = $2)`,
    [queue.id, version ?? null],
  )

const tracesOf = (items: readonly Item[]): string[] => [...new Set(items.flatMap(({ traceId }) => (traceId === null ? [] : [traceId])))]
/** People are who judges are held against, and users are no judges. */
const isVerdict = ({ source, value }: CallScore): boolean => (source === 'eval' || source === 'api') && value !== null
const itemsOfScore = (items: readonly Item[], { traceId, spanId }: CallScore): Item[] =>
  items.filter((item) => item.traceId === traceId && (spanId === '' || item.spanId === spanId))

type Asked = { queue: StoredQueue; items: readonly Item[]; judge: string; scores: readonly CallScore[] }
async function verdictsOf(sql: Sql, { queue, items, judge, scores }: Asked): Promise<Verdict[]> {
  const posted = await sql.query<{ item_id: string; score: number; at: Date }>(
    'select v.item_id, v.score, v.at from review_verdicts v join review_items i on i.id = v.item_id where i.queue_id = $1 and v.judge = $2',
    [queue.id, judge],
  )
  const own = posted.map(({ item_id, score, at }) => ({ itemId: item_id, score, atMs: new Date(at).getTime() }))
  const onTraces = scores.flatMap((score) =>
    itemsOfScore(items, score).map(({ id }) => ({ itemId: id, score: score.value ?? 0, atMs: score.atMs })),
  )
  return [...own, ...onTraces].sort((one, other) => one.atMs - other.atMs)
}

const noMeasure = (id: string, measures: readonly { id: string }[]) =>
  new AppError('not-found', `The rubric asks nothing called ${JSON.stringify(id)}.`, {
    hint: `It asks ${measures.map((one) => one.id).join(', ')}.`,
  })
