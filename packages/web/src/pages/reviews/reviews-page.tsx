import type { ReviewQueue } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { ClipboardCheck } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../../data/may.ts'
import { reviewQueuesQuery, reviewsChanged } from '../../data/reviews.ts'
import { useRowKeys } from '../../data/use-row-keys.ts'
import { useProject } from '../../data/view.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'

const NewQueueDialog = lazy(() => import('./new-queue-dialog.tsx'))

/** What people are asked to look at, and how far they are. */
export function ReviewsPage() {
  const project = useProject()
  const may = useMay()
  const navigate = useNavigate()
  const cache = useQueryClient()
  const [making, setMaking] = useState(false)
  const [archived, setArchived] = useState(false)
  const queues = useQuery(reviewQueuesQuery(project, archived))
  const open = (queueId: string) => navigate({ to: '/p/$project/reviews/$queueId', params: { project, queueId } })
  const active = useRowKeys({ rows: (queues.data ?? []).map(({ id }) => id), open: undefined, onOpen: open, onClose: () => {} })
  const make = may('reviews:write') && (
    <Button kind="primary" onClick={() => setMaking(true)}>
      New queue
    </Button>
  )
  return (
    <Page>
      <PageHeader
        title="Review"
        question="What people say of answers: who agrees with whom, and which judges can be trusted."
        action={
          <>
            <Segmented
              label="Queues"
              value={archived ? 'archived' : 'active'}
              choices={[
                { value: 'active', label: 'Active' },
                { value: 'archived', label: 'Archived' },
              ]}
              onChange={(value) => setArchived(value === 'archived')}
            />
            {make}
          </>
        }
      />
      <Panel>
        <Loaded query={queues} skeleton={<SkeletonRows />}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState icon={ClipboardCheck} title={archived ? 'Nothing is archived' : 'No queue yet'} action={!archived && make}>
                A queue asks people the same questions about many answers: drawn from your traffic by lot and where judges are unsure. Two
                people answer each item without seeing one another. What they agree on becomes scores on the traces, rows of a dataset, and
                what judges are held against.
              </EmptyState>
            ) : (
              <Table
                label="Review queues"
                columns={columns(project, may('reviews:answer'))}
                rows={list}
                rowKey={({ id }) => id}
                active={active}
                onOpen={({ id }) => open(id)}
              />
            )
          }
        </Loaded>
      </Panel>
      {making && (
        <Suspense>
          <NewQueueDialog
            project={project}
            onClose={() => setMaking(false)}
            onMade={async ({ id }) => {
              await reviewsChanged(cache, project)
              await open(id)
            }}
          />
        </Suspense>
      )}
    </Page>
  )
}

const columns = (project: string, mayAnswer: boolean): Column<ReviewQueue>[] => [
  {
    id: 'name',
    header: 'Name',
    className: 'w-full max-w-0',
    cell: ({ id, name }) => (
      <Link
        to="/p/$project/reviews/$queueId"
        params={{ project, queueId: id }}
        className="block truncate font-medium hover:text-accent hover:underline"
      >
        {name}
      </Link>
    ),
  },
  { id: 'reviewers', header: 'People per item', align: 'right', cell: ({ reviewersPerItem }) => reviewersPerItem },
  ...(['items', 'done', 'disputed'] as const).map(
    (state): Column<ReviewQueue> => ({
      id: state,
      header: { items: 'Items', done: 'Done', disputed: 'Disputed' }[state],
      align: 'right',
      cell: ({ id, counts }) => (
        <Link
          to="/p/$project/reviews/$queueId"
          params={{ project, queueId: id }}
          search={state === 'items' ? {} : { state }}
          className="hover:text-accent hover:underline"
        >
          {formatCount(counts[state])}
        </Link>
      ),
    }),
  ),
  { id: 'made', header: 'Made', wideOnly: true, cell: ({ createdAt }) => <Ago time={createdAt} /> },
  {
    id: 'mine',
    header: 'For you',
    align: 'right',
    cell: ({ id, counts, name }) =>
      mayAnswer && counts.mine > 0 ? (
        <Link
          to="/p/$project/reviews/$queueId/work"
          params={{ project, queueId: id }}
          className={buttonStyle({ size: 'small' })}
          aria-label={`Review ${counts.mine} of ${name}`}
        >
          Review {formatCount(counts.mine)}
        </Link>
      ) : (
        <span className="text-faint">–</span>
      ),
  },
]
