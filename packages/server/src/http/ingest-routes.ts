import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError } from '@signalbox/schema'
import type { IngestRooms } from './ingest.ts'

/** A way in for a client of another tool: what the edge acknowledges itself, once its journal has it. */
export type IngestRoute = {
  method: 'POST' | 'PUT' | 'PATCH' | 'GET'
  /** Of the whole path, without the query. */
  path: RegExp
  handle(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): Promise<void> | void
  /** An error in the words of the protocol; ours, where it has none. */
  shape?(error: AppError): { status: number; body: unknown }
}

/** One line per endpoint; its protocol's file holds the rest. */
const ROUTES: readonly IngestRoute[] = []

/** The endpoint of a path and a method. Undefined for what the core answers: reads, and what is no ingest. */
export const ingestRouteAt = (path: string, method: string | undefined): IngestRoute | undefined =>
  ROUTES.find((route) => route.method === method && route.path.test(path))
