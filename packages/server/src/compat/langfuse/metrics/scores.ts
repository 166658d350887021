import { traceIdOf } from '../../../lib/ids.ts'
import { observationSpanOf } from '../../../tracing/ingest/langfuse/ids.ts'
import { microTime } from '../../../tracing/queries/conditions.ts'
import { toMicros } from '../../../tracing/queries/time.ts'
import { SCORE_SOURCES, SCORE_TYPES } from '../shapes.ts'
import { type Dimension, earlier, entriesJoin, type Measure, type View, wordsOf } from './view.ts'

const trace = (sql: string, type: Dimension['type'] = 'string'): Dimension => ({ sql: `entries.${sql}`, type, join: 'entries' })
const observation = (sql: string): Dimension => ({ sql: `judged.${sql}`, type: 'string', join: 'spans' })

/** Langfuse's views of scores, by when they were judged; what they are of is looked for in the month before. */
function scoresOf(types: readonly string[], value: Record<string, Dimension>, measures: Record<string, Measure>): View {
  return {
    rows: ({ projectId, from, to }, bound) => ({
      from: 'scores AS s FINAL',
      where: [
        `s.projectId = ${bound.project(projectId)}`,
        `s.at >= ${microTime(toMicros(from), bound)}`,
        `s.at < ${microTime(toMicros(to), bound)}`,
        `s.type IN ${bound.bind('Array(String)', types)}`,
      ],
    }),
    time: 's.at',
    timeName: 'timestamp',
    metadata: 's.metadata',
    dimensions: {
      id: { sql: 's.id', type: 'string', many: true },
      environment: { sql: `if(s.environment = '', 'default', s.environment)`, type: 'string' },
      name: { sql: 's.name', type: 'string' },
      source: { sql: wordsOf(SCORE_SOURCES, 's.source', 'API'), type: 'string' },
      dataType: { sql: wordsOf(SCORE_TYPES, 's.type', 'NUMERIC'), type: 'string' },
      traceId: { sql: 's.traceId', type: 'string', filterOnly: true, stored: { sql: 's.traceId', of: traceIdOf } },
      observationId: {
        sql: 's.spanId',
        type: 'string',
        filterOnly: true,
        stored: { sql: 's.spanId', of: (projectId, id) => observationSpanOf(projectId, '', id) },
      },
      sessionId: { sql: 's.sessionId', type: 'string', many: true },
      datasetRunId: { sql: 's.runId', type: 'string', many: true },
      configId: { sql: `s.metadata['configId']`, type: 'string' },
      timestampMonth: { sql: `formatDateTime(s.at, '%Y-%m', 'UTC')`, type: 'string' },
      timestampDay: { sql: `formatDateTime(s.at, '%Y-%m-%d', 'UTC')`, type: 'string' },
      userId: { ...trace('traceUserId'), many: true },
      traceName: trace('traceName'),
      tags: trace('traceTags', 'strings'),
      traceRelease: trace('traceRelease'),
      traceVersion: trace('traceVersion'),
      observationName: observation('judgedName'),
      observationModelName: observation('judgedModel'),
      observationPromptName: observation('judgedPrompt'),
      observationPromptVersion: observation('judgedPromptVersion'),
      ...value,
    },
    measures: { count: { sql: '1' }, ...measures },
    joins: {
      entries: (window, bound, final) => entriesJoin(window, bound, { final, key: 's.traceId' }),
      spans: ({ projectId, from, to }, bound, final) => `LEFT ANY JOIN (
  SELECT traceId AS judgedTraceId, spanId AS judgedSpanId, name AS judgedName, if(model != '', model, requestModel) AS judgedModel,
    if(promptName != '', promptName, metadata['promptName']) AS judgedPrompt,
    if(promptVersion != '', promptVersion, metadata['promptVersion']) AS judgedPromptVersion
  FROM spans${final} WHERE projectId = ${bound.project(projectId)} AND startedAt >= ${microTime(toMicros(earlier(from, 30)), bound)} AND startedAt < ${microTime(toMicros(earlier(to, -1)), bound)}
) AS judged ON judged.judgedTraceId = s.traceId AND judged.judgedSpanId = s.spanId`,
    },
  }
}

const VALUE = { value: { sql: 's.value' } }
export const numericScores = scoresOf(['numeric', 'boolean'], { value: { sql: 's.value', type: 'number' } }, VALUE)
export const booleanScores = scoresOf(['boolean'], { booleanValue: { sql: 's.value = 1', type: 'boolean' } }, VALUE)
export const categoricalScores = scoresOf(['categorical'], { stringValue: { sql: 's.text', type: 'string' } }, {})
