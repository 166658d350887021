import type { IngestFormat, IngestHeader, ScoreRow } from '@signalbox/schema'
import type { Decoded, Decoder, DecodeTools } from './decoder.ts'
import { decodeLangfuse } from './langfuse/decode.ts'
import { decodeLangsmith } from './langsmith/decode.ts'
import { decodeOpik } from './opik/decode.ts'
import { decodeOtlp } from './otlp/decode-otlp.ts'
import { mapOtlp } from './otlp/map-otlp.ts'

const decodeTraces =
  (format: 'otlp-protobuf' | 'otlp-json' | 'otlp-decoded'): Decoder =>
  (header, body, { price }) => {
    const scores: ScoreRow[] = []
    return { rows: mapOtlp(decodeOtlp(body, format), { ...header, price }, scores), patches: [], scores }
  }

/** How each format is read. A new one is a row here, and its file beside it. */
const DECODERS: Partial<Record<IngestFormat, Decoder>> = {
  'otlp-protobuf': decodeTraces('otlp-protobuf'),
  'otlp-json': decodeTraces('otlp-json'),
  'otlp-decoded': decodeTraces('otlp-decoded'),
  langfuse: (header, body) => ({ rows: [], ...decodeLangfuse(header, body) }),
  // Written by our own edge, as the rows that they are.
  scores: (_, body) => ({ rows: [], patches: [], scores: JSON.parse(body.toString('utf8')) as ScoreRow[] }),
  'langsmith-batch': decodeLangsmith,
  'langsmith-multipart': decodeLangsmith,
  'langsmith-feedback': decodeLangsmith,
  opik: decodeOpik,
}

/** The content of a body that the edge has accepted. Throws where the format is one of a later version. */
export function decodeIngest(header: IngestHeader, body: Buffer, tools: DecodeTools): Decoded {
  const decode = DECODERS[header.format]
  if (!decode) throw new Error(`a body of the unknown format ${header.format}`)
  return decode(header, body, tools)
}
