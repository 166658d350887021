import type { Filter } from '@signalbox/schema'
import { useNavigate } from '@tanstack/react-router'
import { writeFilters } from '../lib/filter-search.ts'
import { useProject, useView } from './view.ts'

/** What the pages call a "call": a request to a model. Tools and agents around it are spans of the same traces. */
export const CALLS: Filter = { field: 'kind', op: 'in', value: ['llm', 'embedding'] }

/** Calls of the environment that is chosen: what most numbers stand for. A drill-down starts from these filters. */
export function useCallFilters(): Filter[] {
  return [CALLS, ...useView().environmentFilters]
}

/** Opens the traces with these filters in a piece of time: what a press on a chart does. */
export function useOpenTraces() {
  const project = useProject()
  const navigate = useNavigate()
  return (filters: readonly Filter[], from: number, to: number) =>
    navigate({
      to: '/p/$project/traces',
      params: { project },
      search: {
        filter: writeFilters(filters),
        range: undefined,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
      },
    })
}
