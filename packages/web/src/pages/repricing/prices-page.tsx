import type { Repricing } from '@signalbox/schema'
import { Link } from '@tanstack/react-router'
import { Coins } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useMay } from '../../data/may.ts'
import { useProject } from '../../data/view.ts'
import { formatCount } from '../../lib/format-number.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Page, PageHeader } from '../../ui/page.tsx'
import { Loaded, Panel } from '../../ui/panel.tsx'
import { ShowMore } from '../../ui/show-more.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { type Column, Table } from '../../ui/table.tsx'
import { useHashDialog } from '../../ui/use-hash-dialog.ts'
import { useOpened } from '../../ui/use-opened.ts'
import { Ago, At, Money } from '../../ui/values.tsx'
import { WithoutPage } from '../../ui/without-page.tsx'
import { RepricingPanel } from './repricing-panel.tsx'
import { modelsOf, stateOf } from './repricing-words.ts'
import { useRepricings } from './use-repricings.ts'

const RepriceDialog = lazy(() => import('./reprice-dialog.tsx'))

/** Brings the prices of today to spans that are stored: first as a dry run, then for good. */
export function PricesPage() {
  const project = useProject()
  const may = useMay()('projects:write')
  const jobs = useRepricings(project)
  const rows = jobs.data?.pages.flatMap((page) => page.repricings)
  const { open, setOpen, active, panel } = useOpened('repricing', rows?.map(({ id }) => id) ?? [])
  const [asking, setAsking] = useHashDialog('new', may)
  const newButton = may && (
    <Button kind="primary" onClick={() => setAsking(true)}>
      <Coins size={14} aria-hidden /> Price spans again
    </Button>
  )
  return (
    <>
      <Page>
        <PageHeader
          title="Prices"
          question="What stored spans cost by the prices of today, and who brought that to them."
          action={newButton}
        />
        <Panel>
          <Loaded query={{ ...jobs, data: rows }} skeleton={<SkeletonRows />}>
            {(list) =>
              list.length === 0 ? (
                <EmptyState icon={Coins} title="No spans were priced again yet" action={newButton}>
                  A span keeps the cost that it had when it came. When a price was missing or wrong, add it under “prices” in
                  signalbox.yaml, and bring it to the spans that are stored here. A dry run says first what would change.
                </EmptyState>
              ) : (
                <>
                  <Table
                    label="Jobs"
                    columns={COLUMNS}
                    rows={list}
                    rowKey={({ id }) => id}
                    open={open}
                    active={active}
                    onOpen={({ id }) => setOpen(id)}
                  />
                  <ShowMore list={jobs} />
                </>
              )
            }
          </Loaded>
        </Panel>
        <WithoutPage description="Prices stand in the file; the job can be started from a terminal." examples={ELSEWHERE} />
      </Page>
      {open !== undefined && <RepricingPanel key={open} project={project} id={open} panel={panel} onStarted={({ id }) => setOpen(id)} />}
      {asking && (
        <Suspense>
          <RepriceDialog
            project={project}
            onClose={() => void setAsking(false)}
            onStarted={async ({ id }) => {
              await setAsking(false)
              setOpen(id)
            }}
          />
        </Suspense>
      )}
    </>
  )
}

const COLUMNS: Column<Repricing>[] = [
  {
    id: 'state',
    header: 'State',
    cell: (job) => {
      const { word, tone } = stateOf(job)
      return <Badge tone={tone}>{word}</Badge>
    },
  },
  {
    id: 'models',
    header: 'Models',
    className: 'w-full max-w-0 min-w-32',
    cell: (job) => (
      <Link
        to="."
        search={(before) => ({ ...before, repricing: job.id })}
        className="block truncate font-medium hover:text-accent hover:underline"
      >
        {modelsOf(job)}
      </Link>
    ),
  },
  { id: 'from', header: 'From', wideOnly: true, cell: ({ from }) => <At time={from} /> },
  { id: 'to', header: 'To', wideOnly: true, cell: ({ to }) => <At time={to} /> },
  { id: 'spans', header: 'Spans', align: 'right', cell: ({ done }) => formatCount(done) },
  { id: 'changed', header: 'Changed', align: 'right', cell: ({ changed }) => formatCount(changed) },
  {
    id: 'before',
    header: <span data-tip="Of the changed spans">Before ($)</span>,
    align: 'right',
    cell: ({ beforeUsd }) => <Money usd={beforeUsd} bare />,
  },
  {
    id: 'after',
    header: <span data-tip="Of the changed spans">After ($)</span>,
    align: 'right',
    cell: ({ afterUsd }) => <Money usd={afterUsd} bare />,
  },
  { id: 'at', header: 'Requested', align: 'right', cell: ({ requestedAt }) => <Ago time={requestedAt} /> },
]

const ELSEWHERE = [
  {
    says: 'Prices of your own, in US dollars per million tokens. They go before those of the price list.',
    label: 'prices in signalbox.yaml',
    code: `prices:
  - { model: "house-model*", input: 0.2, output: 0.6 }`,
  },
  {
    says: 'A dry run, and then the job itself.',
    label: 'pricing again on the command line',
    code: `npx signalbox models reprice --from 2026-01-01 --dry-run
npx signalbox models reprice --from 2026-01-01`,
  },
]
