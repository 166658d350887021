import { decodeJson } from './decode-json.ts'
import { decodeProtobuf } from './decode-protobuf.ts'
import type { DecodedTraces, OtlpFormat } from './decoded.ts'

/** A body that `checkOtlp` took → its resources, scopes and spans; the same objects from both encodings. */
export const decodeOtlp = (body: Uint8Array, format: OtlpFormat): DecodedTraces =>
  format === 'otlp-json' ? decodeJson(body) : decodeProtobuf(body)
