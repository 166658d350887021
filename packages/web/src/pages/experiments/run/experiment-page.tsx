import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { experimentQuery } from '../../../data/experiments.ts'
import { useProject } from '../../../data/view.ts'
import { formatCount } from '../../../lib/format-number.ts'
import { ErrorBoundary } from '../../../ui/error-boundary.tsx'
import { ErrorNote } from '../../../ui/error-note.tsx'
import { SkeletonRows } from '../../../ui/skeleton.tsx'
import { TabLinks } from '../../prompts/tab-links.tsx'
import { ExperimentHead } from './experiment-head.tsx'
import { sidesOf } from './sides.ts'
import { SidesBar } from './sides-bar.tsx'

const ResultTab = lazy(() => import('./result-tab.tsx'))
const RowsTab = lazy(() => import('../rows/rows-tab.tsx'))
const SetupTab = lazy(() => import('./setup-tab.tsx'))
const ROUTE = '/p/$project/experiments/$id'

/** One experiment: what it shows, the rows behind that, and how it was set up. */
export function ExperimentPage() {
  const project = useProject()
  const { id } = useParams({ from: ROUTE })
  const { tab, variant, baseline, against } = useSearch({ from: ROUTE })
  const query = useQuery(experimentQuery(project, id))
  const otherId = baseline && baseline !== id ? baseline : undefined
  const other = useQuery({ ...experimentQuery(project, otherId ?? ''), enabled: otherId !== undefined })
  const detail = query.data
  if (!detail)
    return query.error ? <ErrorNote error={query.error} retry={() => query.refetch()} className="m-6" /> : <SkeletonRows rows={12} />
  const sides = sidesOf(detail, { variant, baseline, against }, other.data)
  const shown = tab === 'rows' || tab === 'setup' ? tab : undefined
  return (
    <div className="flex h-full flex-col">
      <ExperimentHead detail={detail} />
      <TabLinks
        label="Parts of the experiment"
        value={shown}
        tabs={[
          { value: undefined, label: 'Result' },
          {
            value: 'rows',
            label: (
              <>
                Rows <span className="text-sm text-faint">{formatCount(detail.dataset.rows)}</span>
              </>
            ),
          },
          { value: 'setup', label: 'Setup' },
        ]}
      />
      {shown !== 'setup' && <SidesBar detail={detail} sides={sides} other={other.data} />}
      <div className="min-h-0 flex-1">
        <ErrorBoundary key={shown}>
          <Suspense fallback={<SkeletonRows />}>
            {shown === 'rows' ? (
              <RowsTab detail={detail} sides={sides} />
            ) : shown === 'setup' ? (
              <SetupTab detail={detail} />
            ) : (
              <ResultTab detail={detail} sides={sides} />
            )}
          </Suspense>
        </ErrorBoundary>
      </div>
    </div>
  )
}
