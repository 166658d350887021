import { traceIdOf } from '../../../lib/ids.ts'
import { observationSpanOf } from '../../../tracing/ingest/langfuse/ids.ts'
import { scope } from '../../../tracing/queries/conditions.ts'
import { TYPES } from '../shapes.ts'
import { entriesJoin, type View, wordsOf } from './view.ts'

const NANO = 1e9
const LEAF = `s.usageRole = 'leaf'`
/** What no provider or client has counted is no 0 that would pull an average down. */
const COUNTED = `${LEAF} AND (s.usageSource != 'none' OR s.inputTokens + s.outputTokens > 0)`
const SECONDS = '(s.durationMs / 1000)'
const sideOf = (isOutput: string) =>
  `if(${LEAF} AND notEmpty(s.costParts), arraySum(arrayFilter((cost, part) -> ${isOutput}, mapValues(s.costParts), mapKeys(s.costParts))), NULL)`
const OUTPUT = `(startsWith(part, 'output') OR part = 'reasoning')`

/** Spans that stand for a trace of the older protocol are no observations. */
const NO_TRACE = `NOT (s.source = 'langfuse' AND s.parentId = '')`

/** Langfuse's `observations`: spans that have ended. Tokens and costs are of those that called a model themselves. */
export const observations: View = {
  rows: ({ projectId, from, to }, bound, final) => ({
    from: `spans AS s${final}`,
    where: [...scope(projectId, { from, to }, bound), `s.status != 'running'`, NO_TRACE],
  }),
  time: 's.startedAt',
  timeName: 'startTime',
  metadata: 's.metadata',
  dimensions: {
    id: {
      sql: 's.spanId',
      type: 'string',
      filterOnly: true,
      stored: { sql: 's.spanId', of: (projectId, id) => observationSpanOf(projectId, '', id) },
    },
    traceId: {
      sql: `if(s.externalId != '', s.externalId, s.traceId)`,
      type: 'string',
      many: true,
      stored: { sql: 's.traceId', of: traceIdOf },
    },
    parentObservationId: {
      sql: 's.parentId',
      type: 'string',
      filterOnly: true,
      stored: { sql: 's.parentId', of: (projectId, id) => observationSpanOf(projectId, '', id) },
    },
    environment: { sql: `if(s.environment = '', 'default', s.environment)`, type: 'string' },
    type: { sql: wordsOf(TYPES, 's.kind', 'SPAN'), type: 'string' },
    name: { sql: 's.name', type: 'string' },
    level: {
      sql: `multiIf(s.status = 'error', 'ERROR', s.metadata['level'] != '', s.metadata['level'], 'DEFAULT')`,
      type: 'string',
    },
    version: { sql: `s.metadata['version']`, type: 'string' },
    userId: { sql: 's.userId', type: 'string', many: true },
    sessionId: { sql: 's.sessionId', type: 'string', many: true },
    tags: { sql: 's.tags', type: 'strings' },
    release: { sql: 's.release', type: 'string' },
    traceName: { sql: 'entries.traceName', type: 'string', join: 'entries' },
    traceRelease: { sql: 's.release', type: 'string' },
    traceVersion: { sql: `s.metadata['version']`, type: 'string' },
    providedModelName: { sql: `if(s.model != '', s.model, s.requestModel)`, type: 'string' },
    promptName: { sql: `if(s.promptName != '', s.promptName, s.metadata['promptName'])`, type: 'string' },
    promptVersion: { sql: `if(s.promptVersion != '', s.promptVersion, s.metadata['promptVersion'])`, type: 'string' },
    startTimeMonth: { sql: `formatDateTime(s.startedAt, '%Y-%m', 'UTC')`, type: 'string' },
  },
  measures: {
    count: { sql: '1' },
    latency: { sql: 's.durationMs' },
    streamingLatency: { sql: 's.durationMs - s.firstTokenMs' },
    inputTokens: { sql: `if(${COUNTED}, s.inputTokens, NULL)` },
    outputTokens: { sql: `if(${COUNTED}, s.outputTokens, NULL)` },
    totalTokens: { sql: `if(${COUNTED}, s.inputTokens + s.outputTokens, NULL)` },
    outputTokensPerSecond: {
      sql: `if(${COUNTED}, s.outputTokens / nullIf((s.durationMs - ifNull(s.firstTokenMs, 0)) / 1000, 0), NULL)`,
    },
    tokensPerSecond: { sql: `if(${COUNTED}, (s.inputTokens + s.outputTokens) / nullIf(${SECONDS}, 0), NULL)` },
    inputCost: { sql: sideOf(`NOT ${OUTPUT}`), per: NANO },
    outputCost: { sql: sideOf(OUTPUT), per: NANO },
    totalCost: { sql: `if(${LEAF}, s.cost, NULL)`, per: NANO },
    timeToFirstToken: { sql: 's.firstTokenMs' },
    countScores: { sql: 'spanScores.scores', join: 'spanScores' },
  },
  joins: {
    entries: (window, bound, final) => entriesJoin(window, bound, { final, key: 's.traceId' }),
    spanScores: ({ projectId }, bound) => `LEFT ANY JOIN (
  SELECT traceId AS scoredTraceId, spanId AS scoredSpanId, count() AS scores FROM scores FINAL
  WHERE projectId = ${bound.project(projectId)} AND spanId != '' GROUP BY traceId, spanId
) AS spanScores ON spanScores.scoredTraceId = s.traceId AND spanScores.scoredSpanId = s.spanId`,
  },
}
