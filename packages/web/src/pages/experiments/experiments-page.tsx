import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useMay } from '../../data/may.ts'
import { useShortcuts } from '../../data/shortcuts.ts'
import { useProject } from '../../data/view.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBoundary } from '../../ui/error-boundary.tsx'
import { PageHeader } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { TabLinks } from '../prompts/tab-links.tsx'
import { ExperimentList } from './list/experiment-list.tsx'

const TrendTab = lazy(() => import('./trend/trend-tab.tsx'))

/** All experiments of a project, and what came of one over time. */
export function ExperimentsPage() {
  const project = useProject()
  const navigate = useNavigate()
  const mayRun = useMay()('experiments:write')
  const { tab } = useSearch({ from: '/p/$project/experiments/' })
  const toNew = () => void navigate({ to: '/p/$project/experiments/new', params: { project }, search: {} })
  useShortcuts({ n: () => mayRun && toNew() })
  return (
    <div className="flex h-full flex-col">
      <div className="px-6 pt-5 pb-3">
        <PageHeader
          title="Experiments"
          question="Which variant does better on a dataset, how sure that is, and what it costs."
          action={
            mayRun && (
              <Button kind="primary" onClick={toNew} aria-keyshortcuts="n">
                <Plus size={14} aria-hidden /> New experiment
              </Button>
            )
          }
        />
      </div>
      <TabLinks
        label="Experiments"
        value={tab === 'trend' ? tab : undefined}
        tabs={[
          { value: undefined, label: 'Runs' },
          { value: 'trend', label: 'Trend' },
        ]}
      />
      <div className="min-h-0 flex-1">
        <ErrorBoundary key={tab}>
          {tab === 'trend' ? (
            <Suspense fallback={<SkeletonRows />}>
              <TrendTab />
            </Suspense>
          ) : (
            <ExperimentList />
          )}
        </ErrorBoundary>
      </div>
    </div>
  )
}
