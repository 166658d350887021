import type { RouteId } from '@signalbox/schema'

/** A tool: a row of the API table, under the name and in the words that a model understands. */
export type Tool = {
  name: string
  route: RouteId
  title: string
  description: string
  /** Inputs of the row that a tool does not take. */
  without?: readonly string[]
  /** What it has where a call says nothing; smaller than what a page shows. */
  defaults?: Readonly<Record<string, unknown>>
  writes?: true
}

const FILTER =
  '`filter` is a list of { field, op, value }, op one of eq, ne, gt, gte, lt, lte, in, contains, exists; list_fields names the fields, field_values their values.'
const TIME = '`from` and `to` are ISO 8601 in UTC; without them it is everything, or a default of the last day.'

/** In the order in which somebody who looks for a cause needs them. */
export const TOOLS: readonly Tool[] = [
  {
    name: 'query_metrics',
    route: 'query.run',
    title: 'Query metrics',
    description: `Counts, error rates, latency percentiles, tokens, cost and scores by dimensions and time buckets. Begin here to see what changed and when: for example measures ["calls","errorRate","durationP95"], dimensions ["release"], bucket "hour". ${TIME} \`filters\` is a list of { field, op, value }.`,
  },
  {
    name: 'list_markers',
    route: 'markers.list',
    title: 'List markers',
    description: `What happened when: deploys, new versions of prompts, changed routes and configuration. Compare with the moment at which a metric bends. ${TIME}`,
    defaults: { limit: 50 },
  },
  {
    name: 'search_traces',
    route: 'traces.list',
    title: 'Search traces',
    description: `Traces, newest first or as \`sort\` says, with status, duration, tokens, cost, user and session. ${FILTER} \`search\` with \`in: "content"\` finds words of inputs and outputs. ${TIME}`,
    defaults: { limit: 20 },
  },
  {
    name: 'get_trace',
    route: 'traces.get',
    title: 'Read a trace',
    description:
      'One trace with all its spans as a tree (`parentId`), without their payloads: what ran, in what order, how long, what failed. Read the payload of a span with get_span. Of a very large trace, list the spans that matter with search_spans.',
  },
  {
    name: 'search_spans',
    route: 'spans.list',
    title: 'Search spans',
    description: `Single spans: calls of models, tools, retrievals, guardrails. For example those of one trace that failed: [{"field":"traceId","op":"eq","value":"…"},{"field":"status","op":"eq","value":"error"}]. ${FILTER} ${TIME}`,
    defaults: { limit: 20 },
  },
  {
    name: 'get_span',
    route: 'spans.get',
    title: 'Read a span',
    description:
      'One span with its whole input, output and attributes: the messages of a call, arguments and result of a tool, documents that were retrieved. Needs `traceId` and `spanId`.',
  },
  {
    name: 'list_sessions',
    route: 'sessions.list',
    title: 'List sessions',
    description: `Conversations of several traces, with cost, errors and feedback. ${FILTER} ${TIME}`,
    defaults: { limit: 20 },
  },
  {
    name: 'get_session',
    route: 'sessions.get',
    title: 'Read a session',
    description: 'One conversation turn by turn: what was said, which steps ran, which scores it got.',
    defaults: { limit: 10 },
  },
  {
    name: 'list_users',
    route: 'users.list',
    title: 'List users',
    description: `End users of the application, with calls, cost, errors and feedback. ${FILTER} ${TIME}`,
    defaults: { limit: 20 },
  },
  {
    name: 'list_scores',
    route: 'scores.list',
    title: 'List scores',
    description: `What was said of traces, spans and sessions: feedback of users, evaluators, annotations, with comments. Newest first. ${TIME}`,
    defaults: { limit: 50 },
  },
  {
    name: 'field_values',
    route: 'traces.values',
    title: 'Values of a field',
    description: 'Values that a field really has, most frequent first: releases, models, error types, metadata.KEY, tags.',
    defaults: { limit: 30 },
  },
  {
    name: 'get_usage',
    route: 'usage.get',
    title: 'Usage and cost',
    description: 'What was used and what it cost, from the ledger: by day, model, provider, key, user, team or account.',
    without: ['format'],
  },
  {
    name: 'list_models',
    route: 'models.list',
    title: 'List models',
    description: 'The models an application can ask for, with their targets, strategy, fallbacks and cache.',
  },
  {
    name: 'create_score',
    route: 'scores.create',
    title: 'Score a trace, a span or a session',
    description:
      'Writes down a judgement: a name, a value (number, true or false, or text) and a comment. The same `id` again replaces it. Only when the user asked for it.',
    writes: true,
  },
]
