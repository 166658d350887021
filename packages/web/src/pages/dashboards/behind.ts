import { type Filter, type Measure, type PanelQuery, type SpanMeasure, scoreMeasureOf } from '@signalbox/schema'
import { CALLS } from '../../data/calls.ts'
import type { Value } from './panel-data.ts'

/** A value of a dimension as a filter; one that is not there is asked for as "not set". */
export const isValue = (field: string, value: Value): Filter =>
  value === '' || value === null || value === undefined ? { field, op: 'exists', value: false } : { field, op: 'eq', value }

const FAILED: Filter = { field: 'status', op: 'in', value: ['error', 'interrupted'] }
const cacheIs = (...value: string[]): Filter => ({ field: 'cache', op: 'in', value })
const KEPT = cacheIs('hit', 'semantic')
const ASKED = cacheIs('hit', 'semantic', 'miss')

/** What the spans have in common that a measure counts. */
const COUNTED: Partial<Record<SpanMeasure, Filter[]>> = {
  errors: [FAILED],
  errorRate: [FAILED],
  unpriced: [
    { field: 'cost', op: 'exists', value: false },
    { field: 'totalTokens', op: 'gt', value: 0 },
    { field: 'usageRole', op: 'eq', value: 'leaf' },
  ],
  cacheHits: [KEPT],
  cacheSemanticHits: [cacheIs('semantic')],
  cacheMisses: [cacheIs('miss')],
  cacheHitRate: [ASKED],
  savedUsd: [KEPT],
  savedSeconds: [KEPT],
}

/** Measures of model calls, where nothing is said about kinds. */
const OF_CALLS = /^(calls|errors|errorRate|duration|firstToken)/

type Asked = { measure: Measure /** What the number is: of a percentile the traces that took as long. */; value?: number | null }

/** The filters of the traces that a number was made of, beside the `filters` of the page and the values of its dimensions. */
export function behind(query: PanelQuery, filters: readonly Filter[], { measure, value }: Asked): Filter[] {
  const all = [...filters, ...query.filters]
  const ofScore = scoreMeasureOf(measure)
  if (ofScore) return [...all, scoreFilter(ofScore)]
  const anyKind = query.dimensions.includes('kind') || all.some(({ field }) => field === 'kind' || field === 'entry')
  const counted = COUNTED[measure as SpanMeasure] ?? []
  const slow = value === null || value === undefined ? [] : slowerThan(measure, value)
  return [...(OF_CALLS.test(measure) && !anyKind ? [CALLS] : []), ...all, ...counted, ...slow]
}

function slowerThan(measure: Measure, value: number): Filter[] {
  const field = /^duration/.test(measure) ? 'durationMs' : /^firstToken/.test(measure) ? 'firstTokenMs' : undefined
  return field ? [{ field, op: 'gte', value: Math.floor(value) }] : []
}

function scoreFilter({ measure, score }: NonNullable<ReturnType<typeof scoreMeasureOf>>): Filter {
  const field = `score.${score}`
  if (measure === 'scoreTrue') return { field, op: 'eq', value: 1 }
  if (measure === 'scoreFalse') return { field, op: 'eq', value: 0 }
  return { field, op: 'exists' }
}
