import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError } from '@signalbox/schema'
import type { Directory } from '../governance/directory.ts'
import type { FeedbackLimit } from '../governance/feedback-limit.ts'
import { permit } from '../governance/permit.ts'
import { own } from '../lib/own.ts'
import type { CallJournal } from '../store/ports.ts'
import type { OtlpFormat } from '../tracing/ingest/otlp/decoded.ts'
import type { Ingested } from '../tracing/inspector/ingested.ts'
import { refusedSpans } from '../tracing/inspector/refused-spans.ts'
import { secretOf } from './credentials.ts'
import { noteTraces } from './note-traces.ts'
import { readBody } from './read-body.ts'
import { senderOf } from './sender.ts'
import { clientProjectOf, partialJson, partialProtobuf, takeTraces } from './take-traces.ts'

const FORMATS: Record<string, OtlpFormat> = {
  'application/x-protobuf': 'otlp-protobuf',
  'application/protobuf': 'otlp-protobuf',
  'application/json': 'otlp-json',
}

export type IngestRooms = {
  directory(): Directory
  journal: CallJournal
  /** Called for each request of which something was taken, once for each of its senders: how much, and why the rest was not. */
  ingested(report: Ingested): void
  /** Whose pages may send scores with a public key; nobody's, where it is absent. */
  allowedOrigins?: ReadonlySet<string>
  /** How much feedback public keys may send; without it, any amount. */
  feedbackLimit?: FeedbackLimit
  /** Whether a proxy in front says whose address it is. */
  trustProxy?: boolean
  /** The trace of a span that is stored. Rejects where the core cannot say. */
  traceOf?(projectId: string, spanId: string): Promise<string | undefined>
}

/** `POST /v1/traces` of OTLP/HTTP: acknowledged when it is synced to the journal, good spans kept when others are bad. */
export async function ingestOtlp(rooms: IngestRooms, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const directory = rooms.directory()
  const caller = directory.authenticate(secretOf(request.headers, request.url))
  permit(caller, 'traces:write')
  const contentType =
    String(request.headers['content-type'] ?? '')
      .split(';')[0]
      ?.trim()
      .toLowerCase() ?? ''
  const format = own(FORMATS, contentType)
  if (!format)
    throw new AppError(
      'unsupported-media-type',
      `Content-Type ${contentType || '(none)'} is not known here; send application/x-protobuf or application/json.`,
    )
  const body = await readBody(request, directory.maxBodyBytes)
  const clientProject = clientProjectOf((name) => request.headers[name])
  const check = await takeTraces(rooms.journal, { caller, body, format, clientProject })
  if ('error' in check) throw new AppError('invalid-request', check.error)
  const rejected = check.rejected === 0 ? [] : refusedSpans(body, format)
  noteTraces((report) => rooms.ingested(report), { caller, ...senderOf(request) }, { check, rejected })
  const answer = format === 'otlp-json' ? partialJson(check) : partialProtobuf(check)
  response.writeHead(200, {
    'content-type': format === 'otlp-json' ? 'application/json' : 'application/x-protobuf',
    'content-length': answer.length,
  })
  response.end(answer)
}
