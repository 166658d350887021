import type { IncomingMessage, ServerResponse } from 'node:http'
import { AppError, FRAME, type IngestHeader } from '@signalbox/schema'
import type { Directory } from '../governance/directory.ts'
import { permit } from '../governance/permit.ts'
import { newSpanId } from '../lib/ids.ts'
import { own } from '../lib/own.ts'
import type { CallJournal } from '../store/ports.ts'
import { checkOtlp } from '../tracing/ingest/otlp/check-otlp.ts'
import { decodeOtlp } from '../tracing/ingest/otlp/decode-otlp.ts'
import type { OtlpFormat } from '../tracing/ingest/otlp/decoded.ts'
import { splitSpans } from '../tracing/ingest/otlp/split-spans.ts'
import { withoutContent } from '../tracing/ingest/otlp/without-content.ts'
import type { Ingested } from '../tracing/inspector/ingested.ts'
import { refusedSpans } from '../tracing/inspector/refused-spans.ts'
import { secretOf } from './credentials.ts'
import { readBody } from './read-body.ts'
import { senderOf } from './sender.ts'

const FORMATS: Record<string, OtlpFormat> = {
  'application/x-protobuf': 'otlp-protobuf',
  'application/protobuf': 'otlp-protobuf',
  'application/json': 'otlp-json',
}

export type IngestRooms = {
  directory(): Directory
  journal: CallJournal
  /** Called once for each request of which something was taken: how much, and why the rest was not. */
  ingested(report: Ingested): void
  /** Whose pages may send scores with a public key; nobody's, where it is absent. */
  allowedOrigins?: ReadonlySet<string>
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
  const check = checkOtlp(body, format)
  if ('error' in check) throw new AppError('invalid-request', check.error)
  if (check.spans > 0) {
    const { projectId, keyId } = caller
    const receivedAt = Date.now() * 1000
    const write = (written: Buffer, as: IngestHeader['format']) => {
      const header: IngestHeader = { v: 1, projectId, keyId, format: as, receivedAt }
      return rooms.journal.appendDurable({ kind: FRAME.ingest, id: newSpanId(), header: JSON.stringify(header), body: [written] })
    }
    if (caller.project.capture.content) await write(body, format)
    else await Promise.all(bareBodies(body, format).map((bare) => write(bare, 'otlp-decoded')))
  }
  rooms.ingested({ caller, ...senderOf(request), accepted: check.spans, rejected: check.rejected === 0 ? [] : refusedSpans(body, format) })
  const answer = format === 'otlp-json' ? partialJson(check) : partialProtobuf(check)
  response.writeHead(200, {
    'content-type': format === 'otlp-json' ? 'application/json' : 'application/x-protobuf',
    'content-length': answer.length,
  })
  response.end(answer)
}

const MOST_SPANS = 10_000

/** The spans of a body without their content. The same body gives the same bytes: that is how one that is sent again is known. */
const bareBodies = (body: Buffer, format: OtlpFormat): Buffer[] =>
  splitSpans(withoutContent(decodeOtlp(body, format)), MOST_SPANS).map((part) => Buffer.from(JSON.stringify(part)))

type Rejected = { rejected: number; message: string }

const partialJson = ({ rejected, message }: Rejected): Buffer =>
  Buffer.from(JSON.stringify(rejected === 0 ? {} : { partialSuccess: { rejectedSpans: String(rejected), errorMessage: message } }))

/** ExportTraceServiceResponse { partial_success = 1 { rejected_spans = 1, error_message = 2 } }. */
function partialProtobuf({ rejected, message }: Rejected): Buffer {
  if (rejected === 0) return Buffer.alloc(0)
  const text = Buffer.from(message)
  const inner = Buffer.concat([Buffer.from([0x08, ...varint(rejected), 0x12, ...varint(text.length)]), text])
  return Buffer.concat([Buffer.from([0x0a, ...varint(inner.length)]), inner])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  while (value > 127) {
    bytes.push((value & 127) | 128)
    value = Math.floor(value / 128)
  }
  return [...bytes, value]
}
