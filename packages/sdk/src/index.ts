import { type Api, AppError, api, ERRORS, type ErrorCode, type Input, type Output, type RouteId } from '@signalbox/schema'

type RoomOf<R> = R extends `${infer Room}.${string}` ? Room : never
type VerbOf<R, Room extends string> = R extends `${Room}.${infer Verb}` ? Verb : never
type Call<R> = R extends RouteId
  ? (
      ...input: Record<never, never> extends Input<R> ? [input?: Input<R>, options?: CallOptions] : [input: Input<R>, options?: CallOptions]
    ) => Promise<Output<R>>
  : never
type CallOptions = { signal?: AbortSignal }

/** `client.traces.list({ limit: 20 })`: one method per row of the API table, typed by it, with no generated code. */
export type Client = { [Room in RoomOf<RouteId>]: { [Verb in VerbOf<RouteId, Room>]: Call<`${Room}.${Verb}`> } }

export type ClientOptions = {
  /** `http://localhost:7500`, or `''` in a page that the server itself serves. */
  baseUrl: string
  /** The secret key. A page that uses the session cookie leaves it out. */
  apiKey?: string
  /** Sent with every request, read anew each time: CSRF token, project. */
  headers?: () => Record<string, string>
  fetch?: typeof globalThis.fetch
}

/** Connects to the API of a Signalbox server. Every failure is an `AppError` with a code from the published list, and the `requestId` that finds it in the log of the server. */
export function createClient(options: ClientOptions): Client {
  const fetch = options.fetch ?? globalThis.fetch.bind(globalThis)

  async function call(id: RouteId, input: Record<string, unknown> = {}, { signal }: CallOptions = {}) {
    const { method, path } = api[id]
    const rest = { ...input }
    let url =
      options.baseUrl +
      path.replace(/{(\w+)}/g, (_, name: string) => {
        const value = String(rest[name])
        delete rest[name]
        return encodeURIComponent(value)
      })
    const hasBody = method !== 'GET' && method !== 'DELETE'
    if (!hasBody) url += queryString(rest)
    const response = await fetch(url, {
      method,
      headers: {
        ...(options.apiKey && { authorization: `Bearer ${options.apiKey}` }),
        ...(hasBody && { 'content-type': 'application/json' }),
        ...options.headers?.(),
      },
      ...(hasBody && { body: JSON.stringify(rest) }),
      ...(signal && { signal }),
    })
    const isTable = response.headers.get('content-type')?.startsWith('text/csv') === true
    const body: unknown = isTable ? await response.text() : await response.json().catch(() => undefined)
    if (!response.ok) throw toError(body, response)
    return body
  }

  return new Proxy(
    {},
    {
      get: (_, room: string) =>
        new Proxy(
          {},
          {
            get: (_, verb: string) => (input?: Record<string, unknown>, callOptions?: CallOptions) =>
              call(`${room}.${verb}` as RouteId, input, callOptions),
          },
        ),
    },
  ) as Client
}

function queryString(values: Record<string, unknown>): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) search.set(name, typeof value === 'object' ? JSON.stringify(value) : String(value))
  }
  const text = search.toString()
  return text && `?${text}`
}

type ErrorBody = { code?: string; message?: string; hint?: string; docs?: string; requestId?: string }

/** What the server says beside the words of an error, such as what was changed meanwhile, is in `data`. */
function toError(body: unknown, response: Response): AppError {
  const { code: name, message, hint, docs: _, requestId: told, ...data } = (body as { error?: ErrorBody } | undefined)?.error ?? {}
  const code = name && name in ERRORS ? (name as ErrorCode) : response.status >= 500 ? 'unavailable' : 'invalid-request'
  const requestId = told ?? response.headers.get('x-request-id')
  return new AppError(code, message ?? `${response.status} ${response.statusText}`, {
    data,
    ...(hint && { hint }),
    ...(requestId && { requestId }),
  })
}

export type { Input, Output, RouteId } from '@signalbox/schema'
export type { Api }
export { AppError }
