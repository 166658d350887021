import type { Output, Parsed, Turn, TurnStep } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import { scoresWhere } from '../scores/list-scores.ts'
import { type StoredScore, toScore } from '../scores/score-row.ts'
import { scope } from './conditions.ts'
import { once } from './once.ts'
import { parameters } from './parameters.ts'
import { FAILED } from './sessions-figures.ts'
import { namedTraces } from './sessions-named.ts'
import { type Ends, type Payload, readSaid } from './sessions-said.ts'
import { readTurnCursor, type TurnPlace, writeTurnCursor } from './sessions-turn-cursor.ts'
import { toIso } from './time.ts'
import { tracesById } from './traces-by-id.ts'

const MOST_STEPS = 50
export const MOST_SCORES = 50
/** A longer payload is not read for a list: whoever wants it opens the span. */
const MOST_BYTES = 512 * 1024

type Asked = Omit<Parsed<'sessions.get'>, 'sessionId'>

/** The turns of a session, each a trace, in the order in which they began. */
export async function turnsOf(
  events: Events,
  projectId: string,
  sessionId: string,
  { limit, cursor, ...asked }: Asked,
): Promise<Pick<Output<'sessions.get'>, 'turns' | 'nextCursor'>> {
  const final = await once(events, projectId)
  const named = await namedTraces(events, { projectId, column: 'sessionId', ids: [sessionId], ...asked }, final)
  const bound = parameters()
  const after = cursor === undefined ? null : readTurnCursor(cursor)
  const having = after ? ` HAVING (first, traceId) > (${bound.bind('Int64', after.first)}, ${bound.bind('String', after.traceId)})` : ''
  const places = await events.query<TurnPlace>(
    `SELECT traceId, min(toUnixTimestamp64Micro(startedAt)) AS first FROM spans${final}
WHERE ${scope(projectId, {}, bound).join(' AND ')} AND ${named(bound)}
GROUP BY traceId${having} ORDER BY first, traceId LIMIT ${limit + 1}`,
    bound.values,
  )
  const page = places.slice(0, limit)
  const last = page.at(-1)
  const turns = await readTurns(
    events,
    projectId,
    page.map(({ traceId }) => traceId),
  )
  return { turns, ...(last && places.length > limit && { nextCursor: writeTurnCursor(last) }) }
}

async function readTurns(events: Events, projectId: string, traceIds: readonly string[]): Promise<Turn[]> {
  if (traceIds.length === 0) return []
  const given = { project: projectId, traceIds }
  const [known, ends, steps, scores] = await Promise.all([
    tracesById(events, projectId, { traceIds }),
    events.query<StoredEnds>(ENDS, given),
    events.query<StoredStep>(STEPS, given),
    events.query<StoredScore>(
      `${scoresWhere(['projectId = {project:String}', 'traceId IN {traceIds:Array(String)}'])} LIMIT ${MOST_SCORES} BY traceId`,
      given,
    ),
  ])
  const payloads = await payloadsOf(events, projectId, ends)
  const endsOf = new Map(ends.map((row) => [row.traceId, row]))
  const stepsOf = Map.groupBy(steps, ({ traceId }) => traceId)
  const scoresOf = Map.groupBy(scores, ({ traceId }) => traceId)
  return traceIds.flatMap((traceId): Turn[] => {
    const trace = known.get(traceId)?.trace
    const of = endsOf.get(traceId)
    if (!trace || !of) return []
    return [
      {
        trace,
        statusMessage: of.statusMessage || null,
        ...readSaid(of, payloads.get(traceId) ?? new Map()),
        steps: (stepsOf.get(traceId) ?? []).map(toStep),
        stepCount: of.stepCount,
        scores: (scoresOf.get(traceId) ?? []).map(toScore),
      },
    ]
  })
}

type StoredEnds = Ends & { traceId: string; statusMessage: string; stepCount: number }

const NEWEST = `
  SELECT traceId, spanId, parentId, entry, kind, name, status, statusMessage, durationMs, inputBytes, outputBytes, inputPreview, outputPreview,
    toUnixTimestamp64Micro(startedAt) AS micros, (parentId != '', entry = 0, micros, spanId) AS face
  FROM spans
  WHERE projectId = {project:String} AND traceId IN {traceIds:Array(String)}
  ORDER BY receivedAt DESC
  LIMIT 1 BY traceId, spanId`
/** What is shown between question and answer. What the root itself did is the turn. */
const SHOWN = `(kind IN ('tool', 'retriever', 'reranker', 'guardrail') OR (${FAILED} AND parentId != ''))`

const ENDS = `
SELECT
  traceId,
  argMin(spanId, face) AS faceId,
  argMin(kind, face) AS faceKind,
  argMinIf(spanId, micros, kind = 'llm' AND inputBytes > 0) AS firstCall,
  argMaxIf(spanId, (outputBytes > 0, micros), kind = 'llm') AS lastCall,
  argMinIf(statusMessage, micros, ${FAILED} AND statusMessage != '') AS statusMessage,
  countIf(${SHOWN}) AS stepCount
FROM (${NEWEST})
GROUP BY traceId`

type StoredStep = Omit<TurnStep, 'startedAt' | 'statusMessage'> & { traceId: string; micros: number; statusMessage: string }

const STEPS = `
SELECT traceId, spanId, kind, name, status, statusMessage, micros, durationMs, inputPreview, outputPreview
FROM (${NEWEST})
WHERE ${SHOWN}
ORDER BY traceId, micros, spanId
LIMIT ${MOST_STEPS} BY traceId`

const toStep = ({ traceId: _, micros, statusMessage, ...step }: StoredStep): TurnStep => ({
  ...step,
  statusMessage: statusMessage || null,
  startedAt: toIso(micros),
})

async function payloadsOf(events: Events, projectId: string, ends: readonly StoredEnds[]): Promise<Map<string, Map<string, Payload>>> {
  const spans = ends.flatMap(({ traceId, faceId, firstCall, lastCall }) =>
    [...new Set([faceId, firstCall, lastCall])].filter(Boolean).map((spanId) => `${traceId} ${spanId}`),
  )
  const rows = await events.query<Payload & { traceId: string }>(
    `SELECT traceId, spanId, length(input) AS inputBytes, length(output) AS outputBytes,
  if(inputBytes <= ${MOST_BYTES}, input, '') AS read, if(outputBytes <= ${MOST_BYTES}, output, '') AS wrote
FROM payloads FINAL
WHERE projectId = {project:String} AND traceId IN {traceIds:Array(String)} AND concat(traceId, ' ', spanId) IN {spans:Array(String)}
ORDER BY startedAt DESC LIMIT 1 BY traceId, spanId`,
    { project: projectId, traceIds: ends.map(({ traceId }) => traceId), spans },
  )
  const ofTrace = [...Map.groupBy(rows, ({ traceId }) => traceId)]
  return new Map(ofTrace.map(([traceId, payloads]) => [traceId, new Map(payloads.map((payload) => [payload.spanId, payload]))]))
}
