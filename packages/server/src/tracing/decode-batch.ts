import {
  type CallEnd,
  type CallStart,
  FRAME,
  type IngestHeader,
  type ScoreRow,
  type SpanPatch,
  type SpanWithPayload,
} from '@signalbox/schema'
import { attemptSpans } from './attempt-spans.ts'
import { type CallToSpanRooms, callToSpan } from './call-to-span.ts'
import { estimateTries } from './estimate-use.ts'
import type { Decoded } from './ingest/decoder.ts'

/** A record as it comes out of the journal. */
export type BatchFrame = { kind: number; id: string; header: string; body: Buffer }
export type Refused = { projectId: string; reason: string; row: unknown }
export type DecodedBatch = { rows: SpanWithPayload[]; patches: SpanPatch[]; scores: ScoreRow[]; refused: Refused[] }

export type DecodeRooms = CallToSpanRooms & {
  decodeIngest(header: IngestHeader, body: Buffer): Decoded
}

/**
 * The rows of a batch, or of a part of one, and what it says of other spans: starts joined with their ends, ingested bodies decoded. What cannot be decoded is
 * refused, alone. `starts` keeps those of earlier parts.
 */
export async function decodeBatch(
  frames: readonly BatchFrame[],
  rooms: DecodeRooms,
  starts = new Map<string, BatchFrame>(),
): Promise<DecodedBatch> {
  const rows: SpanWithPayload[] = []
  const patches: SpanPatch[] = []
  const scores: ScoreRow[] = []
  const refused: Refused[] = []
  for (const frame of frames) {
    try {
      if (frame.kind === FRAME.start) starts.set(frame.id, frame)
      else if (frame.kind === FRAME.end) rows.push(...(await callRows(starts.get(frame.id), frame, rooms)))
      else if (frame.kind === FRAME.ingest) {
        const decoded = rooms.decodeIngest(JSON.parse(frame.header) as IngestHeader, frame.body)
        for (const row of decoded.rows) rows.push(row)
        for (const patch of decoded.patches) patches.push(patch)
        for (const score of decoded.scores) scores.push(score)
      } else if (frame.kind !== FRAME.report) throw new Error(`a record of the unknown kind ${frame.kind}`)
    } catch (error) {
      refused.push({
        projectId: projectOf(starts.get(frame.id) ?? frame),
        reason: error instanceof Error ? error.message : String(error),
        row: { header: frame.header, body: frame.body.toString('base64') },
      })
    }
  }
  return { rows, patches, scores, refused }
}

async function callRows(startFrame: BatchFrame | undefined, endFrame: BatchFrame, rooms: DecodeRooms): Promise<SpanWithPayload[]> {
  if (!startFrame) throw new Error(`the call ${endFrame.id} has an end but no start`)
  const start = JSON.parse(startFrame.header) as CallStart
  const told = JSON.parse(endFrame.header) as CallEnd
  const end = { ...told, attempts: await estimateTries({ start, end: told, body: startFrame.body }, rooms) }
  const call = await callToSpan({ start, end, request: startFrame.body, answer: endFrame.body }, rooms)
  return [call, ...attemptSpans(call, end)]
}

function projectOf({ header }: BatchFrame): string {
  try {
    return (JSON.parse(header) as { projectId?: string }).projectId ?? ''
  } catch {
    return ''
  }
}
