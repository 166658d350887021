import type { Parsed } from '@signalbox/schema'
import { condition, searchCondition } from './conditions.ts'
import type { Parameters } from './parameters.ts'

/** What a span must match. Several of them may be matched by several spans of a trace. */
export type Matcher = (parameters: Parameters) => string

/** A trace matches when one of its spans matches all filters and one of them (the same or another) contains the searched text. */
export function matchersOf({ filter = [], search }: Pick<Parsed<'traces.list'>, 'filter' | 'search'>): Matcher[] {
  return [
    ...(filter.length > 0 ? [(bound: Parameters) => filter.map((one) => condition(one, bound)).join(' AND ')] : []),
    ...(search ? [(bound: Parameters) => searchCondition(search, bound)] : []),
  ]
}
