import { AppError, FRAME, type IngestHeader } from '@signalbox/schema'
import { newSpanId } from '../lib/ids.ts'
import type { CallJournal } from '../store/ports.ts'
import { checkOtlp, type OtlpCheck } from '../tracing/ingest/otlp/check-otlp.ts'
import { decodeOtlp } from '../tracing/ingest/otlp/decode-otlp.ts'
import type { OtlpFormat } from '../tracing/ingest/otlp/decoded.ts'
import { splitSpans } from '../tracing/ingest/otlp/split-spans.ts'
import { withoutContent } from '../tracing/ingest/otlp/without-content.ts'
import type { IngestCaller } from '../tracing/inspector/ingested.ts'

/** A body of OTLP as it came in, whatever brought it, and the project that its client names in a header. */
export type TracesBody = { caller: IngestCaller; body: Buffer; format: OtlpFormat; clientProject?: string | undefined }

/**
 * Checks a body and, where it can be taken, writes it down: it is on disk when this resolves. A body that is no export of traces is
 * an error that says what it is; spans that are malformed are counted, and the others are taken.
 */
export async function takeTraces(
  journal: CallJournal,
  { caller, body, format, clientProject }: TracesBody,
): Promise<OtlpCheck | { error: string }> {
  const check = checkOtlp(body, format)
  if ('error' in check || check.spans === 0) return check
  const { projectId, keyId } = caller
  const receivedAt = Date.now() * 1000
  const write = (written: Buffer, as: IngestHeader['format']) => {
    const header: IngestHeader = { v: 1, projectId, keyId, format: as, receivedAt, ...(clientProject && { clientProject }) }
    return journal.appendDurable({ kind: FRAME.ingest, id: newSpanId(), header: JSON.stringify(header), body: [written] })
  }
  try {
    if (caller.project.capture.content) await write(body, format)
    else await Promise.all(bareBodies(body, format).map((bare) => write(bare, 'otlp-decoded')))
  } catch (cause) {
    // Exporters drop what is answered with 500 and repeat what is answered with 503.
    throw cause instanceof AppError ? cause : new AppError('unavailable', 'The spans could not be written down.', { cause })
  }
  return check
}

/** The project that a client of another tool names: Phoenix, LangSmith, Opik. */
export const clientProjectOf = (header: (name: string) => string | string[] | undefined): string | undefined => {
  for (const name of ['x-project-name', 'langsmith-project', 'projectname']) {
    const value = header(name)
    if (typeof value === 'string' && value.trim() !== '') return value.trim().slice(0, 200).toWellFormed()
  }
  return undefined
}

const MOST_SPANS = 10_000

/** The spans of a body without their content. The same body gives the same bytes: that is how one that is sent again is known. */
const bareBodies = (body: Buffer, format: OtlpFormat): Buffer[] =>
  splitSpans(withoutContent(decodeOtlp(body, format)), MOST_SPANS).map((part) => Buffer.from(JSON.stringify(part)))

type Rejected = { rejected: number; message: string }

export const partialJson = ({ rejected, message }: Rejected): Buffer =>
  Buffer.from(JSON.stringify(rejected === 0 ? {} : { partialSuccess: { rejectedSpans: String(rejected), errorMessage: message } }))

/** ExportTraceServiceResponse { partial_success = 1 { rejected_spans = 1, error_message = 2 } }. */
export function partialProtobuf({ rejected, message }: Rejected): Buffer {
  if (rejected === 0) return Buffer.alloc(0)
  return bytesField(1, Buffer.concat([Buffer.from([0x08, ...varint(rejected)]), bytesField(2, Buffer.from(message))]))
}

/** A length-delimited field of a protobuf message. */
export const bytesField = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.from([number * 8 + 2, ...varint(bytes.length)]), bytes])

export function varint(value: number): number[] {
  const bytes: number[] = []
  while (value > 127) {
    bytes.push((value & 127) | 128)
    value = Math.floor(value / 128)
  }
  return [...bytes, value]
}
