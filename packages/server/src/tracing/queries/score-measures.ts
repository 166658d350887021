import { type Measure, scoreMeasureOf } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import type { Parameters } from './parameters.ts'

type ScoreMeasures = {
  /** The names of the scores, each once; the columns of the first end in 0, and so on. */
  scores: string[]
  /** Each measure over those columns. */
  sql: Map<Measure, string>
  /** A group in which all of these are 0 has no scores. */
  present: string[]
}

/** The measures of scores among all that are asked for. Without a score there is no average; a count without one is 0. */
export function scoreMeasures(measures: readonly Measure[]): ScoreMeasures {
  const asked = measures.flatMap((name) => {
    const found = scoreMeasureOf(name)
    return found ? [{ name, ...found }] : []
  })
  const scores = [...new Set(asked.map(({ score }) => score))]
  const columns = (score: string) => {
    const at = scores.indexOf(score)
    return {
      scoreAvg: `if(valued${at} = 0, NULL, round(sum${at} / valued${at}, 6))`,
      scoreCount: `scored${at}`,
      scoreTrue: `true${at}`,
      scoreFalse: `false${at}`,
    }
  }
  return {
    scores,
    sql: new Map(asked.map(({ name, measure, score }) => [name, columns(score)[measure]])),
    present: scores.map((_, at) => `scored${at}`),
  }
}

/** Whether any of these scores was given to a session: few are, and looking for the traces of sessions takes longer than this. */
export async function areOfSessions(events: Events, projectId: string, scores: readonly string[]): Promise<boolean> {
  if (scores.length === 0) return false
  const found = await events.query(
    `SELECT 1 FROM scores WHERE projectId = {project:String} AND name IN {names:Array(String)} AND traceId = '' AND sessionId != '' LIMIT 1`,
    { project: projectId, names: scores },
  )
  return found.length > 0
}

/**
 * A subquery with one row per group and the sums of its scores. A score is of a span, of a trace as a whole or of a session; then it counts
 * once in each group that has a matching span of that trace, or of a trace of that session, however many there are: thumbs by model are
 * counted by what they were given to, not by call.
 * As with filters, a score that was said again counts as it was said last.
 */
export function scoresOf(
  { scores }: ScoreMeasures,
  {
    bound,
    names,
    groups,
    where,
    final,
    sessions,
  }: {
    bound: Parameters
    /** What to group by, and the same as expressions over a span with their names. `bucket` is a time: the first counts. */
    names: readonly string[]
    groups: readonly string[]
    where: readonly string[]
    final: string
    /** Whether scores of sessions are among them. */
    sessions: boolean
  },
): string {
  const { bind, project } = bound
  const dimensions = names.filter((name) => name !== 'bucket')
  const first = names.includes('bucket') ? ['min(bucket) AS firstBucket'] : []
  const named = scores.map((score) => bind('String', score))
  const sums = named.flatMap((name, at) => [
    `countIf(scoreName = ${name}) AS scored${at}`,
    `countIf(scoreName = ${name} AND isNotNull(scoreValue)) AS valued${at}`,
    `sumIf(ifNull(scoreValue, 0), scoreName = ${name}) AS sum${at}`,
    `countIf(scoreName = ${name} AND scoreType = 'boolean' AND scoreValue = 1) AS true${at}`,
    `countIf(scoreName = ${name} AND scoreType = 'boolean' AND scoreValue = 0) AS false${at}`,
  ])
  const outer = names.map((name) => (name === 'bucket' ? 'firstBucket AS bucket' : name))
  return `(
  SELECT ${[...outer, ...sums].join(', ')}
  FROM (
    SELECT ${[...dimensions, ...first, 'scoreId', 'any(scoreName) AS scoreName', 'any(scoreType) AS scoreType', 'any(scoreValue) AS scoreValue'].join(', ')}
    FROM (
      SELECT ${[...groups, 'scoreId', 'scoreName', 'scoreType', 'scoreValue'].join(', ')}
      FROM spans AS s${final}
      INNER JOIN (
        SELECT id AS scoreId, name AS scoreName, type AS scoreType, value AS scoreValue, traceId AS scoreTrace, spanId AS scoreSpan
        FROM scores FINAL
        WHERE projectId = ${project()} AND name IN (${named.join(', ')}) AND traceId != ''
        ${sessions ? ofSessions({ project: project(), named, final }) : ''}
      ) AS judged ON s.traceId = judged.scoreTrace
      WHERE ${["(scoreSpan = '' OR scoreSpan = spanId)", ...where].join(' AND ')}
    )
    GROUP BY ${[...dimensions, 'scoreId'].join(', ')}
  )
  ${names.length > 0 ? `GROUP BY ${names.join(', ')}` : ''}
)`
}

/** Scores of sessions, once for each trace that one of its spans counts to the session. */
const ofSessions = ({ project, named, final }: { project: string; named: readonly string[]; final: string }): string => {
  const given = `FROM scores FINAL WHERE projectId = ${project} AND name IN (${named.join(', ')}) AND traceId = '' AND sessionId != ''`
  return `UNION ALL
        SELECT given.scoreId, given.scoreName, given.scoreType, given.scoreValue, turns.turnTrace AS scoreTrace, '' AS scoreSpan
        FROM (SELECT id AS scoreId, name AS scoreName, type AS scoreType, value AS scoreValue, sessionId AS scoreSession ${given}) AS given
        INNER JOIN (
          SELECT DISTINCT traceId AS turnTrace, sessionId AS turnSession FROM spans${final}
          WHERE projectId = ${project} AND sessionId IN (SELECT sessionId ${given})
        ) AS turns ON turns.turnSession = given.scoreSession`
}
