import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError } from '@signalbox/schema'
import { langfuseError } from '../tracing/ingest/langfuse/error.ts'
import { langsmithError } from '../tracing/ingest/langsmith/error.ts'
import { opikError } from '../tracing/ingest/opik/error.ts'
import { type IngestRooms, ingestOtlp } from './ingest.ts'
import { ingestLangfuse, ingestLangfuseScores } from './ingest-langfuse.ts'
import { ingestFeedback, ingestRun, ingestRuns, langsmithInfo, updateRun } from './ingest-langsmith.ts'
import { ingestOpik, isOpikIngest } from './ingest-opik.ts'
import { comesWithKey, ingestFeedbackScores, ingestScore } from './ingest-scores.ts'
import { preflight } from './score-caller.ts'

/** A way in for a client of another tool: what the edge acknowledges itself, once its journal has it. */
export type IngestRoute = {
  method: 'POST' | 'PUT' | 'PATCH' | 'GET' | 'OPTIONS'
  /** Of the whole path, without the query. */
  path: RegExp
  /** Whether it takes this request; what it does not take is the core's. Without it, all. */
  takes?(request: IncomingMessage): boolean
  handle(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): Promise<void> | void
  /** An error in the words of the protocol; ours, where it has none. */
  shape?(error: AppError): { status: number; body: unknown }
}

/** One line per endpoint; its protocol's file holds the rest. */
const ROUTES: readonly IngestRoute[] = [
  // A request to these the edge finds in its own table, before it looks here; what is sent again is looked up here.
  { method: 'POST', path: /^\/(otel\/)?v1\/traces$/, handle: ingestOtlp },
  { method: 'POST', path: /^\/api\/v1\/scores$/, takes: comesWithKey, handle: ingestScore },
  { method: 'POST', path: /^\/api\/v1\/feedback$/, takes: comesWithKey, handle: ingestFeedbackScores },
  { method: 'OPTIONS', path: /^\/api\/(v1\/(scores|feedback)|public\/(ingestion|scores))$/, handle: preflight },
  { method: 'POST', path: /^\/api\/public\/ingestion\/?$/, handle: ingestLangfuse, shape: langfuseError },
  { method: 'POST', path: /^\/api\/public\/scores$/, handle: ingestLangfuseScores, shape: langfuseError },
  { method: 'POST', path: /^\/api\/public\/otel\/v1\/traces$/, handle: ingestOtlp },
  { method: 'GET', path: /^\/langsmith\/info$/, handle: langsmithInfo, shape: langsmithError },
  { method: 'POST', path: /^\/langsmith\/runs\/(multipart|batch)$/, handle: ingestRuns, shape: langsmithError },
  { method: 'POST', path: /^\/langsmith\/runs$/, handle: ingestRun, shape: langsmithError },
  { method: 'PATCH', path: /^\/langsmith\/runs\/[^/]+$/, handle: updateRun, shape: langsmithError },
  { method: 'POST', path: /^\/langsmith\/feedback$/, handle: ingestFeedback, shape: langsmithError },
  { method: 'POST', path: /^\/langsmith\/otel\/v1\/traces$/, handle: ingestOtlp },
  { method: 'POST', path: /^\/opik\/api\/v1\/private\//, takes: isOpikIngest, handle: ingestOpik, shape: opikError },
  { method: 'PATCH', path: /^\/opik\/api\/v1\/private\//, takes: isOpikIngest, handle: ingestOpik, shape: opikError },
  { method: 'PUT', path: /^\/opik\/api\/v1\/private\//, takes: isOpikIngest, handle: ingestOpik, shape: opikError },
  { method: 'POST', path: /^\/opik\/api\/v1\/private\/otel\/v1\/traces$/, handle: ingestOtlp },
]

/** The endpoint of a path and a method. Undefined for what the core answers: reads, and what is no ingest. */
export const ingestRouteAt = (path: string, request: IncomingMessage): IngestRoute | undefined =>
  ROUTES.find((route) => route.method === request.method && route.path.test(path) && (route.takes?.(request) ?? true))
