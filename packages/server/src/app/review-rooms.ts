import { api } from '@signalbox/schema'
import type { datasetHandlers } from '../datasets/handlers.ts'
import { answered, asked } from '../datasets/said.ts'
import type { SpanReader } from '../datasets/spans.ts'
import type { Context } from '../lib/handlers.ts'
import { newSpanId } from '../lib/ids.ts'
import type { Log } from '../lib/log.ts'
import { createReviews } from '../reviews/handlers.ts'
import type { Events, Sql } from '../store/ports.ts'
import { judgedApart, numbersOfTraces } from '../tracing/scores/judge-scores.ts'
import { toScoreRow } from '../tracing/scores/score-row.ts'
import { wellFormedJson } from '../tracing/storable.ts'

type Rooms = { sql: Sql; events: Events; spans: SpanReader; datasets: ReturnType<typeof datasetHandlers>; log: Log }

/** Review by people, with what it asks of the rooms that keep calls, scores and datasets. */
export const createReviewRooms = ({ sql, events, spans, datasets, log }: Rooms) =>
  createReviews({
    sql,
    warn: (details, what) => log.warn(details, what),
    async said(projectId, place) {
      const span = await spans.read(projectId, place)
      const input = span && asked(span.input)
      const output = span && answered(span.output)
      return span && input !== undefined && output !== undefined ? { input, output, name: span.name } : undefined
    },
    // Without a word about it, the first span of each trace is meant: what a user asked and was answered.
    find: async (projectId, { filter, ...wanted }) => {
      const found = await spans.find(projectId, {
        ...wanted,
        filter: filter.some(({ field }) => ['kind', 'entry', 'spanId', 'operation'].includes(field))
          ? filter
          : [...filter, { field: 'entry', op: 'eq', value: true }],
      })
      return found.spans
    },
    scoresOf: (projectId, traceIds, name) => numbersOfTraces(events, projectId, { traceIds, name }),
    judgedApart: (projectId, wanted) => judgedApart(events, projectId, wanted),
    async datasetRows(projectId, { name, ids, split, tag, first }) {
      const page = await datasets['datasets.items'](
        api['datasets.items'].input.parse({ name, split, tag, limit: ids ? 500 : first }),
        contextOf(projectId),
      )
      return { version: page.version, rows: ids ? page.items.filter(({ id }) => ids.includes(id)) : page.items }
    },
    writeDataset: (caller) => async (wanted) =>
      datasets['datasets.write'](api['datasets.write'].input.parse({ ...wanted, message: 'Decided by reviewers' }), {
        ...contextOf(''),
        caller,
      }),
    async writeScores(projectId, authorId, scores) {
      const rows = scores.map((score) => toScoreRow(score, { projectId, authorId, receivedAt: Date.now() * 1000, source: 'annotation' }))
      await events.insert(
        'scores',
        rows.map((row) => wellFormedJson(JSON.stringify(row))),
        `review:${newSpanId()}`,
      )
    },
  })

/** Of rooms that ask each other. What is sealed stays sealed. */
const contextOf = (projectId: string): Context => ({
  caller: { projectId, permissions: [] },
  ip: '',
  sessionToken: undefined,
  setSession: () => {},
})
