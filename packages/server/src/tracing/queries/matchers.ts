import type { Parsed } from '@signalbox/schema'
import { condition, searchCondition } from './conditions.ts'
import { contentCondition } from './full-text.ts'
import type { Parameters } from './parameters.ts'

/** What a span, or its payload, must match. Several of them may be matched by several spans of a trace. */
export type Matcher = { table: 'spans' | 'spans FINAL' | 'payloads'; where(parameters: Parameters): string }

/** A trace matches when one of its spans matches all filters and one of them (the same or another) contains the searched text. */
export function matchersOf(
  { filter = [], search, in: where }: Pick<Parsed<'traces.list'>, 'filter' | 'search' | 'in'>,
  final: '' | ' FINAL' = '',
): Matcher[] {
  const matchers: Matcher[] = []
  if (filter.length > 0)
    matchers.push({ table: `spans${final}`, where: (bound) => filter.map((one) => condition(one, bound)).join(' AND ') })
  if (search && where === 'content') matchers.push({ table: 'payloads', where: (bound) => contentCondition(search, bound) })
  else if (search) matchers.push({ table: `spans${final}`, where: (bound) => searchCondition(search, bound) })
  return matchers
}
