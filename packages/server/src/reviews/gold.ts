import type { NewScore, Output, Parsed, ReviewAnswers, ReviewRubric, ReviewSource } from '@signalbox/schema'
import type { Sql } from '../store/ports.ts'
import type { ContentReader } from './content.ts'
import { readAnswers, type StoredQueue } from './rows.ts'
import { measuresOf } from './rubric.ts'
import type { ReviewSurroundings } from './surroundings.ts'

type Unscored = {
  id: string
  project_id: string
  source: ReviewSource
  gold: string
  gold_by: string
  decided_by: string | null
  decided_at: Date
  rubric_version: number
  rubric: string
  queue_id: string
  queue: string
}
type Warn = (details: object, what: string) => void

/**
 * Writes what was decided as scores on the trace. It is noted at the item when that is done, so that after a crash in between it is done again,
 * under the same ids.
 */
export function createScoreWriter({ sql, writeScores, warn }: Pick<ReviewSurroundings, 'writeScores'> & { sql: Sql; warn: Warn }) {
  let running = Promise.resolve()
  const writeAll = async () => {
    const items = await sql.query<Unscored>(
      `select i.id, i.project_id, i.source, i.gold, i.gold_by, i.decided_by, i.decided_at, i.rubric_version, r.rubric, q.id as queue_id, q.name as queue
       from review_items i join review_queues q on q.id = i.queue_id join review_rubrics r on r.queue_id = i.queue_id and r.version = i.rubric_version
       where i.gold is not null and i.scored_at is null order by i.decided_at limit 200`,
    )
    for (const item of items) {
      const scores = scoresOf(item)
      if (scores.length > 0) await writeScores(item.project_id, item.decided_by ?? '', scores)
      await sql.query('update review_items set scored_at = $2 where id = $1 and decided_at = $2', [item.id, item.decided_at])
    }
  }
  return {
    /** Soon; whoever decided does not wait for it. */
    kick(): Promise<void> {
      running = running
        .then(writeAll)
        .catch((error: unknown) => warn({ err: error }, 'what reviewers decided could not be written as scores'))
      return running
    },
  }
}

function scoresOf(item: Unscored): NewScore[] {
  const { source } = item
  if (source.kind !== 'span') return []
  const answers = readAnswers(item.gold)
  const rubric = JSON.parse(item.rubric) as ReviewRubric
  const common = {
    traceId: source.traceId,
    spanId: source.spanId,
    source: 'annotation' as const,
    at: new Date(item.decided_at).toISOString(),
    metadata: { queue: item.queue, queueId: item.queue_id, itemId: item.id, rubricVersion: `${item.rubric_version}`, by: item.gold_by },
  }
  const idOf = (name: string) => `review:${item.id}:${name}`
  const scores: NewScore[] = []
  for (const { id, scoreName, level, categories, placeOf } of measuresOf(rubric)) {
    const place = placeOf(answers)
    if (place === null) continue
    const question = rubric.questions.find((one) => one.id === id.split(':')[0])
    const flag = question?.kind === 'binary' || id.includes(':')
    if (flag) scores.push({ ...common, id: idOf(id), name: scoreName, type: 'boolean', value: place === 1 })
    else {
      const option = question && 'options' in question ? question.options[place] : undefined
      const label = option?.value ?? categories[place] ?? ''
      if (level === 'ordinal')
        scores.push({ ...common, id: idOf(id), name: scoreName, type: 'numeric', value: option?.score ?? place, comment: label })
      else scores.push({ ...common, id: idOf(id), name: scoreName, type: 'categorical', value: label })
    }
  }
  for (const question of rubric.questions)
    if (question.kind === 'correction' && typeof answers[question.id] === 'string' && answers[question.id] !== '')
      scores.push({
        ...common,
        id: idOf(question.id),
        name: question.scoreName ?? question.id,
        type: 'text',
        value: answers[question.id] as string,
      })
  return scores
}

/** How decided items go to a dataset. */
export type DatasetWriter = (wanted: {
  name: string
  items: { id: string; content: object; source: object | undefined }[]
}) => Promise<Pick<Output<'reviews.toDataset'>, 'version' | 'added' | 'changed' | 'unchanged'>>

type Rows = { sql: Sql; contentOf: ContentReader; queue: StoredQueue; wanted: Omit<Parsed<'reviews.toDataset'>, 'queueId'> }
/** What was decided, as rows of a dataset: with what reviewers corrected as what should come back, and their answers as metadata. */
export async function datasetRowsOf({ sql, contentOf, queue, wanted }: Rows) {
  const decided = await sql.query<{ id: string; source: ReviewSource; content: string | null; gold: string; rubric: string }>(
    `select i.id, i.source, i.content, i.gold, r.rubric from review_items i
       join review_rubrics r on r.queue_id = i.queue_id and r.version = i.rubric_version where i.queue_id = $1 and i.gold is not null order by i.position`,
    [queue.id],
  )
  const rows: { id: string; content: object; source: object | undefined }[] = []
  let missing = 0
  for (const { id, source, content, gold, rubric } of decided) {
    const answers = readAnswers(gold)
    const expected = expectedOf(JSON.parse(rubric) as ReviewRubric, answers)
    if (wanted.onlyCorrected && expected.correction === undefined) continue
    const said = await contentOf(queue.project_id, { content, source })
    if (!said) {
      missing++
      continue
    }
    const right =
      wanted.expected === 'none'
        ? undefined
        : (expected.correction ?? (wanted.expected === 'passed' && expected.passed ? said.output : undefined))
    rows.push({
      id: source.kind === 'dataset' ? source.itemId : `review-${id}`,
      content: {
        input: said.input,
        ...(right !== undefined && { expected: right }),
        ...(said.context !== undefined && { context: said.context }),
        metadata: { review: { queue: queue.name, itemId: id, answers } },
        tags: wanted.tags,
        ...(wanted.split && { split: wanted.split }),
      },
      source: source.kind === 'span' ? { kind: 'trace', traceId: source.traceId, spanId: source.spanId } : undefined,
    })
  }
  return { rows, missing }
}

function expectedOf(rubric: ReviewRubric, answers: ReviewAnswers): { correction: string | undefined; passed: boolean } {
  const corrections = rubric.questions.flatMap(({ kind, id }) => (kind === 'correction' && answers[id] ? [answers[id]] : []))
  const verdicts = measuresOf(rubric).map((measure) => measure.passOf(answers))
  return {
    correction: typeof corrections[0] === 'string' ? corrections[0] : undefined,
    passed: verdicts.some((verdict) => verdict !== null) && verdicts.every((verdict) => verdict !== false),
  }
}
