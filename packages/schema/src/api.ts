import { z } from 'zod'
import { accessApi } from './access-api.ts'
import { budgetsApi } from './budgets-api.ts'
import { cacheApi } from './cache-api.ts'
import { configApi } from './config-api.ts'
import { dashboardsApi } from './dashboards-api.ts'
import { datasetFillingApi } from './dataset-filling-api.ts'
import { datasetsApi } from './datasets-api.ts'
import { deletionApi } from './deletion-api.ts'
import { demoApi } from './demo-api.ts'
import { evaluatorsApi } from './evaluators-api.ts'
import { experimentsApi } from './experiments-api.ts'
import { exportApi } from './export-api.ts'
import { inspectorApi } from './inspector-api.ts'
import { markersApi } from './markers-api.ts'
import { modelsApi } from './models-api.ts'
import { outlineApi } from './outline-api.ts'
import { overviewApi } from './overview-api.ts'
import { playgroundApi } from './playground-api.ts'
import { promptApprovalsApi } from './prompt-approvals-api.ts'
import { promptDriftApi } from './prompt-drift-api.ts'
import { promptLabelsApi } from './prompt-labels-api.ts'
import { promptWebhooksApi } from './prompt-webhooks-api.ts'
import { promptsApi } from './prompts-api.ts'
import { NewProvider, Provider, ProviderChange, ProviderName, ProviderTest } from './provider.ts'
import { Filter, FilterField, Query, QueryRow, searching } from './query.ts'
import { repricingApi } from './repricing-api.ts'
import { reviewsApi } from './reviews-api.ts'
import { cursor, jsonParam, limit, nextCursor, none, ok, type Route, route, window } from './route.ts'
import { routingApi } from './routing-api.ts'
import { scoresApi } from './scores-api.ts'
import { sessionsApi } from './sessions-api.ts'
import { Span, SpanDetail, SpanId, Trace, TraceSort } from './span.ts'
import { sqlApi } from './sql-api.ts'
import { DeadLetter, SystemStatus } from './system.ts'
import { usersApi } from './users-api.ts'
import { viewsApi } from './views-api.ts'

const TraceRef = z.string().min(1).max(800).meta({ description: 'The 32 hex digits, or the id as the client wrote it.' })

