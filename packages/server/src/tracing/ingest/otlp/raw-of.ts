import type { UsageFlag } from '../../../pricing/normalise-usage.ts'
import { type Collected, collectFields } from './collect-fields.ts'
import type { DecodedEvent, DecodedSpan, DecodedTime } from './decoded.ts'
import type { Surroundings } from './map-context.ts'

/** Everything that was sent, as JSON: what no column holds today can be read, and mapped again, tomorrow. */
export function rawOf(span: DecodedSpan, found: Collected, around: Surroundings, flag: UsageFlag): string {
  let json = `{"attributes":{${found.json}},"resource":${around.resourceJson},"scope":${around.scopeJson},"span":${spanJson(span)}`
  if (span.events.length > 0) json += `,"events":[${span.events.map(eventJson).join(',')}]`
  if (span.links.length > 0) json += `,"links":[${span.links.map(linkJson).join(',')}]`
  return `${json}${flag === 'ok' ? '' : `,"usageFlag":"${flag}"`}}`
}

const KIND_NAMES = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const nanos = ({ us, ns }: DecodedTime): string => (us === 0 ? String(ns) : `${us}${String(ns).padStart(3, '0')}`)
const member = (key: string, value: string | number): string => (value === '' || value === 0 ? '' : `,"${key}":${JSON.stringify(value)}`)
const attributesJson = (attributes: DecodedEvent['attributes']): string => collectFields(attributes).json

const spanJson = (span: DecodedSpan): string =>
  `{"kind":"${KIND_NAMES[span.kind] ?? span.kind}","startTimeUnixNano":"${nanos(span.start)}","endTimeUnixNano":"${nanos(span.end)}"${member('name', span.name)}${member('parentSpanId', span.parentSpanId)}${member('traceState', span.traceState)}${member('flags', span.flags)}${member('statusCode', span.statusCode)}${member('statusMessage', span.statusMessage)}${member('droppedAttributesCount', span.droppedAttributes)}${member('droppedEventsCount', span.droppedEvents)}${member('droppedLinksCount', span.droppedLinks)}}`

const eventJson = (event: DecodedEvent): string =>
  `{"name":${JSON.stringify(event.name)},"timeUnixNano":"${nanos(event.time)}","attributes":{${attributesJson(event.attributes)}}${member('droppedAttributesCount', event.droppedAttributes)}}`

const linkJson = (link: DecodedSpan['links'][number]): string =>
  `{"traceId":"${link.traceId}","spanId":"${link.spanId}","attributes":{${attributesJson(link.attributes)}}${member('traceState', link.traceState)}${member('flags', link.flags)}${member('droppedAttributesCount', link.droppedAttributes)}}`
