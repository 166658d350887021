import type { ShownDashboard } from '@signalbox/schema'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { dashboardQuery } from '../../data/dashboards.ts'
import { useProject } from '../../data/view.ts'
import { DEFAULT_RANGE } from '../../lib/time-range.ts'
import { Page } from '../../ui/page.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { DashboardView } from './dashboard-view.tsx'
import { useFreshPanels } from './use-panel-data.ts'

const EditDashboard = lazy(() => import('./edit-dashboard.tsx'))

/** One dashboard: its panels, or, with `edit` in the address, the same being changed. */
export function DashboardPage() {
  const project = useProject()
  const { dashboard: id } = useParams({ from: '/p/$project/dashboards/$dashboard' })
  const { edit } = useSearch({ from: '/p/$project/dashboards/$dashboard' })
  const query = useQuery(dashboardQuery(project, id))
  useFreshPanels(project)
  return (
    <div className="relative h-full">
      <Loaded query={query} skeleton={<PageSkeleton />}>
        {(shown) => (
          <WithRange shown={shown} key={shown.id}>
            {edit && shown.mayChange ? (
              <Suspense fallback={<PageSkeleton />}>
                <EditDashboard shown={shown} />
              </Suspense>
            ) : (
              <DashboardView shown={shown} />
            )}
          </WithRange>
        )}
      </Loaded>
    </div>
  )
}

/** An address without a time means the time that the dashboard begins with; later the usual one is written out, so that a link says it. */
function WithRange({ shown, children }: { shown: ShownDashboard; children: React.ReactNode }) {
  const { range, from } = useSearch({ from: '/p/$project' })
  const navigate = useNavigate()
  const begun = useRef(range !== undefined || from !== undefined)
  const wanted = shown.dashboard.range
  const missing = wanted !== undefined && range === undefined && from === undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the address has no time.
  useEffect(() => {
    if (!missing || wanted === undefined) return
    const time = begun.current ? { range: DEFAULT_RANGE } : typeof wanted === 'string' ? { range: wanted } : { range: undefined, ...wanted }
    begun.current = true
    navigate({ to: '.', search: (before) => ({ ...before, ...time }), replace: true })
  }, [missing])
  return missing && !begun.current ? <PageSkeleton /> : children
}

function PageSkeleton() {
  return (
    <Page>
      <Skeleton className="h-12 w-80" />
      <div className="grid grid-cols-2 gap-3">
        {['a', 'b', 'c', 'd'].map((key) => (
          <Skeleton key={key} className="h-60" />
        ))}
      </div>
    </Page>
  )
}
