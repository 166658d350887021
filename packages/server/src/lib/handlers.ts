import type { Caller, Output, Parsed, RouteId } from '@signalbox/schema'
import type { Streamed } from './streamed.ts'

/** What a handler may know of the request beside its input. */
export type Context = {
  caller: Caller
  /** The address of the client; of the proxy where none is trusted. */
  ip: string
  /** What the client calls itself. */
  userAgent?: string | undefined
  /** The session token of the cookie, where one was sent. */
  sessionToken: string | undefined
  /** Sets the session cookie, or removes it with `null`. */
  setSession(token: string | null, maxAgeSeconds?: number): void
}

/** What some routes answer in place of JSON. */
type Answer<R extends RouteId> = R extends 'export.spans' | 'datasets.export' ? Streamed : Output<R>
type Handler<R extends RouteId> = (input: Parsed<R>, context: Context) => Promise<Answer<R>>
/** The whole API. */
export type Handlers = { [R in RouteId]: Handler<R> }
/** One room's share of it: `HandlersOf<'keys' | 'projects'>`. A missing or wrong one does not compile. */
export type HandlersOf<Room extends string> = { [R in RouteId as R extends `${Room}.${string}` ? R : never]: Handler<R> }
