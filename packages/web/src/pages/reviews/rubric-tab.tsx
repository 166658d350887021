import type { ReviewQueue, ReviewRubric } from '@signalbox/schema'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { lazy, Suspense, useState } from 'react'
import { clientFor } from '../../data/client.ts'
import { useMay } from '../../data/may.ts'
import { reviewRubricsQuery, reviewsChanged } from '../../data/reviews.ts'
import { formatCount, plural } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { toastError } from '../../ui/error-note.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { Ago } from '../../ui/values.tsx'
import { choicesOf } from './question-fields.tsx'

const RubricDialog = lazy(() => import('./rubric-dialog.tsx'))
const Markdown = lazy(() => import('../trace/markdown.tsx'))

type Props = { project: string; queue: ReviewQueue; rubric: ReviewRubric; version: number }

/** What is asked and by which rules, with the versions before; and what becomes of the queue as a whole. */
export function RubricTab({ project, queue, rubric, version }: Props) {
  const may = useMay()('reviews:write')
  const cache = useQueryClient()
  const navigate = useNavigate()
  const [changing, setChanging] = useState(false)
  const [removing, setRemoving] = useState(false)
  const versions = useQuery(reviewRubricsQuery(project, queue.id))
  const archive = () =>
    clientFor(project)
      .reviews.change({ queueId: queue.id, archived: queue.archivedAt === null })
      .then(() => reviewsChanged(cache, project))
      .catch(toastError)
  return (
    <div className="flex flex-col gap-4">
      <Panel
        title={`Version ${version}`}
        actions={
          may && (
            <Button size="small" onClick={() => setChanging(true)}>
              Change
            </Button>
          )
        }
      >
        <div className="flex flex-col gap-3 p-3">
          <ol className="flex list-decimal flex-col gap-2 pl-5">
            {rubric.questions.map((question) => (
              <li key={question.id}>
                <span className="font-medium">{question.title}</span> <span className="font-mono text-sm text-faint">{question.id}</span>
                <p className="text-soft">
                  {question.kind === 'correction'
                    ? 'a text'
                    : choicesOf(question, false)
                        .map(({ title }) => title)
                        .join(' · ')}
                </p>
              </li>
            ))}
          </ol>
          {rubric.guideline && (
            <div className="border-t border-line pt-3">
              <Suspense>
                <Markdown text={rubric.guideline} />
              </Suspense>
            </div>
          )}
        </div>
      </Panel>
      <Panel title="Versions" description="Items keep the version under which they were answered.">
        <Loaded query={versions} skeleton={<SkeletonRows />}>
          {(list) => (
            <Table label="Versions of the rubric" columns={VERSIONS} rows={list} rowKey={({ rubricVersion }) => `${rubricVersion}`} />
          )}
        </Loaded>
      </Panel>
      {may && (
        <div className="flex gap-2">
          <Button onClick={archive}>{queue.archivedAt === null ? 'Archive the queue' : 'Take it out of the archive'}</Button>
          <Button kind="danger" onClick={() => setRemoving(true)}>
            Delete the queue
          </Button>
        </div>
      )}
      <Suspense>
        {changing && (
          <RubricDialog project={project} queueId={queue.id} rubric={rubric} version={version} onClose={() => setChanging(false)} />
        )}
      </Suspense>
      {removing && (
        <ConfirmDialog
          open
          title={`Delete “${queue.name}”?`}
          action="Delete"
          onClose={() => setRemoving(false)}
          onConfirm={async () => {
            await clientFor(project).reviews.remove({ queueId: queue.id })
            await reviewsChanged(cache, project)
            await navigate({ to: '/p/$project/reviews', params: { project } })
          }}
        >
          <p>
            {plural(queue.counts.items, 'item')} and {plural(queue.counts.answers, 'answer')} are lost. Scores on traces and calibrations
            stay.
          </p>
        </ConfirmDialog>
      )}
    </div>
  )
}

type Version = { rubricVersion: number; message: string; items: number; createdAt: string; createdBy: string | null }
const VERSIONS: Column<Version>[] = [
  { id: 'version', header: 'Version', cell: ({ rubricVersion }) => `v${rubricVersion}` },
  {
    id: 'message',
    header: 'What is different',
    className: 'w-full max-w-0',
    cell: ({ message }) => <span className="block truncate">{message || '–'}</span>,
  },
  { id: 'items', header: 'Items', align: 'right', cell: ({ items }) => formatCount(items) },
  { id: 'by', header: 'By', wideOnly: true, cell: ({ createdBy }) => createdBy ?? '–' },
  { id: 'at', header: 'When', cell: ({ createdAt }) => <Ago time={createdAt} /> },
]
