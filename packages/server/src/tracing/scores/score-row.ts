import { type NewScore, type Score, type ScoreRow, type ScoreSource, scoreTypeOf } from '@signalbox/schema'
import { newId, spanIdOf, traceIdOf } from '../../lib/ids.ts'
import { toIso, toMicros } from '../queries/time.ts'

/** Who says so, and when the edge had it: microseconds since 1970. */
export type ScoreContext = { projectId: string; authorId: string; receivedAt: number; source: ScoreSource }

/**
 * Public keys are in every browser. Their scores are feedback whatever they say they are, and under names of their own, so that no id
 * that somebody can guess takes the place of what an evaluator or a person said.
 */
export const feedbackId = (id: string): string => (id.startsWith(FEEDBACK) ? id : `${FEEDBACK}${id}`)
const FEEDBACK = 'feedback:'

/** A score of the API as a row. */
export function toScoreRow(given: NewScore, { projectId, authorId, receivedAt, source }: ScoreContext): ScoreRow {
  const { value, type = scoreTypeOf(value) } = given
  const traceId = given.traceId === undefined ? '' : traceIdOf(projectId, given.traceId)
  const id = given.id ?? newId('score')
  const isFeedback = source === 'feedback'
  return {
    projectId,
    id: isFeedback ? feedbackId(id) : id,
    traceId,
    spanId: given.spanId === undefined ? '' : spanIdOf(projectId, given.spanId),
    sessionId: given.sessionId ?? '',
    runId: '',
    name: given.name,
    type,
    ...scoreColumns(value, type),
    comment: given.comment ?? '',
    source: isFeedback ? source : (given.source ?? source),
    authorId,
    environment: given.environment ?? '',
    metadata: given.metadata ?? {},
    at: given.at === undefined ? receivedAt : storableTime(toMicros(given.at)),
    receivedAt,
  }
}

/** A value as the two columns for it. */
export const scoreColumns = (value: number | string | boolean, type: ScoreRow['type']): Pick<ScoreRow, 'value' | 'text'> =>
  type === 'numeric' || type === 'boolean' ? { value: Number(value), text: '' } : { value: null, text: String(value) }

/** What `DateTime64(6)` can hold: 1970 to 2261. */
export const storableTime = (micros: number): number => Math.min(Math.max(Math.round(micros), 0), 9_214_646_400_000_000)

/** A row as a query gives it: the times are under names of their own, since an alias would hide the column. */
export type StoredScore = Omit<ScoreRow, 'at' | 'receivedAt'> & { atMicros: number; receivedAtMicros: number }

/** A row as the API answers it. */
export const toScore = (row: StoredScore): Score => ({
  id: row.id,
  traceId: row.traceId || null,
  spanId: row.spanId || null,
  sessionId: row.sessionId || null,
  runId: row.runId || null,
  name: row.name,
  type: row.type,
  value: row.type === 'boolean' ? row.value === 1 : row.type === 'numeric' ? row.value : row.text,
  comment: row.comment || null,
  source: row.source,
  authorId: row.authorId || null,
  environment: row.environment || null,
  metadata: row.metadata,
  at: toIso(row.atMicros),
})

export const storedScore = ({ at, receivedAt, ...row }: ScoreRow): StoredScore => ({ ...row, atMicros: at, receivedAtMicros: receivedAt })
