import { checkJsonSpan, isObject, type JsonObject, readJson } from './check-json.ts'
import { checkSpan, type SpanProblem } from './check-span.ts'
import { attributes } from './decode-json.ts'
import { decodeScope, resourceAttributes } from './decode-protobuf.ts'
import type { Attribute, OtlpFormat } from './decoded.ts'
import { type Origin, Origins, originName } from './origins.ts'
import { walkSpans } from './walk-spans.ts'
import { readerOf } from './wire.ts'

/** `spans` can be taken; `rejected` cannot, as `message` says ('' where there are none). `origins`: who made them. */
export type OtlpCheck = { spans: number; rejected: number; message: string; origins: Origin[] }

/**
 * Whether a body can be acknowledged: cheap, because it runs at the edge for every batch. A span that is malformed in
 * itself is counted as rejected and spoils no other; a body that is no export of traces is an error that says what it is.
 * What is counted in `spans` is exactly what `decodeOtlp` gives.
 */
export function checkOtlp(body: Uint8Array, format: OtlpFormat): OtlpCheck | { error: string } {
  const tally = newTally()
  const error = format === 'otlp-json' ? checkJson(body, tally) : checkProtobuf(body, tally)
  return error ? { error } : resultOf(tally)
}

type Tally = {
  index: number
  spans: number
  problems: Map<SpanProblem, number>
  firstBad: number
  firstProblem: SpanProblem
  timed: boolean
  origins: Origins
}
const newTally = (): Tally => ({
  index: 0,
  spans: 0,
  problems: new Map(),
  firstBad: -1,
  firstProblem: '',
  timed: false,
  origins: new Origins(),
})

function count(tally: Tally, problem: SpanProblem, timeless: boolean): void {
  tally.origins.count(problem === '')
  if (problem === '') tally.spans++
  else {
    if (tally.firstBad < 0) {
      tally.firstBad = tally.index
      tally.firstProblem = problem
    }
    tally.problems.set(problem, (tally.problems.get(problem) ?? 0) + 1)
  }
  if (!timeless) tally.timed = true
  tally.index++
}

export const WORDS: Record<Exclude<SpanProblem, ''>, string> = {
  'trace-id': 'its trace id is not 16 bytes (32 hex digits in JSON) or all zero',
  'span-id': 'its span id is not 8 bytes (16 hex digits in JSON) or all zero',
  malformed: 'it is malformed, or an attribute is nested too deep',
  logs: 'it is a log record, not a span',
  metrics: 'it is a metric, not a span',
}

function resultOf({ spans, problems, firstBad, firstProblem, timed, origins: counted }: Tally): OtlpCheck | { error: string } {
  const origins = counted.list()
  const rejected = [...problems.values()].reduce((sum, number) => sum + number, 0)
  if (rejected === 0 || firstProblem === '') return { spans, rejected: 0, message: '', origins }
  if (spans === 0) {
    if (problems.has('logs')) return { error: wrongSignal('logs') }
    if (problems.has('metrics')) return { error: wrongSignal('metrics') }
    if (!timed) return { error: `No item of the body has a trace id, a span id and a time, so these are not spans. ${ONLY_TRACES}` }
  }
  const of = `${rejected} of ${spans + rejected} spans rejected`
  return { spans, rejected, message: `${of}; the first is number ${firstBad + 1}: ${WORDS[firstProblem]}.`, origins }
}

const ONLY_TRACES =
  'This path takes traces only: point the traces exporter here, and switch other exporters off (OTEL_LOGS_EXPORTER=none, OTEL_METRICS_EXPORTER=none).'
const wrongSignal = (signal: string) => `The body holds OpenTelemetry ${signal}, not traces. ${ONLY_TRACES}`

function checkProtobuf(body: Uint8Array, tally: Tally): string | undefined {
  const reader = readerOf(body)
  let resource: Attribute[] = []
  const whole = walkSpans(reader, body.length, {
    resourceSpans() {
      resource = []
    },
    resource(at, end) {
      resource = resourceAttributes(at, end)
    },
    scopeSpans() {
      const around = resource
      tally.origins.enter(() => originName(around, { name: '', version: '' }))
    },
    scope(at, end) {
      const [around, scope] = [resource, decodeScope(at, end)]
      tally.origins.enter(() => originName(around, scope))
    },
    span(at, end) {
      const { problem, timeless } = checkSpan(at, end)
      count(tally, problem, timeless)
    },
  })
  if (whole) return undefined
  const hint = body[0] === 0x7b ? ' It looks like JSON: send it as Content-Type application/json.' : ''
  const zipped = body[0] === 0x1f && body[1] === 0x8b ? ' It looks compressed: send Content-Encoding: gzip.' : ''
  return `The body is not a complete OTLP protobuf message: it breaks off or turns to something else near byte ${reader.at} of ${body.length}.${hint}${zipped}`
}

function checkJson(body: Uint8Array, tally: Tally): string | undefined {
  const request = readJson(body)
  if ('error' in request) return request.error
  if (request.signal !== 'traces') return wrongSignal(request.signal)
  for (const { resourceSpans, scopeSpans, spans } of request.scopes) {
    tally.origins.enter(() => jsonOrigin(resourceSpans, scopeSpans))
    for (const span of spans) {
      const { problem, timeless } = checkJsonSpan(span)
      count(tally, problem, timeless)
    }
  }
  return undefined
}

function jsonOrigin({ resource }: JsonObject, scopeSpans: JsonObject): string {
  const scope = scopeSpans.scope ?? scopeSpans.instrumentationLibrary
  const text = (key: string) => (isObject(scope) && typeof scope[key] === 'string' ? scope[key].toWellFormed() : '')
  return originName(attributes(isObject(resource) ? resource.attributes : undefined), { name: text('name'), version: text('version') })
}
