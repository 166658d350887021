import type { HandlersOf } from '../lib/handlers.ts'
import type { TraceQueries } from './queries/trace-queries.ts'

/** The part of the API that reads traces. The project is the caller's, never the request's. */
export const traceHandlers = (queries: TraceQueries): HandlersOf<'traces' | 'spans' | 'query' | 'sessions' | 'users'> => ({
  'traces.list': (input, { caller }) => queries.list(caller.projectId, input),
  'traces.get': ({ traceId }, { caller }) => queries.get(caller.projectId, traceId),
  'traces.outline': (input, { caller }) => queries.outline(caller.projectId, input),
  'traces.values': (input, { caller }) => queries.values(caller.projectId, input),
  'spans.list': (input, { caller }) => queries.spans(caller.projectId, input),
  'spans.running': (input, { caller }) => queries.running(caller.projectId, input),
  'spans.get': (input, { caller }) => queries.span(caller.projectId, input),
  'sessions.list': (input, { caller }) => queries.sessions(caller.projectId, input),
  'sessions.get': (input, { caller }) => queries.session(caller.projectId, input),
  'users.list': (input, { caller }) => queries.users(caller.projectId, input),
  'users.get': (input, { caller }) => queries.user(caller.projectId, input),
  'query.run': (query, { caller }) => queries.query(caller.projectId, query),
})
