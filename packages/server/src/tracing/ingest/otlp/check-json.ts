import type { SpanProblem } from './check-span.ts'
import { MAX_DEPTH } from './decoded.ts'

export type JsonObject = Record<string, unknown>
/** The spans of one `ScopeSpans`, with what they belong to. */
type JsonScope = { resourceSpans: JsonObject; scopeSpans: JsonObject; spans: unknown[] }
/** `resource` and `scope` as they were sent; `signal` tells traces from what was sent to the wrong path. */
export type JsonRequest = { signal: 'traces' | 'logs' | 'metrics'; scopes: JsonScope[] } | { error: string }

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Parses an OTLP/JSON body down to its spans, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. */
export function readJson(body: Uint8Array): JsonRequest {
  let request: unknown
  try {
    request = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  } catch (error) {
    const hint = body[0] === 0x0a ? ' It looks like protobuf: send it as Content-Type application/x-protobuf.' : ''
    return { error: `The body is not JSON: ${error instanceof Error ? error.message : String(error)}.${hint}` }
  }
  if (!isObject(request)) return { error: 'The body is JSON, but not an object with "resourceSpans".' }
  if (request.resourceSpans === undefined) {
    if (request.resourceLogs !== undefined) return { signal: 'logs', scopes: [] }
    if (request.resourceMetrics !== undefined) return { signal: 'metrics', scopes: [] }
    const other = Object.keys(request).find((key) => /spans|trace|batch/i.test(key))
    if (other !== undefined) return { error: `The body has "${other.slice(0, 100)}", but no "resourceSpans", which OTLP/JSON wants.` }
  }
  const scopes: JsonScope[] = []
  const wrong = (path: string) => ({ error: `"${path}" of the body is not what OTLP/JSON wants: a list of objects.` })
  for (const resourceSpans of list(request.resourceSpans)) {
    if (!isObject(resourceSpans)) return wrong('resourceSpans')
    const scopeLists = resourceSpans.scopeSpans ?? resourceSpans.instrumentationLibrarySpans
    for (const scopeSpans of list(scopeLists)) {
      if (!isObject(scopeSpans)) return wrong('resourceSpans.scopeSpans')
      if (scopeSpans.spans !== undefined && scopeSpans.spans !== null && !Array.isArray(scopeSpans.spans))
        return wrong('resourceSpans.scopeSpans.spans')
      scopes.push({ resourceSpans, scopeSpans, spans: list(scopeSpans.spans) })
    }
  }
  return { signal: 'traces', scopes }
}

/** A value that should be a list, as one: what is not there is empty, anything else its only element. */
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value])

/** Why a span of a JSON body cannot be taken; '' where it can. */
export function checkJsonSpan(span: unknown): { problem: SpanProblem; timeless: boolean } {
  if (!isObject(span)) return { problem: 'malformed', timeless: true }
  const timeless = span.startTimeUnixNano === undefined && span.endTimeUnixNano === undefined
  if (!isId(span.traceId, 32)) return { problem: 'trace-id', timeless }
  if (!isId(span.spanId, 16)) return { problem: 'span-id', timeless }
  const nested = [span.attributes, ...list(span.events).map(attributesOf), ...list(span.links).map(attributesOf)]
  const shaped =
    isTime(span.startTimeUnixNano) && isTime(span.endTimeUnixNano) && nested.every((attributes) => areAttributes(attributes, 0))
  return { problem: shaped ? '' : 'malformed', timeless }
}

const attributesOf = (value: unknown): unknown => (isObject(value) ? value.attributes : undefined)
const isId = (value: unknown, digits: number): boolean =>
  typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/i.test(value) && !/^0+$/.test(value)
const isTime = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'number' && value >= 0) ||
  (typeof value === 'string' && /^\d{0,20}$/.test(value))

function areAttributes(value: unknown, depth: number): boolean {
  if (value === undefined || value === null) return true
  if (!Array.isArray(value) || depth > MAX_DEPTH) return false
  return value.every((attribute) => isObject(attribute) && typeof attribute.key === 'string' && isValue(attribute.value, depth))
}

function isValue(value: unknown, depth: number): boolean {
  if (!isObject(value)) return value === undefined || value === null
  if (depth > MAX_DEPTH) return false
  if (isObject(value.arrayValue)) return list(value.arrayValue.values).every((entry) => isValue(entry, depth + 1))
  if (isObject(value.kvlistValue)) return areAttributes(value.kvlistValue.values, depth + 1)
  return true
}
