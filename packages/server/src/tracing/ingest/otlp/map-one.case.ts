import type { ScoreRow, SpanWithPayload } from '@signalbox/schema'
import { createPricing } from '../../../pricing/price.ts'
import { decodeOtlp } from './decode-otlp.ts'
import type { MapContext } from './map-context.ts'
import { mapOtlp } from './map-otlp.ts'

/** What tests of the mapping say of one span: attributes as plain values, the rest as OTLP/JSON. */
export type Value = string | number | boolean | string[] | number[]
export const TRACE = '0af7651916cd43dd8448eb211c80319c'
export const SPAN = 'b7ad6b7169203331'
export const context: MapContext = {
  projectId: 'default',
  keyId: 'key_1',
  receivedAt: 1_731_925_770_000_000,
  price: createPricing([]).price,
}

const anyValue = (value: Value): object =>
  Array.isArray(value)
    ? { arrayValue: { values: value.map(anyValue) } }
    : typeof value === 'string'
      ? { stringValue: value }
      : typeof value === 'boolean'
        ? { boolValue: value }
        : Number.isInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: value }
export const attributesOf = (record: Record<string, Value>) =>
  Object.entries(record).map(([key, value]) => ({ key, value: anyValue(value) }))
export const eventOf = (name: string, record: Record<string, Value>) => ({
  name,
  timeUnixNano: '1731925760200000000',
  attributes: attributesOf(record),
})

type More = { span?: object; resource?: Record<string, Value>; context?: Partial<MapContext> }

export function mapWithScores(attributes: Record<string, Value>, more: More = {}): SpanWithPayload & { scores: ScoreRow[] } {
  const span = {
    traceId: TRACE,
    spanId: SPAN,
    name: 'step',
    startTimeUnixNano: '1731925760000000000',
    endTimeUnixNano: '1731925761000000000',
    attributes: attributesOf(attributes),
    ...more.span,
  }
  const body = { resourceSpans: [{ resource: { attributes: attributesOf(more.resource ?? {}) }, scopeSpans: [{ spans: [span] }] }] }
  const scores: ScoreRow[] = []
  const [row] = mapOtlp(decodeOtlp(Buffer.from(JSON.stringify(body)), 'otlp-json'), { ...context, ...more.context }, scores)
  if (!row) throw new Error('no row')
  return { ...row, scores }
}
