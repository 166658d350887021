import type { DashboardPanel, Filter } from '@signalbox/schema'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { clientFor } from '../../data/client.ts'
import { dashboardKeys } from '../../data/dashboards.ts'
import { useOnNewSpans } from '../../data/live.ts'
import { useView } from '../../data/view.ts'
import { resolveTimeRange } from '../../lib/time-range.ts'
import { loadPanel } from './panel-data.ts'
import { createSlots } from './slots.ts'

/** Queries of all panels together that the server works on at the same time. */
const slots = createSlots(4)

/** What a panel shows, asked anew when the time, the filters or its query change; what was there stays until then. */
export function usePanelData(panel: DashboardPanel, filters: readonly Filter[]) {
  const { project, range, rangeKey } = useView()
  const { kind, query, limit } = panel
  return useQuery({
    queryKey: [...dashboardKeys.panels(project), rangeKey, JSON.stringify([filters, kind, query, limit])],
    queryFn: ({ signal }) =>
      loadPanel(panel, { window: resolveTimeRange(range, Date.now()), filters }, (asked) =>
        slots.run(signal, async () => (await clientFor(project).query.run(asked, { signal })).rows),
      ),
    placeholderData: keepPreviousData,
  })
}
export type PanelQueryState = ReturnType<typeof usePanelData>

/** At most one new reading of the page in this time, and never one that stops the one before. */
const EVERY = 10_000

/** Reads the panels again while new spans come in. Mounted once on a page of panels. */
export function useFreshPanels(project: string): void {
  const cache = useQueryClient()
  const last = useRef(Date.now())
  useOnNewSpans(() => {
    if (Date.now() - last.current < EVERY) return
    last.current = Date.now()
    cache.invalidateQueries({ queryKey: dashboardKeys.panels(project) }, { cancelRefetch: false })
  })
}
