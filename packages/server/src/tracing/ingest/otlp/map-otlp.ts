import type { ScoreRow, SpanWithPayload } from '@signalbox/schema'
import { type Collected, collectFields } from './collect-fields.ts'
import type { Attribute, DecodedTraces } from './decoded.ts'
import type { MapContext, Surroundings } from './map-context.ts'
import { mapSpan } from './map-span.ts'
import { PROJECT_ATTRIBUTES } from './mapping.ts'
import { short } from './values.ts'

/**
 * Decoded spans → rows and payloads, complete with defaults. Each depends on its own span, scope and resource only. The judgements
 * that they carry are added to `scores`.
 */
export function mapOtlp(traces: DecodedTraces, context: MapContext, scores: ScoreRow[] = []): SpanWithPayload[] {
  const rows: SpanWithPayload[] = []
  for (const { attributes, schemaUrl, scopes } of traces.resources) {
    const resource = collectFields(attributes)
    const resourceJson = withoutEmpty({ schemaUrl }, attributes, resource)
    const project = PROJECT_ATTRIBUTES.map((name) => short(attributes.find(({ key }) => key === name)?.value)).find(Boolean) ?? ''
    for (const scope of scopes) {
      const { name, version } = scope
      const scopeJson = withoutEmpty({ name, version, schemaUrl: scope.schemaUrl }, scope.attributes)
      const around: Surroundings = { resource, resourceJson, project, scopeName: name, scopeJson }
      for (const span of scope.spans) rows.push(mapSpan(span, around, context, scores))
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
