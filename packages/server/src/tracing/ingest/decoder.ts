import type { IngestHeader, ScoreRow, SpanPatch, SpanWithPayload } from '@signalbox/schema'
import type { Pricing } from '../../pricing/price.ts'

/** What an ingested body holds: whole spans, parts of spans, and scores. */
export type Decoded = { rows: SpanWithPayload[]; patches: SpanPatch[]; scores: ScoreRow[] }
export type DecodeTools = { price: Pricing['price'] }
export type Decoder = (header: IngestHeader, body: Buffer, tools: DecodeTools) => Decoded
