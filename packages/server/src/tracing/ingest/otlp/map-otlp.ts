import type { SpanWithPayload } from '@signalbox/schema'
import type { Pricing } from '../../../pricing/price.ts'
import { type Collected, collectFields } from './collect-fields.ts'
import type { Attribute, DecodedTraces } from './decoded.ts'
import { mapSpan } from './map-span.ts'

/** Whose spans they are, and when the edge had them: microseconds since 1970. */
export type MapContext = { projectId: string; keyId: string; receivedAt: number; price: Pricing['price'] }
/** What the spans of one scope share, worked out once. */
export type Surroundings = { resource: Collected; resourceJson: string; scopeName: string; scopeJson: string }

/** Decoded spans → rows and payloads, complete with defaults. Each depends on its own span, scope and resource only. */
export function mapOtlp(traces: DecodedTraces, context: MapContext): SpanWithPayload[] {
  const rows: SpanWithPayload[] = []
  for (const { attributes, schemaUrl, scopes } of traces.resources) {
    const resource = collectFields(attributes)
    const resourceJson = withoutEmpty({ schemaUrl }, attributes, resource)
    for (const scope of scopes) {
      const { name, version } = scope
      const scopeJson = withoutEmpty({ name, version, schemaUrl: scope.schemaUrl }, scope.attributes)
      const around: Surroundings = { resource, resourceJson, scopeName: name, scopeJson }
      for (const span of scope.spans) rows.push(mapSpan(span, around, context))
    }
  }
  return rows
}

function withoutEmpty(
  texts: Record<string, string>,
  attributes: readonly Attribute[],
  collected: Collected = collectFields(attributes),
): string {
  const members = Object.entries(texts).flatMap(([key, value]) => (value === '' ? [] : [`"${key}":${JSON.stringify(value)}`]))
  return `{${[...members, `"attributes":{${collected.json}}`].join(',')}}`
}
