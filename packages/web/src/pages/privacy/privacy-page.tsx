import type { Deletion } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { ShieldOff, Trash2 } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { formatBytes, formatCount } from '../../lib/format-number.ts'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { useHashDialog } from '../../ui/use-hash-dialog.ts'
import { useOpened } from '../../ui/use-opened.ts'
import { Ago } from '../../ui/values.tsx'
import { WithoutPage } from '../../ui/without-page.tsx'
import { subjectOf } from './deletion-words.ts'
import { ReceiptPanel } from './receipt-panel.tsx'
import { StateOf } from './state-of.tsx'
import { useDeletions } from './use-deletions.ts'

const DeleteDialog = lazy(() => import('./delete-dialog.tsx'))

/** What was deleted on whose request, and the way to delete a user, a session, a trace or a time. */
export function PrivacyPage() {
  const project = useProject()
  const may = useMay()('traces:delete')
  const deletions = useDeletions(project)
  const rows = deletions.data?.pages.flatMap((page) => page.deletions)
  const { open, setOpen, active, panel } = useOpened('receipt', rows?.map(({ id }) => id) ?? [])
  const [adding, setAdding] = useHashDialog('new', may)
  const newButton = may && (
    <Button kind="primary" onClick={() => setAdding(true)}>
      <Trash2 size={14} aria-hidden /> Delete data
    </Button>
  )
  return (
    <>
      <Page>
        <PageHeader title="Privacy" question="What was deleted, on whose request, and whether it is gone for good." action={newButton} />
        <Panel>
          <Loaded query={{ ...deletions, data: rows }} skeleton={<SkeletonRows />}>
            {(list) =>
              list.length === 0 ? (
                <EmptyState icon={ShieldOff} title="Nothing was deleted yet" action={newButton}>
                  When somebody asks to be forgotten, delete their traces here: by user, session, trace or time. Each deletion leaves a
                  receipt that says what was removed from where. For how long everything else is kept is set under{' '}
                  <Link to="/p/$project/settings" params={{ project }} className="text-accent underline">
                    Settings
                  </Link>
                  .
                </EmptyState>
              ) : (
                <>
                  <Table
                    label="Deletions"
                    columns={COLUMNS}
                    rows={list}
                    rowKey={({ id }) => id}
                    open={open}
                    active={active}
                    onOpen={({ id }) => setOpen(id)}
                  />
                  <ShowMore list={deletions} />
                </>
              )
            }
          </Loaded>
        </Panel>
        <WithoutPage description="The same by API, with a key that may delete traces." examples={BY_API} />
      </Page>
      {open !== undefined && <ReceiptPanel key={open} project={project} id={open} panel={panel} />}
      {adding && (
        <Suspense>
          <DeleteDialog
            project={project}
            onClose={() => void setAdding(false)}
            onDeleted={async ({ id }) => {
              await setAdding(false)
              setOpen(id)
            }}
          />
        </Suspense>
      )}
    </>
  )
}

const COLUMNS: Column<Deletion>[] = [
  { id: 'state', header: 'State', cell: ({ status }) => <StateOf status={status} /> },
  { id: 'subject', header: 'Of', cell: ({ subject }) => <span className="text-soft">{subject}</span> },
  {
    id: 'what',
    header: 'Id or time',
    className: 'w-full max-w-0 min-w-40',
    cell: (deletion) => (
      <Link
        to="."
        search={(before) => ({ ...before, receipt: deletion.id })}
        className="block truncate font-mono text-sm hover:text-accent hover:underline"
      >
        {subjectOf(deletion)}
      </Link>
    ),
  },
  { id: 'traces', header: 'Traces', align: 'right', cell: ({ traces }) => formatCount(traces) },
  { id: 'spans', header: 'Spans', align: 'right', cell: ({ spans }) => formatCount(spans) },
  {
    id: 'bytes',
    header: <span data-tip="Of content, before compression">Content</span>,
    align: 'right',
    wideOnly: true,
    cell: ({ removed }) => formatBytes(removed.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)),
  },
  { id: 'at', header: 'Requested', align: 'right', cell: ({ requestedAt }) => <Ago time={requestedAt} /> },
]

const BY_API = [
  {
    says: 'How much would go, and then: delete it. The answer is the receipt.',
    label: 'deleting a user by API',
    code: `curl "$URL/api/v1/deletion-preview?userId=asha" \\
  -H "Authorization: Bearer $SIGNALBOX_KEY"
curl -X POST "$URL/api/v1/deletions" \\
  -H "Authorization: Bearer $SIGNALBOX_KEY" \\
  -H "Content-Type: application/json" -d '{"userId":"asha"}'`,
  },
  {
    says: 'The receipt: how far it is, and what was removed from where.',
    label: 'a receipt by API',
    code: `curl "$URL/api/v1/deletions/ID" \\
  -H "Authorization: Bearer $SIGNALBOX_KEY"`,
  },
]
