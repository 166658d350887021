/** A value of an attribute. 64-bit integers beyond 2⁵³ and NaN or infinite numbers are text, bytes are base64. */
export type AttributeValue = string | number | boolean | null | AttributeValue[] | { [key: string]: AttributeValue }
export type Attribute = { key: string; value: AttributeValue }

/** Times are whole microseconds since 1970 and the nanoseconds beyond them, 0 to 999: together what was sent, in exact numbers. */
export type DecodedTime = { us: number; ns: number }

export type DecodedEvent = { name: string; time: DecodedTime; attributes: Attribute[]; droppedAttributes: number }
export type DecodedLink = {
  traceId: string
  spanId: string
  traceState: string
  flags: number
  attributes: Attribute[]
  droppedAttributes: number
}
export type DecodedSpan = {
  /** Lower-case hex. */
  traceId: string
  spanId: string
  /** Lower-case hex as sent, '' where none was; not checked. */
  parentSpanId: string
  traceState: string
  flags: number
  name: string
  kind: number
  start: DecodedTime
  end: DecodedTime
  attributes: Attribute[]
  events: DecodedEvent[]
  links: DecodedLink[]
  statusCode: number
  statusMessage: string
  droppedAttributes: number
  droppedEvents: number
  droppedLinks: number
  /** Of a span whose content was taken out before it was written down: how many bytes it was. */
  contentBytes?: { input: number; output: number }
}
export type DecodedScope = { name: string; version: string; schemaUrl: string; attributes: Attribute[]; spans: DecodedSpan[] }
export type DecodedResource = { schemaUrl: string; attributes: Attribute[]; scopes: DecodedScope[] }
/** The spans of one OTLP export request, of either encoding. */
export type DecodedTraces = { resources: DecodedResource[] }

export type OtlpFormat = 'otlp-protobuf' | 'otlp-json'
/** Lists and maps nested deeper in an attribute make a span malformed: nothing that reads them may run out of stack. */
export const MAX_DEPTH = 32
