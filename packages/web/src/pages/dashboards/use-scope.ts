import type { Dashboard, Filter } from '@signalbox/schema'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useView } from '../../data/view.ts'
import { type Chosen, filtersOf, readChosen, writeChosen } from './variables.ts'

/** What holds for all panels of a dashboard: the environment of the page, its own filters, and what is chosen of its variables. */
export function useScope(dashboard: Dashboard): { filters: Filter[]; chosen: Chosen; choose: (chosen: Chosen) => void } {
  const { vars } = useSearch({ from: '/p/$project/dashboards/$dashboard' })
  const navigate = useNavigate({ from: '/p/$project/dashboards/$dashboard' })
  const { environment } = useView()
  const chosen = useMemo(() => readChosen(vars), [vars])
  const filters = useMemo(
    () => [
      ...(environment === undefined ? [] : [{ field: 'environment', op: 'eq' as const, value: environment }]),
      ...filtersOf(dashboard, chosen),
    ],
    [dashboard, chosen, environment],
  )
  const choose = (next: Chosen) => void navigate({ search: (before) => ({ ...before, vars: writeChosen(next) }), replace: true })
  return { filters, chosen, choose }
}