/** The whole API, as one table. Validation, handlers, SDK, OpenAPI and forms read this. */
export const api = {
  ...accessApi,

  'providers.list': route({
    method: 'GET',
    path: '/api/v1/providers',
    summary: 'List providers',
    access: 'providers:read',
    input: none,
    output: z.object({ providers: z.array(Provider) }),
  }),
  'providers.create': route({
    method: 'POST',
    path: '/api/v1/providers',
    summary: 'Add a provider to the project',
    access: 'providers:write',
    input: NewProvider,
    output: Provider,
  }),
  'providers.change': route({
    method: 'PATCH',
    path: '/api/v1/providers/{name}',
    summary: 'Change a provider that was added to the project',
    access: 'providers:write',
    input: ProviderChange.extend({ name: ProviderName }),
    output: Provider,
  }),
  'providers.remove': route({
    method: 'DELETE',
    path: '/api/v1/providers/{name}',
    summary: 'Remove a provider that was added to the project, with its key',
    access: 'providers:write',
    input: z.object({ name: ProviderName }),
    output: ok,
  }),
  'providers.test': route({
    method: 'POST',
    path: '/api/v1/providers/{name}/test',
    summary: 'Ask a provider for its models: does it answer, and take its key?',
    access: 'providers:write',
    input: z.strictObject({ name: ProviderName }),
    output: ProviderTest,
  }),
  ...modelsApi,
  ...configApi,
  ...routingApi,
  ...cacheApi,
  ...budgetsApi,
  ...deletionApi,
  ...demoApi,
  ...inspectorApi,
  ...repricingApi,
  ...scoresApi,
  ...promptsApi,
  ...promptLabelsApi,
  ...promptApprovalsApi,
  ...promptDriftApi,
  ...promptWebhooksApi,
  ...datasetsApi,
  ...datasetFillingApi,
  ...experimentsApi,
  ...evaluatorsApi,
  ...reviewsApi,

  'traces.list': route({
    method: 'GET',
    path: '/api/v1/traces',
    summary: 'List traces, newest first or as asked for',
    access: 'traces:read',
    input: z.object({
      ...window,
      filter: jsonParam(z.array(Filter).max(50)).optional(),
      ...searching,
      sort: TraceSort.optional().meta({
        description:
          '`-startedAt` (newest first) by default. With any other `from` must be given: the spans of that time are read. Unknown costs come last.',
      }),
      limit,
      cursor,
    }),
    output: z.object({ traces: z.array(Trace), nextCursor }),
  }),
  'traces.get': route({
    method: 'GET',
    path: '/api/v1/traces/{traceId}',
    summary: 'One trace with its spans, without payloads',
    access: 'traces:read',
    input: z.object({ traceId: TraceRef }),
    output: z.object({ trace: Trace, spans: z.array(Span) }),
  }),
  'traces.values': route({
    method: 'GET',
    path: '/api/v1/trace-values',
    summary: 'Values that a field really has, most frequent first',
    access: 'traces:read',
    input: z.object({ field: FilterField, search: z.string().max(100).optional(), ...window, limit }),
    output: z.object({ values: z.array(z.object({ value: z.string(), count: z.int() })) }),
  }),
  'spans.list': route({
    method: 'GET',
    path: '/api/v1/spans',
    summary: 'List spans, each on its own, newest first: the calls of a gateway',
    access: 'traces:read',
    input: z.object({
      ...window,
      filter: jsonParam(z.array(Filter).max(50)).optional(),
      ...searching,
      limit,
      cursor,
    }),
    output: z.object({ spans: z.array(Span), nextCursor }),
  }),
  'spans.running': route({
    method: 'GET',
    path: '/api/v1/running',
    summary: 'The calls that the gateway has under way for longer than a moment, newest first; not in lists or counts until they end',
    access: 'traces:read',
    input: z.object({ filter: jsonParam(z.array(Filter).max(50)).optional(), search: searching.search }),
    output: z.object({ spans: z.array(Span), more: z.int().meta({ description: 'How many others there are.' }) }),
  }),
  'spans.get': route({
    method: 'GET',
    path: '/api/v1/spans/{spanId}',
    summary: 'One span with its input, output and attributes',
    access: 'traces:read',
    input: z.object({ spanId: SpanId, traceId: TraceRef }),
    output: SpanDetail,
  }),
  'query.run': route({
    method: 'POST',
    path: '/api/v1/query',
    summary: 'Measures by dimensions and time buckets',
    access: 'traces:read',
    input: Query,
    output: z.object({ rows: z.array(QueryRow) }),
  }),

  ...sessionsApi,
  ...usersApi,
  ...outlineApi,
  ...sqlApi,
  ...exportApi,
  ...viewsApi,
  ...dashboardsApi,
  ...markersApi,
  ...playgroundApi,
  ...overviewApi,

  'system.status': route({
    method: 'GET',
    path: '/api/v1/system',
    summary: 'Engines, disk, journal and versions',
    access: 'system:read',
    input: none,
    output: SystemStatus,
  }),
  'deadLetters.list': route({
    method: 'GET',
    path: '/api/v1/dead-letters',
    summary: 'Rows that the store refused',
    access: 'system:read',
    input: z.object({ limit, cursor }),
    output: z.object({ deadLetters: z.array(DeadLetter), nextCursor }),
  }),
  'deadLetters.replay': route({
    method: 'POST',
    path: '/api/v1/dead-letters/{id}/replay',
    summary: 'Try a refused row again',
    access: 'system:write',
    input: z.object({ id: z.string() }),
    output: z.object({ stored: z.boolean(), reason: z.string().nullable() }),
  }),
  'deadLetters.discard': route({
    method: 'DELETE',
    path: '/api/v1/dead-letters/{id}',
    summary: 'Give a refused row up',
    access: 'system:write',
    input: z.object({ id: z.string() }),
    output: ok,
  }),
} as const satisfies Record<string, Route>

export type Api = typeof api
export type RouteId = keyof Api
export type Input<R extends RouteId> = z.input<Api[R]['input']>
export type Parsed<R extends RouteId> = z.output<Api[R]['input']>
export type Output<R extends RouteId> = z.output<Api[R]['output']>
