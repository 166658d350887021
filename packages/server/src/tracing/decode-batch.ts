import { type CallEnd, type CallStart, FRAME, type IngestHeader, type SpanWithPayload } from '@signalbox/schema'
import { type CallToSpanRooms, callToSpan } from './call-to-span.ts'

/** A record as it comes out of the journal. */
export type BatchFrame = { kind: number; id: string; header: string; body: Buffer }
export type Refused = { projectId: string; reason: string; row: unknown }
export type DecodedBatch = { rows: SpanWithPayload[]; refused: Refused[] }

export type DecodeRooms = CallToSpanRooms & {
  decodeIngest(header: IngestHeader, body: Buffer): SpanWithPayload[]
}

/**
 * The rows of a batch, or of a part of one: starts joined with their ends, ingested bodies decoded. What cannot be decoded is
 * refused, alone. `starts` keeps those of earlier parts.
 */
export async function decodeBatch(
  frames: readonly BatchFrame[],
  rooms: DecodeRooms,
  starts = new Map<string, BatchFrame>(),
): Promise<DecodedBatch> {
  const rows: SpanWithPayload[] = []
  const refused: Refused[] = []
  for (const frame of frames) {
    try {
      if (frame.kind === FRAME.start) starts.set(frame.id, frame)
      else if (frame.kind === FRAME.end) rows.push(await callRow(starts.get(frame.id), frame, rooms))
      else if (frame.kind === FRAME.ingest) rows.push(...rooms.decodeIngest(JSON.parse(frame.header) as IngestHeader, frame.body))
      else throw new Error(`a record of the unknown kind ${frame.kind}`)
    } catch (error) {
      refused.push({
        projectId: projectOf(starts.get(frame.id) ?? frame),
        reason: error instanceof Error ? error.message : String(error),
        row: { header: frame.header, body: frame.body.toString('base64') },
      })
    }
  }
  return { rows, refused }
}

function callRow(start: BatchFrame | undefined, end: BatchFrame, rooms: DecodeRooms): Promise<SpanWithPayload> {
  if (!start) throw new Error(`the call ${end.id} has an end but no start`)
  return callToSpan(
    { start: JSON.parse(start.header) as CallStart, end: JSON.parse(end.header) as CallEnd, request: start.body, answer: end.body },
    rooms,
  )
}

function projectOf({ header }: BatchFrame): string {
  try {
    return (JSON.parse(header) as { projectId?: string }).projectId ?? ''
  } catch {
    return ''
  }
}
