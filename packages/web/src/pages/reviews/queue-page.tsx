import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../../data/may.ts'
import { reviewQueueQuery } from '../../data/reviews.ts'
import { useProject } from '../../data/view.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { TabLinks } from '../prompts/tab-links.tsx'
import { AgreementTab } from './agreement-tab.tsx'
import { ItemsTab } from './items-tab.tsx'
import { JudgesTab } from './judges-tab.tsx'
import { RubricTab } from './rubric-tab.tsx'

const SampleDialog = lazy(() => import('./sample-dialog.tsx'))
const ItemPanel = lazy(() => import('./item-panel.tsx'))

const TABS = [
  { value: undefined, label: 'Items' },
  { value: 'agreement', label: 'Agreement' },
  { value: 'judges', label: 'Judges' },
  { value: 'rubric', label: 'Rubric' },
]

/** One queue: its items, how far people agree, which judges can be trusted, and what is asked. */
export function ReviewQueuePage() {
  const project = useProject()
  const may = useMay()
  const { queueId } = useParams({ from: '/p/$project/reviews/$queueId' })
  const { tab, item, wide } = useSearch({ from: '/p/$project/reviews/$queueId' })
  const navigate = useNavigate({ from: '/p/$project/reviews/$queueId' })
  const [sampling, setSampling] = useState(false)
  const query = useQuery(reviewQueueQuery(project, queueId))
  const shown = TABS.some(({ value }) => value === tab) ? tab : undefined
  return (
    <div className="relative h-full">
      <Page>
        <Loaded query={query} skeleton={<SkeletonRows />}>
          {({ queue, rubric, rubricVersion, measures }) => (
            <>
              <PageHeader
                title={queue.name}
                question={
                  queue.description ||
                  `${plural(queue.counts.items, 'item')}, ${formatCount(queue.counts.done)} done, ${formatCount(queue.counts.disputed)} disputed; ${plural(queue.reviewersPerItem, 'person answers', 'people answer')} each.`
                }
                action={
                  <>
                    {may('reviews:write') && queue.archivedAt === null && <Button onClick={() => setSampling(true)}>Draw a sample</Button>}
                    {may('reviews:answer') && queue.counts.mine > 0 && (
                      <Link
                        to="/p/$project/reviews/$queueId/work"
                        params={{ project, queueId }}
                        className={buttonStyle({ kind: 'primary' })}
                      >
                        Review {formatCount(queue.counts.mine)}
                      </Link>
                    )}
                  </>
                }
              />
              <div className="-mx-6">
                <TabLinks label="Parts of the queue" tabs={TABS} value={shown} />
              </div>
              {shown === undefined && (
                <ItemsTab
                  project={project}
                  queueId={queueId}
                  empty={queue.counts.items === 0}
                  onSample={may('reviews:write') ? () => setSampling(true) : undefined}
                />
              )}
              {shown === 'agreement' && <AgreementTab project={project} queueId={queueId} newest={queue.rubricVersion} />}
              {shown === 'judges' && (
                <JudgesTab project={project} queueId={queueId} measures={measures} mayCalibrate={may('reviews:write')} />
              )}
              {shown === 'rubric' && <RubricTab project={project} queue={queue} rubric={rubric} version={rubricVersion} />}
            </>
          )}
        </Loaded>
      </Page>
      <Suspense>
        {sampling && <SampleDialog project={project} queueId={queueId} onClose={() => setSampling(false)} />}
        {item && shown === undefined && (
          <ItemPanel
            key={item}
            project={project}
            queueId={queueId}
            itemId={item}
            wide={wide === 'true'}
            onWide={(next) => navigate({ search: (before) => ({ ...before, wide: next ? 'true' : undefined }) })}
            onClose={() => navigate({ search: (before) => ({ ...before, item: undefined, wide: undefined }) })}
          />
        )}
      </Suspense>
    </div>
  )
}
