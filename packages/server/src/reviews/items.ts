import { AppError, type Parsed, type ReviewReason, type ReviewSource } from '@signalbox/schema'
import type { HandlersOf } from '../lib/handlers.ts'
import { newId } from '../lib/ids.ts'
import type { Sql } from '../store/ports.ts'
import { previewOf } from './content.ts'
import { getQueue, rubricOf } from './rows.ts'
import { choose, uncertaintyOf } from './sampler.ts'
import type { Place, ReviewSurroundings } from './surroundings.ts'

type Rooms = ReviewSurroundings & { sql: Sql; now: () => Date }
type ItemHandlers = Pick<HandlersOf<'reviews'>, `reviews.${'addItems' | 'sample' | 'verdicts'}`>
/** `content` is null where it is read of the call itself. */
type NewItem = { source: ReviewSource; content: object | null; preview: string; reason: ReviewReason }
type Missing = { source: ReviewSource; why: string }

/** A sampler looks at no more calls than these, newest first. */
const MOST_CANDIDATES = 500

/** What comes into a queue. */
export function itemHandlers(rooms: Rooms): ItemHandlers {
  const { sql, now } = rooms

  async function insert(projectId: string, queueId: string, items: readonly NewItem[]): Promise<{ added: number; already: number }> {
    return sql.transaction(async (session) => {
      const queue = await getQueue(session, projectId, queueId, true)
      if (queue.archived_at)
        throw new AppError('conflict', `The queue ${JSON.stringify(queue.name)} is archived.`, {
          hint: 'Take it out of the archive first.',
        })
      const rubric = await rubricOf(session, queue, queue.rubric_version)
      const pairs = rubric.questions.some(({ kind }) => kind === 'pairwise')
      const single = items.find(({ content }) => pairs && !(content !== null && 'other' in content))
      if (single)
        throw new AppError('invalid-request', 'This queue compares two answers, and an item has only one.', {
          hint: 'Send them as `given`, with `output` and `other` in their content.',
        })
      let position = Number(queue.next_position)
      let added = 0
      for (const { source, content, preview, reason } of items) {
        const rows = await session.query(
          `insert into review_items (id, queue_id, project_id, source, source_key, trace_id, content, preview, reason, position, rubric_version, state,
             gold_reason, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'open', '', $12) on conflict do nothing returning 1`,
          [
            ...[newId('rvi'), queue.id, projectId, JSON.stringify(source), keyOf(source), source.kind === 'span' ? source.traceId : null],
            ...[content && JSON.stringify(content), preview, reason, position, queue.rubric_version, now()],
          ],
        )
        if (rows.length > 0) {
          added++
          position++
        }
      }
      await session.query('update review_queues set next_position = $2 where id = $1', [queue.id, position])
      return { added, already: items.length - added }
    })
  }

  async function ofSpans(projectId: string, places: readonly (Place & { reason: ReviewReason })[]) {
    const items: NewItem[] = []
    const missing: Missing[] = []
    for (const { traceId, spanId, reason } of places) {
      const source: ReviewSource = { kind: 'span', traceId, spanId }
      const said = await rooms.said(projectId, source)
      if (said) items.push({ source, content: null, preview: previewOf(said), reason })
      else missing.push({ source, why: 'it is not there, or what was said in it was not recorded' })
    }
    return { items, missing }
  }

  return {
    'reviews.addItems': async ({ queueId, spans, dataset, given, reason }, { caller }) => {
      const { projectId } = caller
      await getQueue(sql, projectId, queueId)
      const { items, missing } = await ofSpans(
        projectId,
        spans.map((place) => ({ ...place, reason })),
      )
      if (dataset) {
        const { version, rows } = await rooms.datasetRows(projectId, dataset)
        for (const { id, content, sealed } of rows) {
          const source: ReviewSource = { kind: 'dataset', dataset: dataset.name, itemId: id, version }
          if (sealed || content === null) missing.push({ source, why: 'it is of the holdout, which is sealed' })
          else {
            const { input, expected, context } = content
            const shown = { input, ...(expected !== undefined && { output: expected }), ...(context !== undefined && { context }) }
            items.push({ source, content: shown, preview: previewOf(content), reason })
          }
        }
      }
      for (const { id, content, source } of given)
        items.push({ source: source ?? { kind: 'given', id }, content, preview: previewOf(content), reason })
      return { ...(await insert(projectId, queueId, items)), missing: missing.slice(0, 500) }
    },
    'reviews.sample': async ({ queueId, ...wanted }, { caller }) => {
      const { projectId } = caller
      const queue = await getQueue(sql, projectId, queueId)
      const candidates = await candidatesOf(rooms, projectId, wanted)
      const known = new Set(
        (await sql.query<{ source_key: string }>('select source_key from review_items where queue_id = $1', [queue.id])).map(
          (row) => row.source_key,
        ),
      )
      const fresh = candidates.filter((place) => !known.has(keyOf({ kind: 'span', ...place })))
      const scores = await rooms.scoresOf(projectId, [...new Set(fresh.map(({ traceId }) => traceId))])
      const chosen = choose(fresh, (place) => uncertaintyOf(place, scores, wanted), {
        ...wanted,
        seed: wanted.seed ?? Date.now() % 2 ** 31,
      })
      const { items, missing } = await ofSpans(projectId, chosen)
      const { added, already } = await insert(projectId, queueId, items)
      const reasons: Partial<Record<ReviewReason, number>> = {}
      for (const { reason } of items) reasons[reason] = (reasons[reason] ?? 0) + 1
      return { added, already: already + candidates.length - fresh.length, missing, candidates: candidates.length, reasons }
    },
    'reviews.verdicts': async ({ queueId, judge, judgeVersion, verdicts }, { caller }) => {
      const queue = await getQueue(sql, caller.projectId, queueId)
      const at = now()
      const stored = await sql.query<{ item_id: string }>(
        `insert into review_verdicts (item_id, judge, judge_version, score, at)
         select distinct on (i.id, v.at) i.id, $2::text, $3::text, v.score, v.at
         from unnest($4::text[], $5::float8[], $6::timestamptz[]) as v (item_id, score, at)
           join review_items i on i.id = v.item_id and i.queue_id = $1 order by i.id, v.at
         on conflict (item_id, judge, judge_version, at) do update set score = excluded.score returning item_id`,
        [
          ...[queue.id, judge, judgeVersion, verdicts.map(({ itemId }) => itemId), verdicts.map(({ score }) => score)],
          verdicts.map((verdict) => verdict.at ?? at.toISOString()),
        ],
      )
      const known = new Set(stored.map((row) => row.item_id))
      return { stored: stored.length, unknown: [...new Set(verdicts.map(({ itemId }) => itemId))].filter((id) => !known.has(id)) }
    },
  }
}

const candidatesOf = (rooms: Rooms, projectId: string, { filter, from, to }: Pick<Parsed<'reviews.sample'>, 'filter' | 'from' | 'to'>) =>
  rooms.find(projectId, { filter, from, to, limit: MOST_CANDIDATES })

/** By which the same thing is not put into a queue twice. */
function keyOf(source: ReviewSource): string {
  switch (source.kind) {
    case 'span':
      return `span ${source.traceId} ${source.spanId}`
    case 'dataset':
      return `dataset ${JSON.stringify([source.dataset, source.itemId, source.version])}`
    case 'experiment':
      return `experiment ${JSON.stringify([source.runId, source.caseId, source.variant, source.other ?? null])}`
    case 'given':
      return `given ${source.id}`
  }
}
