import type { IncomingHttpHeaders } from 'node:http'
import { newTraceId } from './ids.ts'
import { parseTraceparent } from './trace-context.ts'

export type RequestIds = {
  /** What the client, our log and an error body call this request: `x-request-id`. */
  requestId: string
  /** The client chose the request id. */
  fromClient: boolean
  /** Of a call through the gateway; the same as `requestId` unless the client chose that. */
  traceId: string
  /** The span that the client wants as the parent; '' where there is none. */
  parentId: string
}

/**
 * The ids of a request: the client's own `x-request-id` when it is 1–100 visible ASCII characters, so that it can stand in
 * a header and in a log as it is; else the trace id, which is that of `traceparent` or a new one.
 */
export function requestIds(headers: IncomingHttpHeaders): RequestIds {
  const sent = headers['x-request-id']
  const parent = parseTraceparent(headers.traceparent as string | undefined)
  const traceId = parent?.traceId ?? newTraceId()
  const fromClient = typeof sent === 'string' && VISIBLE.test(sent)
  return { requestId: fromClient ? sent : traceId, fromClient, traceId, parentId: parent?.spanId ?? '' }
}

const VISIBLE = /^[\x21-\x7e]{1,100}$/
