import type { Output, Parsed, Query, Trace } from '@signalbox/schema'
import type { Events } from '../../store/ports.ts'
import type { RunningCalls } from '../running-calls.ts'
import { scoresOfTraces } from '../scores/scores-of-traces.ts'
import { fieldValues } from './field-values.ts'
import { getSpan } from './get-span.ts'
import { getTrace } from './get-trace.ts'
import { listSpans } from './list-spans.ts'
import { listTraces } from './list-traces.ts'
import { once } from './once.ts'
import { runQuery } from './run-query.ts'
import { getSession, listSessions } from './sessions.ts'
import { outlineOfTrace } from './trace-outline.ts'
import { getUser, listUsers } from './users.ts'

type Reading = Pick<RunningCalls, 'list' | 'ofTrace'>
const NONE: Reading = { list: () => ({ spans: [], more: 0 }), ofTrace: () => [] }

/** Everything that reads spans. Each takes the project it may see, and sees nothing else. */
export type TraceQueries = {
  list(projectId: string, input: Parsed<'traces.list'>): Promise<Output<'traces.list'>>
  get(projectId: string, traceRef: string): Promise<Output<'traces.get'>>
  outline(projectId: string, input: Parsed<'traces.outline'>): Promise<Output<'traces.outline'>>
  values(projectId: string, input: Parsed<'traces.values'>): Promise<Output<'traces.values'>>
  spans(projectId: string, input: Parsed<'spans.list'>): Promise<Output<'spans.list'>>
  /** Calls that have not ended yet. */
  running(projectId: string, input: Parsed<'spans.running'>): Promise<Output<'spans.running'>>
  span(projectId: string, input: Parsed<'spans.get'>): Promise<Output<'spans.get'>>
  sessions(projectId: string, input: Parsed<'sessions.list'>): Promise<Output<'sessions.list'>>
  session(projectId: string, input: Parsed<'sessions.get'>): Promise<Output<'sessions.get'>>
  users(projectId: string, input: Parsed<'users.list'>): Promise<Output<'users.list'>>
  user(projectId: string, input: Parsed<'users.get'>): Promise<Output<'users.get'>>
  query(projectId: string, query: Query): Promise<Output<'query.run'>>
  /** Spans of a project, or of all. */
  spanCount(projectId?: string): Promise<number>
}

export function createTraceQueries({ events, running = NONE }: { events: Events; running?: Reading }): TraceQueries {
  async function withScores(projectId: string, traces: Trace[]): Promise<Trace[]> {
    const ids = traces.map(({ traceId }) => traceId)
    const scores = await scoresOfTraces(events, projectId, ids)
    return traces.map((trace) => {
      const found = scores.get(trace.traceId)
      return found ? { ...trace, scores: found } : trace
    })
  }
  return {
    async list(projectId, input) {
      const { traces, ...rest } = await listTraces(events, projectId, input)
      return { traces: await withScores(projectId, traces), ...rest }
    },
    async get(projectId, traceRef) {
      const { trace, spans } = await getTrace(events, projectId, traceRef)
      const [scored = trace] = await withScores(projectId, [trace])
      return { trace: scored, spans }
    },
    async outline(projectId, input) {
      const { trace, spans } = await outlineOfTrace({ events, running }, projectId, input)
      const [scored = trace] = await withScores(projectId, [trace])
      return { trace: scored, spans }
    },
    values: (projectId, input) => fieldValues(events, projectId, input),
    spans: (projectId, input) => listSpans(events, projectId, input),
    running: async (projectId, input) => running.list(projectId, input),
    span: (projectId, input) => getSpan({ events, running }, projectId, input),
    sessions: (projectId, input) => listSessions(events, projectId, input),
    session: (projectId, input) => getSession(events, projectId, input),
    users: (projectId, input) => listUsers(events, projectId, input),
    user: (projectId, input) => getUser(events, projectId, input),
    query: async (projectId, query) => ({ rows: await runQuery(events, projectId, query) }),
    async spanCount(projectId) {
      const [row] =
        projectId === undefined
          ? await events.query<{ count: number }>('SELECT count() AS count FROM spans')
          : await events.query<{ count: number }>(
              `SELECT count() AS count FROM spans${await once(events, projectId)} WHERE projectId = {project:String}`,
              {
                project: projectId,
              },
            )
      return row?.count ?? 0
    },
  }
}
