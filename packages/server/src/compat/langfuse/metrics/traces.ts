import { traceIdOf } from '../../../lib/ids.ts'
import { scope } from '../../../tracing/queries/conditions.ts'
import type { View } from './view.ts'

const LEAF = `usageRole = 'leaf'`

/** Langfuse's `traces`, which only the older endpoint has: one row per trace, of its spans in the window that have ended. */
export const traces: View = {
  rows: ({ projectId, from, to }, bound, final) => ({
    from: `(
  SELECT traceId, anyIf(externalId, externalId != '') AS written, argMinIf(name, startedAt, entry = 1) AS traceName, groupUniqArrayArray(tags) AS traceTags,
    anyIf(userId, userId != '') AS user, anyIf(sessionId, sessionId != '') AS session, anyIf(release, release != '') AS traceRelease,
    anyIf(metadata['version'], metadata['version'] != '') AS version, anyIf(environment, environment != '') AS env,
    argMin(metadata, (entry = 0, startedAt)) AS about, min(s.startedAt) AS began,
    (max(toUnixTimestamp64Micro(s.startedAt) + durationMs * 1000) - min(toUnixTimestamp64Micro(s.startedAt))) / 1000 AS latency,
    countIf(NOT (source = 'langfuse' AND parentId = '')) AS observations,
    sumIf(s.inputTokens + s.outputTokens, ${LEAF}) AS tokens, sumIf(s.cost, ${LEAF}) AS money
  FROM spans AS s${final} WHERE ${[...scope(projectId, { from, to }, bound), `status != 'running'`].join(' AND ')} GROUP BY traceId
) AS t`,
    where: [],
  }),
  time: 't.began',
  timeName: 'timestamp',
  metadata: 't.about',
  dimensions: {
    id: { sql: `if(t.written != '', t.written, t.traceId)`, type: 'string', many: true, stored: { sql: 't.traceId', of: traceIdOf } },
    name: { sql: 't.traceName', type: 'string' },
    tags: { sql: 't.traceTags', type: 'strings' },
    userId: { sql: 't.user', type: 'string', many: true },
    sessionId: { sql: 't.session', type: 'string', many: true },
    release: { sql: 't.traceRelease', type: 'string' },
    version: { sql: 't.version', type: 'string' },
    environment: { sql: `if(t.env = '', 'default', t.env)`, type: 'string' },
    timestampMonth: { sql: `formatDateTime(t.began, '%Y-%m', 'UTC')`, type: 'string' },
  },
  measures: {
    count: { sql: '1' },
    observationsCount: { sql: 't.observations' },
    scoresCount: { sql: 'traceScores.scores', join: 'traceScores' },
    uniqueUserIds: { sql: `nullIf(t.user, '')`, distinct: true },
    uniqueSessionIds: { sql: `nullIf(t.session, '')`, distinct: true },
    latency: { sql: 't.latency' },
    totalTokens: { sql: 't.tokens' },
    totalCost: { sql: 't.money', per: 1e9 },
  },
  joins: {
    traceScores: ({ projectId }, bound) => `LEFT ANY JOIN (
  SELECT traceId AS scoredTraceId, count() AS scores FROM scores FINAL
  WHERE projectId = ${bound.project(projectId)} AND traceId != '' GROUP BY traceId
) AS traceScores ON traceScores.scoredTraceId = t.traceId`,
  },
}
