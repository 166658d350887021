import type { AppError, Caller, Permission } from '@signalbox/schema'

/** What a request to another tool's API says. The project is the caller's, never the request's. */
export type ForeignRequest = {
  caller: Caller
  /** Parts of the path, without their escapes. */
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  header(name: string): string | undefined
  /** The whole body. Throws `payload-too-large`. */
  body(limit: number): Promise<Buffer>
  /** The body as a JSON object. Throws `invalid-json`. */
  json(): Promise<Record<string, unknown>>
}
/** JSON, or bytes as they are. */
export type ForeignAnswer = { status?: number; body?: unknown; headers?: Record<string, string> }
export type ForeignRoute = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Behind the prefix; `:name` is a part. */
  path: string
  access: Permission | 'public'
  handle(request: ForeignRequest): Promise<ForeignAnswer> | ForeignAnswer
}
/** A part of another tool's API, as far as its clients need it: a room of `compat` has one each. */
export type ForeignApi = {
  /** Everything below it is this API's; what no route takes is not found in its words. */
  prefix: `/${string}`
  routes: readonly ForeignRoute[]
  /** An error as its clients read it. */
  shape(error: AppError): { status: number; body: unknown }
}
