import type { AttributeValue, DemoSpan, DemoTrace } from './traces/trace.ts'

const SPAN_KINDS = { internal: 1, client: 3 } as const
const STATUS_ERROR = 2

/** Traces as the body of an OTLP/HTTP request in JSON, https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding. */
export function otlpJson(traces: readonly DemoTrace[]): string {
  const resources = Map.groupBy(traces, ({ resource }) => `${resource.service} ${resource.environment} ${resource.release}`)
  return JSON.stringify({
    resourceSpans: [...resources.values()].map((group) => ({
      resource: { attributes: group[0] ? resourceAttributes(group[0].resource) : [] },
      scopeSpans: [{ scope: { name: 'kestrel.support', version: '1.4.0' }, spans: group.flatMap(spansOf) }],
    })),
  })
}

const resourceAttributes = ({ service, environment, release }: DemoTrace['resource']) =>
  attributesOf({
    'service.name': service,
    'service.namespace': 'kestrel',
    'service.version': release,
    'deployment.environment.name': environment,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
  })

const spansOf = ({ traceId, startedAt, spans }: DemoTrace) =>
  spans.map(({ spanId, parentId, name, kind, start, end, attributes, error }) => ({
    traceId,
    spanId,
    ...(parentId && { parentSpanId: parentId }),
    name,
    kind: SPAN_KINDS[kind],
    startTimeUnixNano: nanoseconds(startedAt, start),
    endTimeUnixNano: nanoseconds(startedAt, end),
    attributes: attributesOf({ ...attributes, 'error.type': error?.type }),
    ...(error && { status: { code: STATUS_ERROR, message: error.message } }),
  }))

/** Whole microseconds, as text: nanoseconds are beyond what a number holds exactly. */
const nanoseconds = (startedAt: number, offset: number): string => `${startedAt * 1000 + Math.round(offset * 1000)}000`

const attributesOf = (attributes: DemoSpan['attributes']) =>
  Object.entries(attributes).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value: anyValue(value) }]))

function anyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } }
}
