import { z } from 'zod'
import {
  Account,
  CreatedKey,
  Credentials,
  Key,
  NewKey,
  NewProject,
  type Permission,
  Project,
  ProjectChange,
  ProjectId,
  Session,
} from './access.ts'
import { Model, NewProvider, Provider, ProviderChange, ProviderName, ProviderTest } from './provider.ts'
import { Filter, FilterField, Query, QueryRow } from './query.ts'
import { Span, SpanDetail, SpanId, Trace, TraceSort } from './span.ts'
import { DeadLetter, SystemStatus } from './system.ts'

/**
 * Who may call a route. `public`: anybody. `session`: a logged-in account. Else a permission,
 * held by a key or by the account in the project it names.
 */
export type Access = Permission | 'public' | 'session'
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: `/api/v1/${string}`
  summary: string
  access: Access
  input: z.ZodObject
  output: z.ZodType
}
const route = <const R extends Route>(r: R): R => r

/** A JSON value in a query string: `filter=[{"field":"model","op":"eq","value":"gpt-4o"}]`. */
const jsonParam = <T extends z.ZodType>(inner: T) =>
  z.preprocess((value, context) => {
    if (typeof value !== 'string') return value
    try {
      return JSON.parse(value)
    } catch {
      context.issues.push({ code: 'custom', message: 'is not URL-encoded JSON', input: value })
      return z.NEVER
    }
  }, inner) as unknown as z.ZodType<z.output<T>, z.input<T>>

const limit = z.coerce.number().int().min(1).max(500).default(50)
const cursor = z.string().max(500).optional()
const window = { from: z.iso.datetime().optional(), to: z.iso.datetime().optional() }
const nextCursor = z.string().optional()
const none = z.strictObject({})
const ok = z.object({ ok: z.literal(true) })
const TraceRef = z.string().min(1).max(800).meta({ description: 'The 32 hex digits, or the id as the client wrote it.' })

/** The whole API, as one table. Validation, handlers, SDK, OpenAPI and forms read this. */
export const api = {
  'session.get': route({
    method: 'GET',
    path: '/api/v1/session',
    summary: 'Who is logged in',
    access: 'session',
    input: none,
    output: Session,
  }),
  'session.login': route({
    method: 'POST',
    path: '/api/v1/session',
    summary: 'Log in',
    access: 'public',
    input: Credentials.extend({ password: z.string().max(200) }),
    output: Session,
  }),
  'session.redeem': route({
    method: 'POST',
    path: '/api/v1/session/redeem',
    summary: 'Log in with a one-time link',
    access: 'public',
    input: z.strictObject({ token: z.string().max(200) }),
    output: Session,
  }),
  'session.logout': route({ method: 'DELETE', path: '/api/v1/session', summary: 'Log out', access: 'session', input: none, output: ok }),
  'session.credentials': route({
    method: 'PUT',
    path: '/api/v1/session/credentials',
    summary: 'Set e-mail and password of the account',
    access: 'session',
    input: Credentials.extend({ currentPassword: z.string().max(200).optional().meta({ title: 'Current password', widget: 'password' }) }),
    output: Account,
  }),

  'projects.list': route({
    method: 'GET',
    path: '/api/v1/projects',
    summary: 'List projects',
    access: 'projects:read',
    input: none,
    output: z.object({ projects: z.array(Project) }),
  }),
  'projects.create': route({
    method: 'POST',
    path: '/api/v1/projects',
    summary: 'Create a project',
    access: 'session',
    input: NewProject,
    output: Project,
  }),
  'projects.update': route({
    method: 'PATCH',
    path: '/api/v1/projects/{id}',
    summary: 'Rename a project',
    access: 'projects:write',
    input: ProjectChange.extend({ id: ProjectId }),
    output: Project,
  }),

  'keys.list': route({
    method: 'GET',
    path: '/api/v1/keys',
    summary: 'List keys',
    access: 'keys:read',
    input: z.object({ limit, cursor }),
    output: z.object({ keys: z.array(Key), nextCursor }),
  }),
  'keys.create': route({
    method: 'POST',
    path: '/api/v1/keys',
    summary: 'Create a key pair; the secret is shown once',
    access: 'keys:write',
    input: NewKey,
    output: CreatedKey,
  }),
  'keys.revoke': route({
    method: 'DELETE',
    path: '/api/v1/keys/{id}',
    summary: 'Revoke a key at every edge',
    access: 'keys:write',
    input: z.object({ id: z.string() }),
    output: Key,
  }),

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
  'models.list': route({
    method: 'GET',
    path: '/api/v1/models',
    summary: 'List the models an app can ask for',
    access: 'providers:read',
    input: none,
    output: z.object({ models: z.array(Model) }),
  }),

  'traces.list': route({
    method: 'GET',
    path: '/api/v1/traces',
    summary: 'List traces, newest first or as asked for',
    access: 'traces:read',
    input: z.object({
      ...window,
      filter: jsonParam(z.array(Filter).max(50)).optional(),
      search: z.string().max(200).optional().meta({ description: 'Found in name, previews, user, session or id.' }),
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
