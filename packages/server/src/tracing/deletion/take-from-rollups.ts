import type { Events } from '../../store/ports.ts'
import { ROLLUP_DIMENSIONS } from '../rollup-dimensions.ts'
import { UNHIDDEN } from './deleted-rows.ts'

const DIMENSIONS = ROLLUP_DIMENSIONS.join(', ')
/** Columns of the rollups that are sums of whole numbers, and of fractions. */
const COUNTS = ['spans', 'inputTokens', 'outputTokens', 'cost', 'priced', 'unpriced', 'generationTokens'] as const
const LINES = 20_000
const TWO_64 = 1n << 64n

/**
 * Takes the spans that a deletion found out of the minutes, and so out of the hours that follow from them: rows with the same sums
 * below zero, under a token, so that a second try changes nothing. Sums wrap around and back, as where a span changes
 * (0005_patches.sql). Out of a digest nothing can be taken: percentiles of a past minute keep what they had.
 */
export async function takeFromRollups(
  events: Events,
  { id, projectId, part }: { id: string; projectId: string; part: number },
): Promise<void> {
  const found = `(traceId, spanId) IN (SELECT traceId, spanId FROM deleted_spans WHERE deletionId = {id:String} AND part = {part:UInt16})`
  const generated = `durationMs - ifNull(firstTokenMs, 0)`
  // One row for one span, as it counts: of the newest row where it was sent more than once, of its versions where it changed. Of one that
  // came as it is and was corrected later, the log also says what no longer counts (below zero), of which no other row is left.
  const rows = await events.query<Record<string, unknown>>(
    `SELECT toString(toStartOfMinute(toDateTime(startedAt, 'UTC'))) AS minute, ${DIMENSIONS},
  toString(sum(sign)) AS spans,
  toString(sumIf(sign * i, leaf)) AS inputTokens,
  toString(sumIf(sign * o, leaf)) AS outputTokens,
  toString(sumIf(sign * ifNull(c, 0), leaf)) AS cost,
  toString(sumIf(sign, leaf AND isNotNull(c))) AS priced,
  toString(sumIf(sign, leaf AND isNull(c) AND i + o > 0)) AS unpriced,
  toString(sumIf(sign * o, leaf AND ${generated} > 0)) AS generationTokens,
  sumIf(sign * (${generated}), leaf AND o > 0 AND ${generated} > 0) AS generationMs
FROM (
  SELECT startedAt, ${DIMENSIONS}, toInt64(1) AS sign,
    usageRole = 'leaf' AS leaf, toInt64(inputTokens) AS i, toInt64(outputTokens) AS o, cost AS c, durationMs, firstTokenMs
  FROM spans FINAL WHERE projectId = {project:String} AND versioned = 0 AND ${found}
  UNION ALL
  SELECT startedAt, ${DIMENSIONS}, sum(toInt64(v.sign)) AS sign,
    usageRole = 'leaf' AS leaf, toInt64(inputTokens) AS i, toInt64(outputTokens) AS o, cost AS c, durationMs, firstTokenMs
  FROM span_versions AS v WHERE projectId = {project:String} AND status != 'running' AND ${found}
  GROUP BY traceId, spanId, startedAt, ${DIMENSIONS},
    usageRole, inputTokens, outputTokens, cost, durationMs, firstTokenMs
  HAVING sum(toInt64(v.sign)) > 0
)
GROUP BY ALL ORDER BY minute, ${DIMENSIONS} ${UNHIDDEN}`,
    { project: projectId, id, part },
  )
  const lines = rows.filter(({ spans }) => spans !== '0').map((row) => JSON.stringify({ projectId, ...row, ...negative(row) }))
  for (let from = 0; from < lines.length; from += LINES)
    await events.insert('spans_1m', lines.slice(from, from + LINES), `${id}:${part}:rollups:${from}`)
}

function negative(row: Record<string, unknown>): Record<string, string | number> {
  const counts = COUNTS.map((name) => {
    const below = -BigInt(String(row[name]))
    return [name, String(name === 'cost' || below >= 0n ? below : TWO_64 + below)]
  })
  return { ...Object.fromEntries(counts), generationMs: -Number(row.generationMs) }
}
