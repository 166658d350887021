import type { DashboardPanel, Measure, Threshold } from '@signalbox/schema'
import { fieldTitle } from '../../lib/filter-search.ts'
import { type MeasureWords, measureWords } from '../../ui/chart/measures.ts'
import type { Line, Value } from './panel-data.ts'

/** How the numbers of a measure are told in a panel: with the unit of the panel where it has one. */
export function formOf(measure: Measure, { unit }: Pick<DashboardPanel, 'unit'>): MeasureWords {
  const words = measureWords(measure)
  if (unit === undefined) return words
  const behind = (text: string) => `${text} ${unit}`
  return { ...words, unit, show: (value) => behind(words.show(value)), exact: (value) => behind(words.exact(value)) }
}

/** The threshold that a value has reached; undefined below the first one, and for what is not known. */
export const reached = (thresholds: readonly Threshold[], value: number | null | undefined): Threshold | undefined =>
  value === null || value === undefined ? undefined : thresholds.findLast(({ at }) => value >= at)

/** The title that a panel has, or one made of what it asks. */
export function titleOf({ title, query, kind }: Pick<DashboardPanel, 'title' | 'query' | 'kind'>): string {
  if (title) return title
  if (!query) return kind === 'text' ? 'Text' : 'New panel'
  const measures = query.measures.map((measure) => measureWords(measure).title).join(', ')
  return query.dimensions.length === 0 ? measures : `${measures} by ${query.dimensions.map(fieldTitle).join(', ').toLowerCase()}`
}

type NameOfKey = (id: string) => string
/** A value of a dimension as people read it. */
export function valueTitle(field: string, value: Value, keyName: NameOfKey): string {
  if (value === '' || value === null || value === undefined) return `no ${fieldTitle(field).toLowerCase()}`
  return field === 'keyId' ? keyName(String(value)) : String(value)
}

/** The name of a line in legend, table and file. */
export function lineTitle(line: Line, dimension: string | undefined, keyName: NameOfKey): string {
  if (line.rest) return 'all others'
  return dimension === undefined ? measureWords(line.measure).title : valueTitle(dimension, line.value, keyName)
}
