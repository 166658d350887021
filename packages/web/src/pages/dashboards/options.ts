import { FIELD_NAMES, FIELDS, FilterField, Measure, SCORE_MEASURES, SpanMeasure } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { clientFor } from '../../data/client.ts'
import { dashboardKeys } from '../../data/dashboards.ts'
import { useProject } from '../../data/view.ts'
import { fieldTitle } from '../../lib/filter-search.ts'
import { measureWords } from '../../ui/chart/measures.ts'
import type { Option } from './pick-many.tsx'

/** What can be grouped by, beside `metadata.KEY`. */
export const DIMENSIONS: Option[] = FIELD_NAMES.filter((name) => FIELDS[name].group).map((value) => ({ value, title: fieldTitle(value) }))

/** A key of the metadata that somebody typed. */
export const dimensionOf = (text: string): string | undefined =>
  text.startsWith('metadata.') && FilterField.safeParse(text).success ? text : undefined

export const measureTitle = (name: string): string => {
  const { data } = Measure.safeParse(name)
  return data ? measureWords(data).title : name
}

/** A measure that somebody typed, such as one of a score that was not heard of yet. */
export const measureOf = (text: string): string | undefined => (text.includes('.') && Measure.safeParse(text).success ? text : undefined)

const OF_SPANS: Option[] = SpanMeasure.options.map((value) => ({ value, title: measureTitle(value), hint: measureWords(value).unit }))

/** All measures of spans, and those of the scores that were given last. */
export function useMeasureOptions(): Option[] {
  const project = useProject()
  const { data = [] } = useQuery({
    queryKey: [...dashboardKeys.panels(project), 'scores'],
    queryFn: async ({ signal }) => {
      const { scores } = await clientFor(project).scores.list({ limit: 500 }, { signal })
      return [...new Map(scores.map(({ name, type }) => [name, type])).entries()]
    },
    staleTime: 60_000,
  })
  return [
    ...OF_SPANS,
    ...data.flatMap(([name, type]) =>
      SCORE_MEASURES.filter((measure) => measureFits(measure, type)).map((measure) => {
        const value = `${measure}.${name}`
        return { value, title: measureTitle(value), hint: 'score' }
      }),
    ),
  ]
}

const measureFits = (measure: (typeof SCORE_MEASURES)[number], type: string): boolean => {
  if (measure === 'scoreCount') return true
  if (measure === 'scoreAvg') return type === 'numeric' || type === 'boolean'
  return type === 'boolean'
}
