import { decodeJson } from './decode-json.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import type { DecodedTraces, OtlpFormat } from './decoded.ts'

/** A body that `checkOtlp` took → its resources, scopes and spans; the same objects from both encodings. */
export const decodeOtlp = (body: Uint8Array, format: OtlpFormat | 'otlp-decoded'): DecodedTraces => DECODE[format](body)

const DECODE: Record<OtlpFormat | 'otlp-decoded', (body: Uint8Array) => DecodedTraces> = {
  'otlp-protobuf': decodeProtobuf,
  'otlp-json': decodeJson,
  // What an edge of ours decoded, to take something out.
  'otlp-decoded': (body) => JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8')) as DecodedTraces,
}
