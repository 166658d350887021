import type { Filter, Measure, PanelQuery } from '@signalbox/schema'
import { useNavigate } from '@tanstack/react-router'
import { useProject } from '../../data/view.ts'
import { writeFilters } from '../../lib/filter-search.ts'
import { behind, isValue } from './behind.ts'
import type { Value } from './panel-data.ts'

type Asked = {
  query: PanelQuery
  measure: Measure
  value?: number | null
  /** The values of dimensions that the number is of. */
  of?: readonly (readonly [field: string, value: Value])[]
  /** The piece of time, where it is not all of the page's. */
  time?: { from: number; to: number }
}

/** Leads from a number to the traces that it was made of. `filters` are those of the page. */
export function useDrill(filters: readonly Filter[]) {
  const project = useProject()
  const navigate = useNavigate()
  const searchOf = ({ query, measure, value, of = [], time }: Asked) => {
    const all = [
      ...behind(query, filters, { measure, ...(value !== undefined && { value }) }),
      ...of.map(([field, one]) => isValue(field, one)),
    ]
    return {
      filter: writeFilters(all),
      ...(time && { range: undefined, from: new Date(time.from).toISOString(), to: new Date(time.to).toISOString() }),
    }
  }
  return {
    searchOf,
    open: (asked: Asked) => void navigate({ to: '/p/$project/traces', params: { project }, search: searchOf(asked) }),
  }
}
